// SPDX-License-Identifier: MIT
//
// Streams of frames: the first bytes say what is allowed and where the stream is cut, the rest is
// the stream. However it is cut it comes to the same; what comes out obeys the limits; a Close
// payload that is read is written back alike.
#include "support/frames.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

void checkClose(std::string_view payload) {
  uwk::ws::ClosePayload close;
  if (uwk::ws::parseClose(payload, close) != uwk::ws::Violation::None) {
    return;
  }
  char written[uwk::ws::kMaxControlPayload];
  const size_t size = uwk::ws::writeClose(written, close.code, close.reason);
  require(std::string_view(written, size) == payload, "a close is written as it was read");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) {
    return 0;
  }
  static constexpr uint64_t kLimits[] = {UINT64_MAX, 0, 10, 125, 126, 1000, 65'535, 1u << 20};
  const uwk::ws::FrameRules rules{.maxMessage = kLimits[data[0] & 7],
                                  .compression = (data[0] & 8) != 0};
  const std::string stream(reinterpret_cast<const char *>(data) + 3, size - 3);
  const test::Parsed whole = test::parseFrames(stream, rules, {});
  if (stream.size() <= 4096) {
    require(test::parseFrames(stream, rules, test::everyByte(stream.size())) == whole,
            "byte by byte it is the same");
  }
  std::vector<size_t> cuts;
  for (size_t at = 1u + data[1]; at < stream.size(); at += 1u + data[2]) {
    cuts.push_back(at);
  }
  require(test::parseFrames(stream, rules, cuts) == whole, "in pieces it is the same");
  for (const test::Parsed::Item &item : whole.items) {
    if (uwk::ws::isControl(item.opcode)) {
      require(item.payload.size() <= uwk::ws::kMaxControlPayload, "a control frame is small");
      require(!item.compressed, "no control frame is compressed");
    } else {
      require(item.payload.size() <= rules.maxMessage, "no message is beyond the limit");
      require(!item.compressed || rules.compression, "nothing is compressed without agreement");
    }
    if (item.opcode == uwk::ws::Opcode::Close) {
      checkClose(item.payload);
    }
  }
  require(whole.violation != uwk::ws::Violation::None || whole.partial <= rules.maxMessage,
          "nor is a part of one");
  return 0;
}

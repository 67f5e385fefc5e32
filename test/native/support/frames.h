// SPDX-License-Identifier: MIT
//
// Frames as clients make them, and what a parser made of a stream of them. Knows the format by
// heart rather than by the library's code.
#pragma once

#include <ws/FrameParser.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace test {

struct ClientFrame {
  unsigned first = 0x81; // FIN, RSV and opcode
  std::string_view payload;
  bool masked = true;
  unsigned lengthBytes = 0; // 0: the least that will do; 2 or 8
  uint32_t key = 0x04030201;
};

inline std::string encode(const ClientFrame &frame) {
  std::string out(1, static_cast<char>(frame.first));
  const size_t size = frame.payload.size();
  unsigned wide = frame.lengthBytes;
  if (wide == 0) {
    wide = size < 126 ? 0 : size < 65536 ? 2 : 8;
  }
  const unsigned marker = wide == 0 ? static_cast<unsigned>(size) : wide == 2 ? 126u : 127u;
  out.push_back(static_cast<char>((frame.masked ? 0x80u : 0u) | marker));
  for (unsigned i = wide; i > 0; --i) {
    out.push_back(static_cast<char>(uint64_t{size} >> (8 * (i - 1))));
  }
  char key[4];
  std::memcpy(key, &frame.key, 4);
  if (frame.masked) {
    out.append(key, 4);
  }
  for (size_t i = 0; i < size; ++i) {
    out.push_back(frame.masked ? static_cast<char>(frame.payload[i] ^ key[i % 4])
                               : frame.payload[i]);
  }
  return out;
}

inline std::string encode(unsigned first, std::string_view payload) {
  return encode({.first = first, .payload = payload});
}

// Everything a stream came to: messages and control frames in order, and how it ended.
struct Parsed {
  struct Item {
    uwk::ws::Opcode opcode;
    bool compressed;
    std::string payload;
    bool operator==(const Item &) const = default;
  };
  std::vector<Item> items;
  uwk::ws::Violation violation = uwk::ws::Violation::None;
  bool idle = true;
  size_t partial = 0; // bytes of a message that is not complete
  bool operator==(const Parsed &) const = default;
};

// Feeds `stream` in pieces that end at `cuts` (positions in ascending order).
inline Parsed parseFrames(std::string_view stream, const uwk::ws::FrameRules &rules,
                          const std::vector<size_t> &cuts) {
  using uwk::ws::FrameParser;
  Parsed parsed;
  FrameParser parser;
  std::string message;
  std::string control;
  std::vector<size_t> ends = cuts;
  ends.push_back(stream.size());
  size_t start = 0;
  for (const size_t end : ends) {
    std::string piece(stream.substr(start, end - start));
    start = end;
    char *at = piece.data();
    uwk::ws::FramePiece out;
    for (;;) {
      const auto result = parser.next(at, piece.data() + piece.size(), rules, out);
      if (result == FrameParser::Result::NeedMore) {
        break;
      }
      if (result == FrameParser::Result::Violation) {
        parsed.violation = parser.violation();
        parsed.idle = false;
        parsed.partial = message.size();
        return parsed;
      }
      std::string &whole = uwk::ws::isControl(out.opcode) ? control : message;
      if (out.first) {
        whole.clear();
      }
      whole.append(out.data, out.size);
      if (out.last) {
        parsed.items.push_back({out.opcode, out.compressed, whole});
        whole.clear();
      }
    }
  }
  parsed.idle = parser.isIdle();
  parsed.partial = message.size();
  return parsed;
}

inline std::vector<size_t> everyByte(size_t size) {
  std::vector<size_t> cuts;
  for (size_t i = 1; i < size; ++i) {
    cuts.push_back(i);
  }
  return cuts;
}

} // namespace test

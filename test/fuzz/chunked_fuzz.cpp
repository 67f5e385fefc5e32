// SPDX-License-Identifier: MIT
//
// Chunked bodies from arbitrary bytes: the outcome, the body and the bytes consumed do not depend
// on how the input is cut, and what is encoded properly comes out as it went in.
#include "support/split_driver.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

std::string encode(std::string_view body, const std::vector<size_t> &sizes) {
  std::string text;
  for (size_t i = 0; !body.empty(); i++) {
    const std::string_view chunk = body.substr(0, sizes[i]);
    char line[32];
    std::snprintf(line, sizeof line, i % 3 == 0 ? "%zX\r\n" : "%zx;n=\"v\"\r\n", chunk.size());
    text.append(line).append(chunk).append("\r\n");
    body.remove_prefix(chunk.size());
  }
  return text + "0\r\nX-Sum: 1\r\n\r\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  std::mt19937 random(static_cast<unsigned>(size * 31 + (size > 0 ? data[size / 2] : 0)));

  const test::Decoded whole = test::decodeChunked(text, {});
  require(whole.consumed <= size, "consumed <= size");
  require(whole.body.size() <= size, "body <= size");
  require(test::decodeChunked(text, std::vector<size_t>(size, 1)) == whole, "byte by byte");
  for (int round = 0; round < 4; round++) {
    require(test::decodeChunked(text, test::randomCuts(random, size)) == whole, "in pieces");
  }

  const std::string encoded = encode(text, test::randomCuts(random, size));
  const std::string followed = encoded + "GET /";
  const test::Decoded decoded =
      test::decodeChunked(followed, test::randomCuts(random, followed.size()));
  require(decoded.outcome == "done" && decoded.body == text, "what is encoded comes out");
  require(decoded.consumed == encoded.size(), "the next request is left alone");
  return 0;
}

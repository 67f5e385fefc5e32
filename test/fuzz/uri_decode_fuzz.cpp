// SPDX-License-Identifier: MIT
//
// Percent-decoding and the text primitives on arbitrary bytes: the second implementation decides
// what is right, and the scalar twins must agree with what simdutf does.
#include "support/reference_decode.h"
#include "text/Utf8.h"

#include <uwk/Router.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

void checkDecoding(std::string_view raw) {
  // One object for all runs, as a connection reuses it.
  static uwk::DecodedParam value;
  uwk::decodeParam(raw, value);
  const std::u16string expected = test::ReferenceDecoder::decode(raw);
  if (value.isUtf16) {
    require(value.utf16 == expected, "the UTF-16 form");
  } else {
    require(value.latin1.size() == expected.size(), "the length of the Latin-1 form");
    for (size_t index = 0; index < expected.size(); ++index) {
      require(static_cast<unsigned char>(value.latin1[index]) == expected[index],
              "the Latin-1 form");
    }
  }
  const bool isPlain = std::all_of(raw.begin(), raw.end(), [](char byte) {
    return byte != '%' && static_cast<unsigned char>(byte) < 0x80;
  });
  require(uwk::needsDecoding(raw) == !isPlain, "what needs decoding");
}

void checkTwins(std::string_view bytes) {
  using namespace uwk::text;
  require(isAscii(bytes) == scalar::isAscii(bytes), "isAscii");
  const bool isValid = scalar::isValidUtf8(bytes);
  require(isValidUtf8(bytes) == isValid, "isValidUtf8");
  std::u16string wide(bytes.size(), u'\0');
  std::u16string scalarWide(bytes.size(), u'\0');
  require(latin1ToUtf16(bytes, wide.data()) == scalar::latin1ToUtf16(bytes, scalarWide.data()),
          "the length of latin1ToUtf16");
  require(wide == scalarWide, "latin1ToUtf16");
  if (isValid) {
    const std::u16string expected = test::ReferenceDecoder::decodeUtf8(bytes);
    require(utf16Length(bytes) == expected.size(), "utf16Length");
    require(scalar::utf16Length(bytes) == expected.size(), "the scalar utf16Length");
    wide.resize(utf8ToUtf16(bytes, wide.data()));
    require(wide == expected, "utf8ToUtf16");
    scalarWide.resize(scalar::utf8ToUtf16(bytes, scalarWide.data()));
    require(scalarWide == expected, "the scalar utf8ToUtf16");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  checkDecoding(bytes);
  checkTwins(bytes);
  return 0;
}

// SPDX-License-Identifier: MIT
//
// Percent-decoding beyond the shared table (router_table_test.cpp): every boundary of UTF-8, random
// inputs against a second implementation, the choice between Latin-1 and UTF-16, and no read behind
// the value.
#include "support/guard_page.h"
#include "support/reference_decode.h"

#include <uwk/Router.h>

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace {

std::u16string decoded(std::string_view raw, uwk::DecodedParam &value) {
  uwk::decodeParam(raw, value);
  if (value.isUtf16) {
    CHECK(value.latin1.empty());
    return value.utf16;
  }
  CHECK(value.utf16.empty());
  std::u16string units;
  for (const char byte : value.latin1) {
    units.push_back(static_cast<unsigned char>(byte));
  }
  return units;
}

std::string escaped(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789aBcDeF";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += {'%', kDigits[value >> 4], kDigits[value & 0xf]};
  }
  return text;
}

// UTF-8 of any value below 2^21, also of those that may not be encoded.
std::string encoded(char32_t value, unsigned length) {
  static constexpr unsigned kLeads[] = {0, 0, 0xc0, 0xe0, 0xf0};
  std::string bytes;
  for (unsigned index = length; index-- > 1;) {
    bytes.insert(bytes.begin(), static_cast<char>(0x80 | (value & 0x3f)));
    value >>= 6;
  }
  bytes.insert(bytes.begin(), static_cast<char>(kLeads[length] | value));
  return bytes;
}

class RandomValue {
public:
  explicit RandomValue(uint32_t seed) : engine_(seed) {}

  std::string next() {
    std::string text;
    const size_t parts = below(9);
    for (size_t part = 0; part < parts; ++part) {
      text += piece();
    }
    return text;
  }

private:
  size_t below(size_t count) { return engine_() % count; }

  std::string bytes() {
    static constexpr unsigned char kEdges[] = {0x00, 0x25, 0x2f, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                               0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed,
                                               0xef, 0xf0, 0xf4, 0xf5, 0xf7, 0xf8, 0xff};
    std::string result;
    const size_t count = 1 + below(5);
    for (size_t index = 0; index < count; ++index) {
      result.push_back(
          static_cast<char>(below(2) == 0 ? kEdges[below(std::size(kEdges))] : 0x80 + below(0x40)));
    }
    return result;
  }

  std::string piece() {
    static constexpr const char *kBroken[] = {"%", "%4", "%zz", "%G1", "%1G", "%%", "%e", "%-1"};
    static constexpr char32_t kValues[] = {0x41,   0x80,   0xe9,   0xff,    0x100,   0x7ff,   0x800,
                                           0x4f60, 0xfffd, 0xffff, 0x10000, 0x1f600, 0x10ffff};
    switch (below(6)) {
    case 0:
      return std::string(1 + below(40), "abc+~"[below(5)]);
    case 1:
      return escaped(bytes());
    case 2:
      return kBroken[below(std::size(kBroken))];
    case 3:
      return bytes();
    default: {
      const char32_t value = kValues[below(std::size(kValues))];
      const unsigned length = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
      const std::string character = encoded(value, length);
      return below(2) == 0 ? escaped(character) : character;
    }
    }
  }

  std::mt19937 engine_;
};

} // namespace

TEST_CASE("a value that needs no decoding is recognised at every length and position") {
  for (size_t length = 0; length < 40; ++length) {
    std::string text(length, '~');
    CHECK_FALSE(uwk::needsDecoding(text));
    for (size_t at = 0; at < length; ++at) {
      for (const char special : {'%', '\x80', '\xff'}) {
        text[at] = special;
        CHECK(uwk::needsDecoding(text));
      }
      for (const char plain : {'$', '&', '\x7f', '\0', '\x05'}) {
        text[at] = plain;
        CHECK_FALSE(uwk::needsDecoding(text));
      }
      text[at] = '~';
    }
  }
}

TEST_CASE("every two-byte sequence and every lead with every second byte decodes by the rules") {
  uwk::DecodedParam value;
  for (unsigned lead = 0; lead < 256; ++lead) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const char *tail : {"", "\x80", "\x80\x80", "\xbf\xbf\xbf", "x"}) {
        std::string bytes = {static_cast<char>(lead), static_cast<char>(second)};
        bytes += tail;
        const std::string raw = escaped(bytes);
        REQUIRE(decoded(raw, value) == test::ReferenceDecoder::decode(raw));
      }
    }
  }
}

TEST_CASE("an encoded character is itself, a forbidden one is a single replacement") {
  uwk::DecodedParam value;
  const auto check = [&value](char32_t character, unsigned length, bool isValid) {
    CAPTURE(character);
    const std::u16string units = decoded("a" + escaped(encoded(character, length)) + "b", value);
    std::u16string expected = u"a";
    if (!isValid) {
      expected += u'\xfffd';
    } else if (character > 0xffff) {
      expected += static_cast<char16_t>(0xd7c0 + (character >> 10));
      expected += static_cast<char16_t>(0xdc00 + (character & 0x3ff));
    } else {
      expected += static_cast<char16_t>(character);
    }
    REQUIRE(units == expected + u"b");
  };
  for (char32_t character = 0; character < 0x800; ++character) {
    check(character, 2, character >= 0x80);
    check(character, 3, false);
    check(character, 4, false);
  }
  for (char32_t character = 0x800; character < 0x10000; character += 7) {
    check(character, 3, character < 0xd800 || character > 0xdfff);
    check(character, 4, false);
  }
  for (const char32_t edge :
       {0xd7ffu, 0xd800u, 0xdbffu, 0xdc00u, 0xdfffu, 0xe000u, 0xfffdu, 0xffffu}) {
    check(edge, 3, edge < 0xd800 || edge > 0xdfff);
  }
  for (char32_t character = 0x10000; character < 0x200000; character += 1021) {
    check(character, 4, character <= 0x10ffff);
  }
  check(0x10ffff, 4, true);
  check(0x110000, 4, false);
}

TEST_CASE("random values decode as the second implementation says") {
  uwk::DecodedParam value;
  RandomValue random(20250701);
  for (int round = 0; round < 60'000; ++round) {
    const std::string raw = random.next();
    CAPTURE(raw);
    REQUIRE(decoded(raw, value) == test::ReferenceDecoder::decode(raw));
  }
}

TEST_CASE("Latin-1 is used exactly when every character fits") {
  uwk::DecodedParam value;
  RandomValue random(7);
  for (int round = 0; round < 20'000; ++round) {
    const std::u16string units = decoded(random.next(), value);
    bool fits = true;
    for (const char16_t unit : units) {
      fits = fits && unit < 0x100;
    }
    REQUIRE(value.isUtf16 == !fits);
  }
}

TEST_CASE("nothing is read behind the value") {
  test::GuardPage page(4096);
  uwk::DecodedParam value;
  const std::string longest =
      "abcdefghijklmnop%E4%BD%A0qrs%F0%9F%98%80%zz\xe4\xbd\xa0\xf0\x9f\x98\x80%C3\xc3%4";
  for (size_t start = 0; start < longest.size(); ++start) {
    for (size_t length = 0; start + length <= longest.size(); ++length) {
      const std::string raw = longest.substr(start, length);
      const std::string_view guarded = page.place(raw, 0, '%');
      CHECK(uwk::needsDecoding(guarded) == uwk::needsDecoding(raw));
      REQUIRE(decoded(guarded, value) == test::ReferenceDecoder::decode(raw));
    }
  }
}

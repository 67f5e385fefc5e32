// SPDX-License-Identifier: MIT
//
// The text primitives against their scalar twins, and the twins against the WHATWG decoder. Lengths
// around every change-over and vector width, with the interesting byte at every position.
#include "support/guard_page.h"
#include "support/reference_decode.h"
#include "text/Utf8.h"

#include <doctest/doctest.h>

#include <uwk/Text.h>

#include <algorithm>
#include <random>
#include <string>

namespace {

using namespace uwk;

std::u16string lossless(std::string_view valid, bool isScalar) {
  std::u16string out(isScalar ? text::scalar::utf16Length(valid) : text::utf16Length(valid), u'\0');
  const size_t written = isScalar ? text::scalar::utf8ToUtf16(valid, out.data())
                                  : text::utf8ToUtf16(valid, out.data());
  CHECK(written == out.size());
  return out;
}

std::u16string widened(std::string_view latin1) {
  std::u16string out(latin1.size(), u'\0');
  text::latin1ToUtf16(latin1, out.data());
  return out;
}

// UTF-8 to UTF-16 and back, to Latin-1 where that is possible, and what is said of it before.
void compareWays(std::string_view valid, const std::u16string &units) {
  std::string back(valid.size(), '\0');
  std::string scalarBack(valid.size(), '\0');
  CHECK(text::utf8Length(units) == valid.size());
  CHECK(text::scalar::utf8Length(units) == valid.size());
  CHECK(text::utf16ToUtf8(units, back.data()) == valid.size());
  CHECK(text::scalar::utf16ToUtf8(units, scalarBack.data()) == valid.size());
  REQUIRE(back == valid);
  REQUIRE(scalarBack == valid);
  std::u16string repaired = units;
  text::makeWellFormed(repaired.data(), repaired.size());
  REQUIRE(repaired == units);

  const TextSurvey survey = surveyText(valid);
  const auto isWide = [](char16_t unit) { return unit > 0xff; };
  CHECK(survey.isLatin1 == std::none_of(units.begin(), units.end(), isWide));
  const auto isHigh = [](char byte) { return (static_cast<unsigned char>(byte) & 0x80) != 0; };
  CHECK(survey.nonAscii == static_cast<size_t>(std::count_if(valid.begin(), valid.end(), isHigh)));
  if (survey.isLatin1) {
    std::string narrow(valid.size(), '\0');
    std::string scalarNarrow(valid.size(), '\0');
    narrow.resize(text::utf8ToLatin1(valid, narrow.data()));
    scalarNarrow.resize(text::scalar::utf8ToLatin1(valid, scalarNarrow.data()));
    REQUIRE(std::u16string(units) == widened(narrow));
    REQUIRE(scalarNarrow == narrow);
  }
}

void compare(std::string_view bytes) {
  CHECK(text::isAscii(bytes) == text::scalar::isAscii(bytes));
  const bool isValid = text::scalar::isValidUtf8(bytes);
  REQUIRE(text::isValidUtf8(bytes) == isValid);
  const std::u16string expected = test::ReferenceDecoder::decodeUtf8(bytes);
  if (isValid) {
    REQUIRE(lossless(bytes, true) == expected);
    REQUIRE(lossless(bytes, false) == expected);
  }
  std::u16string wide(bytes.size(), u'\0');
  std::u16string scalarWide(bytes.size(), u'\0');
  CHECK(text::latin1ToUtf16(bytes, wide.data()) == bytes.size());
  CHECK(text::scalar::latin1ToUtf16(bytes, scalarWide.data()) == bytes.size());
  REQUIRE(wide == scalarWide);
  if (isValid) {
    compareWays(bytes, expected);
  }
}

// The scalar decoder character by character, which also covers malformed input.
std::u16string piecewise(std::string_view bytes) {
  std::u16string out(bytes.size(), u'\0');
  size_t written = 0;
  while (!bytes.empty()) {
    const text::DecodedUtf8 next = text::decodeUtf8(bytes);
    const bool isMalformed = next.value == text::kMalformed;
    written +=
        text::writeUtf16(isMalformed ? text::kReplacement : next.value, out.data() + written);
    bytes.remove_prefix(next.length);
  }
  out.resize(written);
  return out;
}

} // namespace

TEST_CASE("one special byte at every position of every length") {
  test::GuardPage page(4096);
  for (size_t length = 0; length < 200; length += length < 40 ? 1 : 13) {
    std::string text(length, 'a');
    compare(page.place(text, 0, '\x80'));
    for (size_t at = 0; at < length; ++at) {
      for (const char special : {'\x80', '\xc3', '\xff'}) {
        text[at] = special;
        compare(page.place(text, 0, '\x80'));
      }
      text[at] = 'a';
    }
  }
}

TEST_CASE("every character of every plane's edges at shifting offsets") {
  static constexpr const char *kCharacters[] = {
      "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
      "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbb\xbf"};
  static constexpr const char *kMalformed[] = {
      "\x80",         "\xc0\x80",         "\xc1\xbf", "\xe0\x9f\xbf",
      "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf5\x80", "\xf4\x90\x80\x80",
      "\xe2\x82",     "\xf0\x9f\x98",     "\xc3",     "\xff"};
  for (size_t offset = 0; offset < 70; ++offset) {
    for (const char *character : kCharacters) {
      compare(std::string(offset, 'x') + character + std::string(offset % 7, 'y'));
      CHECK(text::isValidUtf8(std::string(offset, 'x') + character));
    }
    for (const char *bytes : kMalformed) {
      compare(std::string(offset, 'x') + bytes + std::string(offset % 7, 'y'));
      CHECK_FALSE(text::isValidUtf8(std::string(offset, 'x') + bytes));
    }
  }
}

TEST_CASE("random bytes") {
  std::mt19937 engine(99);
  for (int round = 0; round < 30'000; ++round) {
    std::string bytes;
    const size_t length = engine() % 100;
    const bool isMostlyValid = engine() % 2 == 0;
    while (bytes.size() < length) {
      switch (isMostlyValid ? engine() % 4 : engine() % 6) {
      case 0:
        bytes += static_cast<char>('a' + engine() % 26);
        break;
      case 1:
        bytes += "\xc3\xa9";
        break;
      case 2:
        bytes += "\xe4\xbd\xa0";
        break;
      case 3:
        bytes += "\xf0\x9f\x98\x80";
        break;
      default:
        bytes += static_cast<char>(0x80 + engine() % 0x80);
      }
    }
    compare(bytes);
    REQUIRE(piecewise(bytes) == test::ReferenceDecoder::decodeUtf8(bytes));
  }
}

TEST_CASE("halves of surrogate pairs become U+FFFD, pairs stay") {
  for (size_t offset = 0; offset < 70; ++offset) {
    const std::u16string before(offset, u'x');
    const std::u16string after(offset % 9, u'\u00e9');
    const std::pair<std::u16string, std::u16string> cases[] = {
        {u"\xd83d\xde00", u"\xd83d\xde00"},
        {u"\xd83d", u"\xfffd"},
        {u"\xde00", u"\xfffd"},
        {u"\xde00\xd83d", u"\xfffd\xfffd"},
        {u"\xd83d\xd83d\xde00\xde00", u"\xfffd\xd83d\xde00\xfffd"},
        {u"\xd7ff\xe000", u"\xd7ff\xe000"},
    };
    for (const auto &[broken, whole] : cases) {
      std::u16string fast = before + broken + after;
      std::u16string plain = fast;
      text::makeWellFormed(fast.data(), fast.size());
      text::scalar::makeWellFormed(plain.data(), plain.size());
      REQUIRE(fast == before + whole + after);
      REQUIRE(plain == fast);
    }
  }
}

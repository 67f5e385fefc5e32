// SPDX-License-Identifier: MIT
//
// UTF-8 in pieces against the validator of whole texts: valid however it is cut, and refused with
// the first byte that cannot be part of any text.
#include <text/Utf8.h>
#include <text/Utf8Stream.h>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace uwk::text;

namespace {

bool isValidInPieces(std::string_view text, size_t piece) {
  Utf8Stream stream;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    if (!stream.add(text.substr(0, piece))) {
      return false;
    }
  }
  return stream.isComplete();
}

// The number of bytes after which the text is refused when it comes byte by byte; 0 = never.
size_t refusedAfter(std::string_view text) {
  Utf8Stream stream;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!stream.add(text.substr(i, 1))) {
      return i + 1;
    }
  }
  return 0;
}

} // namespace

TEST_CASE("whole texts in pieces of every size") {
  const std::string_view texts[] = {
      "",
      "ascii only",
      "h\xc3\xa9llo",
      "\xe2\x82\xac\xf0\x9f\x98\x80 and \xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
      "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
  };
  for (const std::string_view text : texts) {
    for (size_t piece = 1; piece <= text.size() + 1; ++piece) {
      CHECK(isValidInPieces(text, piece));
    }
  }
}

TEST_CASE("the first bad byte is the one that is refused") {
  struct {
    std::string_view text;
    size_t refused;
  } const cases[] = {
      {"ab\x80", 3},
      {"\xc0\x80", 1},
      {"\xc3(", 2},
      {"\xe0\x80\x80", 2},
      {"\xed\xa0\x80", 2},
      {"\xf0\x8f\xbf\xbf", 2},
      {"\xf4\x90\x80\x80", 2},
      {"\xf5", 1},
      {"\xff", 1},
      {"\xe2\x82(", 3},
      {"\xf0\x9f\x98(", 4},
      {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64", 13},
      {"\xe2\x82", 0},
  };
  for (const auto &one : cases) {
    CAPTURE(one.text);
    CHECK(refusedAfter(one.text) == one.refused);
  }
}

TEST_CASE("an unfinished character is not a text") {
  Utf8Stream stream;
  CHECK(stream.add("\xe2\x82"));
  CHECK(!stream.isComplete());
  CHECK(stream.add(""));
  CHECK(stream.add("\xac"));
  CHECK(stream.isComplete());
}

TEST_CASE("random bytes: the same verdict as on the whole") {
  std::mt19937 random(5);
  static constexpr std::string_view kParts[] = {
      "a",    "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
      "\x80", "\xe2",     "\xed\xa0\x80", "\xf4\x90"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const size_t parts = random() % 12;
    for (size_t i = 0; i < parts; ++i) {
      text += kParts[random() % (random() % 8 == 0 ? 8 : 4)];
    }
    const bool valid = isValidUtf8(text);
    for (const size_t piece : {1u, 2u, 3u, 5u, 7u}) {
      REQUIRE(isValidInPieces(text, piece) == valid);
    }
  }
}

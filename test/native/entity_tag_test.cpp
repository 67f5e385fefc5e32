// SPDX-License-Identifier: MIT
//
// Entity tags: the hash against the vectors of its specification, and If-Match / If-None-Match
// lists (RFC 9110 section 8.8.3; behaviours 7.3-7.5).
#include <http/EntityTag.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using namespace uwk;

TEST_CASE("XXH64 with seed 0: known vectors") {
  CHECK(xxh64("") == 0xef46db3751d8e999);
  CHECK(xxh64("a") == 0xd24ec4f1a98c6e5b);
  CHECK(xxh64("abc") == 0x44bc2cf5ad770999);
  CHECK(xxh64("message digest") == 0x066ed728fceeb3be);
  CHECK(xxh64("abcdefghijklmnopqrstuvwxyz") == 0xcfe1f278fa89835c);
  CHECK(xxh64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        0xaaa46907d3047814);
  std::string digits;
  for (int i = 0; i < 8; i++) {
    digits += "1234567890";
  }
  CHECK(xxh64(digits) == 0xe04a477f19ee145d);
}

TEST_CASE("the tag of a body is the one Bun makes") {
  CHECK(makeEntityTag("static") == "\"d893f86a0f6b9450\"");
  CHECK(makeEntityTag("x").size() == 18);
}

TEST_CASE("the hash reads exactly its input, at every length") {
  const std::string bytes(200, 'q');
  std::vector<uint64_t> seen;
  for (size_t size = 0; size <= bytes.size(); size++) {
    // An exact heap block: the sanitizer sees a byte too many.
    const std::vector<char> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const uint64_t hash = xxh64({exact.data(), exact.size()});
    CHECK(hash == xxh64(std::string_view(bytes).substr(0, size)));
    CHECK(std::find(seen.begin(), seen.end(), hash) == seen.end());
    seen.push_back(hash);
  }
}

TEST_CASE("lists of tags") {
  struct {
    const char *list;
    bool weak;
    bool strong;
  } const cases[] = {
      {"*", true, true},
      {"\"abc\"", true, true},
      {" \"abc\" ", true, true},
      {"W/\"abc\"", true, false},
      {"\"x\", \"abc\"", true, true},
      {"\"x\",\"y\" , W/\"abc\",\"z\"", true, false},
      {", ,\"abc\",,", true, true},
      {"abc", false, false},
      {"abc, \"abc\"", true, true},
      {"\"abc", false, false},
      {"\"abcd\"", false, false},
      {"\"ab\"", false, false},
      {"w/\"abc\"", false, false},
      {"W/ \"abc\"", false, false},
      {"W/", false, false},
      {"\"", false, false},
      {"", false, false},
      {",", false, false},
      {"**", false, false},
      {"*, \"x\"", false, false},
      {"\"a,b\", \"abc\"", true, true},
      {"\"a\\\"abc\"", false, false},
  };
  for (const auto &one : cases) {
    CAPTURE(one.list);
    const std::vector<char> exact(one.list, one.list + std::char_traits<char>::length(one.list));
    const std::string_view list(exact.data(), exact.size());
    CHECK(entityTagListMatches(list, "\"abc\"", TagComparison::Weak) == one.weak);
    CHECK(entityTagListMatches(list, "\"abc\"", TagComparison::Strong) == one.strong);
  }
}

TEST_CASE("a weak tag of the application's own") {
  CHECK(entityTagListMatches("\"abc\"", "W/\"abc\"", TagComparison::Weak));
  CHECK(entityTagListMatches("W/\"abc\"", "W/\"abc\"", TagComparison::Weak));
  CHECK_FALSE(entityTagListMatches("W/\"abc\"", "W/\"abc\"", TagComparison::Strong));
  CHECK_FALSE(entityTagListMatches("\"abc\"", "W/\"abc\"", TagComparison::Strong));
}

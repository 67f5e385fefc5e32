// SPDX-License-Identifier: MIT
//
// The byte tables against their definitions, and the vector searches against the scalar ones: every
// byte at every offset, random text, and an unmapped page where the permitted padding ends.
#include "http/CharTables.h"
#include "http/HeaderScan.h"

#include "support/guard_page.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>

namespace {

using namespace uwk;

constexpr size_t kPadding = 16;

template <class Rule> void checkEverywhere(std::string_view text, const char *where) {
  const char *end = text.data() + text.size();
  const char *expected = scan::findScalar<Rule>(text.data(), end);
  const std::string name = where;
  CAPTURE(name);
  CAPTURE(text.size());
  REQUIRE(scan::find<Rule, scan::Lanes>(text.data(), end) == expected);
  REQUIRE(scan::find<Rule, scan::Swar>(text.data(), end) == expected);
}

void checkAll(std::string_view text) {
  checkEverywhere<scan::ValueRule>(text, "value");
  checkEverywhere<scan::NameRule>(text, "name");
  checkEverywhere<scan::HostRule>(text, "host");
  checkEverywhere<scan::PathRule>(text, "path");
  checkEverywhere<scan::QueryRule>(text, "query");
}

std::string bytesThat(chars::Class wanted) {
  std::string set;
  for (int c = 0; c < 256; c++) {
    if (chars::is(static_cast<char>(c), wanted)) {
      set += static_cast<char>(c);
    }
  }
  return set;
}

std::string range(int first, int last) {
  std::string set;
  for (int c = first; c <= last; c++) {
    set += static_cast<char>(c);
  }
  return set;
}

std::string without(std::string set, std::string_view removed) {
  std::erase_if(set, [&](char c) { return removed.find(c) != std::string_view::npos; });
  return set;
}

} // namespace

TEST_CASE("byte classes are what the standards list") {
  CHECK(bytesThat(chars::kToken) == "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_"
                                    "`abcdefghijklmnopqrstuvwxyz|~");
  CHECK(bytesThat(chars::kField) == "\t" + range(0x20, 0x7e) + range(0x80, 0xff));
  CHECK(bytesThat(chars::kVisible) == range(0x21, 0x7e));
  CHECK(bytesThat(chars::kTarget) == without(range(0x21, 0x7e), "#") + range(0x80, 0xff));
  CHECK(bytesThat(chars::kPathAsIs) == without(range(0x21, 0x7e), "\"#<>?\\^`{}"));
  CHECK(bytesThat(chars::kQueryAsIs) == without(range(0x21, 0x7e), "\"#'<>"));
  CHECK(bytesThat(chars::kRegName) == "!$&'()*+,-.0123456789;=ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                      "abcdefghijklmnopqrstuvwxyz~");
  CHECK(bytesThat(chars::kDigit) == "0123456789");
}

TEST_CASE("hexadecimal digits have their values and nothing else has one") {
  for (int c = 0; c < 256; c++) {
    const auto byte = static_cast<char>(c);
    const size_t at = std::string_view("0123456789abcdef").find(chars::lower(byte));
    CHECK(chars::hexValue(byte) == (c == 0 || at == std::string_view::npos ? 16u : at));
  }
}

TEST_CASE("comparison and trimming know ASCII case and OWS only") {
  CHECK(chars::equalsIgnoreCase("Content-Length", "cONTENT-lENGTH"));
  CHECK_FALSE(chars::equalsIgnoreCase("a", "ab"));
  CHECK_FALSE(chars::equalsIgnoreCase("[", "{"));
  CHECK_FALSE(chars::equalsIgnoreCase("\xc1", "\xe1"));
  CHECK(chars::trim(" \t a b\t ") == "a b");
  CHECK(chars::trim(" \t ").empty());
  CHECK(chars::trim("\va\v") == "\va\v");
}

TEST_CASE("a rule stops at the bytes that matter to its caller") {
  for (int c = 0; c < 256; c++) {
    const char pair[] = {static_cast<char>(c), 'x'};
    CAPTURE(c);
    const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
    CHECK(scan::ValueRule::stopsAt(pair) == (control || c == '\t'));
    // Whatever these do not stop at must be harmless; they may stop more often.
    CHECK((scan::NameRule::stopsAt(pair) || chars::is(pair[0], chars::kToken)));
    CHECK((scan::HostRule::stopsAt(pair) || chars::is(pair[0], chars::kRegName)));
    CHECK((scan::PathRule::stopsAt(pair) || chars::is(pair[0], chars::kPathAsIs)));
    CHECK((scan::QueryRule::stopsAt(pair) || chars::is(pair[0], chars::kQueryAsIs)));
  }
}

TEST_CASE("every byte is found at every offset by vector, SWAR and scalar search alike") {
  test::GuardPage page(4096);
  for (size_t size = 0; size <= 40; size++) {
    for (size_t at = 0; at < size; at++) {
      for (int c = 0; c < 256; c++) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(c);
        checkAll(page.place(text, kPadding, 'a'));
      }
    }
  }
}

TEST_CASE("padding is neither reported nor trusted, whatever stands in it") {
  test::GuardPage page(4096);
  for (const char filler : {'\r', '\n', '\0', ':', ' ', '?', '.', '-', 'a', '\x7f', '\xff'}) {
    for (size_t size = 0; size <= 40; size++) {
      for (const char fill : {'a', '/', '-'}) {
        const std::string_view text = page.place(std::string(size, fill), kPadding, filler);
        checkAll(text);
        const char *end = text.data() + size;
        if (fill == 'a') {
          CHECK(scan::find<scan::PathRule>(text.data(), end) == end);
        }
      }
    }
  }
}

TEST_CASE("random text: the searches agree from every start") {
  std::mt19937 random(20240607);
  test::GuardPage page(4096);
  const std::string_view often = "aZ09-/.%?:\t \r\n";
  for (int round = 0; round < 3000; round++) {
    std::string text(random() % 80, 'a');
    for (char &c : text) {
      const auto roll = random() % 8;
      if (roll == 0) {
        c = static_cast<char>(random());
      } else if (roll == 1) {
        c = often[random() % often.size()];
      }
    }
    const std::string_view placed = page.place(text, kPadding, static_cast<char>(random()));
    for (size_t from = 0; from <= placed.size(); from++) {
      checkAll(placed.substr(from));
    }
  }
}

// SPDX-License-Identifier: MIT
//
// Byte classes of HTTP syntax as one 256-entry table, one bit a class. Pure data: it knows RFC
// 9110, RFC 9112, RFC 3986 and the percent-encode sets of the URL standard, nothing of parsing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk::chars {

enum Class : uint8_t {
  kToken = 1u << 0,     // tchar, RFC 9110 section 5.6.2
  kField = 1u << 1,     // field-vchar, SP, HTAB: RFC 9110 section 5.5, so neither CTL nor DEL
  kVisible = 1u << 2,   // VCHAR
  kTarget = 1u << 3,    // may stand in a request target: VCHAR but '#', and raw bytes above 0x7f
  kPathAsIs = 1u << 4,  // the URL standard leaves it alone in a path
  kQueryAsIs = 1u << 5, // the URL standard leaves it alone in a query
  kRegName = 1u << 6,   // unreserved and sub-delims, RFC 3986 section 3.2.2
  kDigit = 1u << 7,
};

namespace detail {

constexpr bool isAlnum(unsigned c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool oneOf(unsigned c, std::string_view set) {
  return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

constexpr uint8_t classify(unsigned c) {
  const bool visible = c > 0x20 && c < 0x7f;
  const bool high = c >= 0x80;
  unsigned bits = 0;
  bits |= isAlnum(c) || oneOf(c, "!#$%&'*+-.^_`|~") ? unsigned{kToken} : 0u;
  bits |= visible || high || c == ' ' || c == '\t' ? unsigned{kField} : 0u;
  bits |= visible ? unsigned{kVisible} : 0u;
  bits |= (visible && c != '#') || high ? unsigned{kTarget} : 0u;
  // '\\' becomes '/', the others are percent-encoded.
  bits |= visible && !oneOf(c, "\"#<>?\\^`{}") ? unsigned{kPathAsIs} : 0u;
  bits |= visible && !oneOf(c, "\"#'<>") ? unsigned{kQueryAsIs} : 0u;
  bits |= isAlnum(c) || oneOf(c, "-._~!$&'()*+,;=") ? unsigned{kRegName} : 0u;
  bits |= c >= '0' && c <= '9' ? unsigned{kDigit} : 0u;
  return static_cast<uint8_t>(bits);
}

constexpr std::array<uint8_t, 256> makeTable() {
  std::array<uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; c++) {
    table[c] = classify(c);
  }
  return table;
}

} // namespace detail

inline constexpr std::array<uint8_t, 256> kTable = detail::makeTable();

[[nodiscard]] constexpr bool is(char c, Class wanted) {
  return (kTable[static_cast<uint8_t>(c)] & wanted) != 0;
}

// The value of a hexadecimal digit, or 16.
[[nodiscard]] constexpr unsigned hexValue(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 16u;
}

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// ASCII case only, as field names and list tokens compare.
[[nodiscard]] constexpr bool equalsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (size_t i = 0; i < a.size(); i++) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

// Without surrounding SP and HTAB (OWS, RFC 9110 section 5.6.3).
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

} // namespace uwk::chars

// SPDX-License-Identifier: MIT
//
// One pass over the name, one over the port. Stricter than Bun, which accepts any bytes and then
// hands out a req.url that `new URL` refuses (behaviours 4.1).
#include "HostName.h"

#include "CharTables.h"
#include "HeaderScan.h"

#include <cstddef>

namespace uwk {

namespace {

// Four decimal octets without leading zeros. RFC 3986 allows nothing else as IPv4address.
bool isDottedQuad(std::string_view text) {
  unsigned octets = 0;
  size_t at = 0;
  for (;;) {
    const size_t start = at;
    unsigned value = 0;
    while (at < text.size() && at - start < 3 && chars::is(text[at], chars::kDigit)) {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    if (at == start || value > 255 || (text[start] == '0' && at - start > 1)) {
      return false;
    }
    octets++;
    if (at == text.size()) {
      return octets == 4;
    }
    if (text[at] != '.' || octets == 4) {
      return false;
    }
    at++;
  }
}

// IPv6address of RFC 3986: up to eight groups of 1-4 hex digits, one "::", an IPv4 tail instead of
// the last two groups.
bool isIpv6(std::string_view text) {
  unsigned groups = 0;
  bool compressed = false;
  size_t at = 0;
  if (text.starts_with("::")) {
    compressed = true;
    at = 2;
  }
  while (at < text.size()) {
    const size_t start = at;
    while (at < text.size() && chars::hexValue(text[at]) < 16) {
      at++;
    }
    if (at < text.size() && text[at] == '.') {
      groups += 2;
      return isDottedQuad(text.substr(start)) && (compressed ? groups <= 7 : groups == 8);
    }
    if (at == start || at - start > 4 || ++groups > 8) {
      return false;
    }
    if (at == text.size()) {
      break;
    }
    if (text[at++] != ':' || at == text.size()) {
      return false;
    }
    if (text[at] == ':') {
      if (compressed) {
        return false;
      }
      compressed = true;
      at++;
    }
  }
  return compressed ? groups <= 7 : groups == 8;
}

// The URL standard parses a host as IPv4 when its last label is a number, decimal or hexadecimal;
// "1.2.3" and "0x7f000001" are addresses to it.
bool endsInNumber(std::string_view name) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  if (name.empty() || (chars::hexValue(name.back()) == 16 && (name.back() | 0x20) != 'x')) {
    return false;
  }
  std::string_view label = name.substr(name.rfind('.') + 1);
  if (label.empty() || !chars::is(label.front(), chars::kDigit)) {
    return false;
  }
  const bool hex = label.starts_with("0x") || label.starts_with("0X");
  label.remove_prefix(hex ? 2 : 1);
  for (const char c : label) {
    if (hex ? chars::hexValue(c) == 16 : !chars::is(c, chars::kDigit)) {
      return false;
    }
  }
  return true;
}

// `port` starts after the colon. RFC 3986 allows it to be empty.
void checkPort(std::string_view port, HostCheck &check) {
  unsigned value = 0;
  for (const char c : port) {
    if (!chars::is(c, chars::kDigit)) {
      return;
    }
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) {
      return;
    }
  }
  check.valid = true;
  check.hasPort = !port.empty();
  // The default port of either scheme: which one is ours is not known here.
  const bool isDefault = value == 80 || value == 443;
  if (port.empty() || isDefault || (port.front() == '0' && port.size() > 1)) {
    check.canonical = false;
  }
}

// The length of a reg-name at the front of `text`, or npos when a '%' is not an escape.
size_t regNameLength(std::string_view text, bool &canonical) {
  const char *end = text.data() + text.size();
  const char *at = text.data();
  for (;; at++) {
    at = scan::find<scan::HostRule>(at, end);
    if (at == end || !(*at == '%' || chars::is(*at, chars::kRegName))) {
      return static_cast<size_t>(at - text.data());
    }
    if (*at == '-' && end - at == 1) {
      continue; // its neighbour is padding
    }
    if (*at == '%') {
      if (end - at < 3 || chars::hexValue(at[1]) == 16 || chars::hexValue(at[2]) == 16) {
        return std::string_view::npos;
      }
      at += 2;
    }
    // Upper case, an escape, "--" (perhaps "xn--", which the URL parser decodes and may refuse) or
    // a sub-delim, which is rare enough not to be told apart.
    canonical = false;
  }
}

// Whether the URL standard reads the name as it is. Dotted quads first: the usual numeric host.
bool isPlainName(std::string_view name) {
  return (chars::is(name.front(), chars::kDigit) && isDottedQuad(name)) || !endsInNumber(name);
}

} // namespace

HostCheck checkHost(std::string_view authority) {
  HostCheck check;
  size_t length;
  bool canonical = true;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos || !isIpv6(authority.substr(1, close - 1))) {
      return check;
    }
    canonical = false;
    length = close + 1;
  } else {
    length = regNameLength(authority, canonical);
    if (length == 0 || length == std::string_view::npos) {
      return check;
    }
    canonical = canonical && isPlainName(authority.substr(0, length));
  }
  check.canonical = canonical;
  if (length == authority.size()) {
    check.valid = true;
  } else if (authority[length] == ':') {
    checkPort(authority.substr(length + 1), check);
  }
  return check;
}

std::string_view withoutPort(std::string_view authority) {
  if (!authority.empty() && authority.front() == '[') {
    return authority.substr(1, authority.find(']') - 1);
  }
  return authority.substr(0, authority.find(':'));
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Handshakes of arbitrary fields, one a line: Upgrade, Connection, Sec-WebSocket-Key and -Version.
// What is accepted is held against the rules, read a second time; accept keys never read beyond.
#include <ws/Handshake.h>

#include <cctype>
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

// Memory of its own, so that a byte too many is seen.
std::string takeLine(std::string_view &text) {
  const size_t end = text.find('\n');
  std::string line(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  line.shrink_to_fit();
  return line;
}

// Whether the elements between commas, in small letters and without spaces, have one.
bool hasElement(const std::string &list, const std::string &element) {
  std::string current;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i == list.size() || list[i] == ',') {
      const size_t first = current.find_first_not_of(" \t");
      const size_t last = current.find_last_not_of(" \t");
      if (first != std::string::npos && current.substr(first, last - first + 1) == element) {
        return true;
      }
      current.clear();
    } else {
      const auto byte = static_cast<unsigned char>(list[i]);
      current.push_back(static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte));
    }
  }
  return false;
}

int digitOf(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool isSixteenBytes(const std::string &key) {
  if (key.size() != 24 || key[22] != '=' || key[23] != '=') {
    return false;
  }
  for (size_t i = 0; i < 22; ++i) {
    if (digitOf(key[i]) < 0) {
      return false;
    }
  }
  return (digitOf(key[21]) & 15) == 0;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  const std::string upgrade = takeLine(text);
  const std::string connection = takeLine(text);
  const std::string key = takeLine(text);
  const std::string version = takeLine(text);
  using uwk::ws::Handshake;
  const Handshake result = uwk::ws::checkHandshake({upgrade, connection, key, version});
  const bool asked = hasElement(upgrade, "websocket") && isSixteenBytes(key);
  Handshake expected = Handshake::NotAsked;
  if (asked && version != "13") {
    expected = Handshake::UnknownVersion;
  } else if (asked) {
    expected = hasElement(connection, "upgrade") ? Handshake::Accepted : Handshake::Malformed;
  }
  require(result == expected, "the result");
  const uwk::ws::AcceptKey accept = uwk::ws::acceptKey(key);
  for (size_t i = 0; i < accept.size(); ++i) {
    require(i + 1 == accept.size() ? accept[i] == '=' : digitOf(accept[i]) >= 0,
            "an accept key is Base64");
  }
  return 0;
}

// SPDX-License-Identifier: MIT
//
// A ClientHello that is right in everything but what an input says of its server name and its
// protocols: mutated bytes rarely keep the nested lengths of one in step.
#pragma once

#include <string>
#include <string_view>

namespace fuzz {

inline std::string number(size_t value, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t i = bytes; i > 0; i--, value >>= 8) {
    text[i - 1] = static_cast<char>(value & 0xff);
  }
  return text;
}

// `bytes` behind their length.
inline std::string prefixed(std::string_view bytes, size_t width) {
  return number(bytes.size(), width).append(bytes);
}

inline std::string extension(unsigned kind, std::string_view content) {
  return number(kind, 2) + prefixed(content, 2);
}

// `names` and `protocols` are the contents of the lists of extensions 0 and 16. `isNew`: TLS 1.3.
inline std::string clientHello(std::string_view names, std::string_view protocols, bool isNew) {
  using namespace std::string_view_literals;
  std::string extensions = extension(0, prefixed(names, 2));
  extensions += extension(16, prefixed(protocols, 2));
  extensions += extension(10, "\x00\x04\x00\x1d\x00\x17"sv);                 // x25519, P-256
  extensions += extension(11, "\x01\x00"sv);                                 // uncompressed points
  extensions += extension(13, "\x00\x08\x04\x03\x08\x04\x04\x01\x08\x06"sv); // signatures
  extensions += extension(23, ""sv);                                         // extended secret
  if (isNew) {
    const std::string share = std::string("\x00\x1d"sv) + prefixed(std::string(32, '\x09'), 2);
    extensions += extension(51, prefixed(share, 2));
    extensions += extension(43, "\x04\x03\x04\x03\x03"sv);
    extensions += extension(45, "\x01\x01"sv);
  }
  std::string body = "\x03\x03" + std::string(32, 'r') + prefixed(std::string(32, 's'), 1);
  body += prefixed("\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xcc\xa9\xcc\xa8"sv, 2);
  body += prefixed("\0"sv, 1) + prefixed(extensions, 2);
  return "\x16\x03\x01" + prefixed("\x01" + prefixed(body, 3), 2);
}

} // namespace fuzz

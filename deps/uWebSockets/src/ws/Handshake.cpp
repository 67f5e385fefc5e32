// SPDX-License-Identifier: MIT
//
// See Handshake.h.
#include "Handshake.h"

#include "../http/CharTables.h"
#include "Sha1.h"

#include <cstring>

namespace uwk::ws {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr size_t kKeySize = 24;
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The Base64 form of 16 bytes: 22 digits, of which the last has only two bits, and padding.
bool isKey(std::string_view key) {
  if (key.size() != kKeySize || key.substr(22) != "==") {
    return false;
  }
  for (size_t i = 0; i < 22; ++i) {
    if (kBase64.find(key[i]) == std::string_view::npos) {
      return false;
    }
  }
  return kBase64.find(key[21]) % 16 == 0;
}

} // namespace

bool listHas(std::string_view list, std::string_view element) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    if (chars::equalsIgnoreCase(chars::trim(list.substr(0, comma)), element)) {
      return true;
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

Handshake checkHandshake(const HandshakeFields &fields) {
  // Bun leaves requests without a proper key to the application, too.
  if (!listHas(fields.upgrade, "websocket") || !isKey(fields.key)) {
    return Handshake::NotAsked;
  }
  if (fields.version != "13") {
    return Handshake::UnknownVersion;
  }
  return listHas(fields.connection, "upgrade") ? Handshake::Accepted : Handshake::Malformed;
}

AcceptKey acceptKey(std::string_view key) {
  char text[kKeySize + kGuid.size()];
  const size_t size = key.size() < kKeySize ? key.size() : kKeySize;
  std::memcpy(text, key.data(), size);
  std::memcpy(text + size, kGuid.data(), kGuid.size());
  const Sha1Digest digest = sha1({text, size + kGuid.size()});
  AcceptKey accept;
  size_t out = 0;
  for (size_t i = 0; i < digest.size(); i += 3) {
    const bool whole = i + 2 < digest.size();
    const uint32_t group =
        (uint32_t{digest[i]} << 16) | (uint32_t{digest[i + 1]} << 8) | (whole ? digest[i + 2] : 0u);
    for (unsigned shift = 18; shift != 0; shift -= 6) {
      accept[out++] = kBase64[(group >> shift) & 63];
    }
    accept[out++] = whole ? kBase64[group & 63] : '=';
  }
  return accept;
}

} // namespace uwk::ws

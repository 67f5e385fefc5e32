// SPDX-License-Identifier: MIT
//
// Negotiation of permessage-deflate (RFC 7692 section 7): what the server is willing to do, what a
// client offers, and what comes of it. Any other extension is passed over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uwk::ws {

// What the application wants. Window sizes are exponents, 9 to 15; 0 means that messages do not
// refer to earlier ones, so that one compressor or decompressor serves all sockets.
struct DeflateOptions {
  bool enabled = false;
  uint8_t compressWindow = 0;
  uint8_t memoryLevel = 8; // zlib's, for compressWindow above 0
  uint8_t decompressWindow = 0;
};

// What both sides agreed upon; windows as above, 8 is possible too.
struct DeflateAgreement {
  bool agreed = false;
  uint8_t compressWindow = 0;
  uint8_t decompressWindow = 0;
  std::string response; // value of Sec-WebSocket-Extensions
};

// `offers`: value of Sec-WebSocket-Extensions; the first acceptable offer counts.
[[nodiscard]] DeflateAgreement negotiate(std::string_view offers, const DeflateOptions &options);

} // namespace uwk::ws

// SPDX-License-Identifier: MIT
//
// The opening handshake (RFC 6455 section 4.2): which requests ask for a WebSocket, which of those
// are refused, and the key that proves that the server understood.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace uwk::ws {

enum class Handshake : uint8_t {
  Accepted,
  NotAsked,       // some other request: the application answers it
  Malformed,      // asks for a WebSocket, but not properly: 400
  UnknownVersion, // 426
};

// Values of the fields; several fields of one name come joined by commas, missing ones are empty.
struct HandshakeFields {
  std::string_view upgrade;
  std::string_view connection;
  std::string_view key;
  std::string_view version;
};

[[nodiscard]] Handshake checkHandshake(const HandshakeFields &fields);

using AcceptKey = std::array<char, 28>;

// The value of Sec-WebSocket-Accept.
[[nodiscard]] AcceptKey acceptKey(std::string_view key);

// Whether a comma-separated list has that element; ASCII case does not matter.
[[nodiscard]] bool listHas(std::string_view list, std::string_view element);

} // namespace uwk::ws

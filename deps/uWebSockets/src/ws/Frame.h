// SPDX-License-Identifier: MIT
//
// What frames are made of: opcodes, headers a server sends, close codes, and the ways a client can
// break the rules, with the code and text it hears. Texts are Bun 1.4.5's where it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk::ws {

enum class Opcode : uint8_t {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10
};

[[nodiscard]] constexpr bool isControl(Opcode opcode) {
  return (static_cast<uint8_t>(opcode) & 8u) != 0;
}

inline constexpr size_t kMaxControlPayload = 125;
// Two bytes and an eight-byte length: servers do not mask.
inline constexpr size_t kMaxServerHeader = 10;
// ... and clients do, with four bytes more.
inline constexpr size_t kMaxClientHeader = 14;

// Writes the header of an unfragmented frame; returns its size. `out` has kMaxServerHeader bytes.
size_t writeHeader(char *out, Opcode opcode, uint64_t size, bool compressed);

// Codes of Close frames (RFC 6455 section 7.4).
enum CloseCode : uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kNoStatus = 1005, // never on the wire
  kAbnormal = 1006, // never on the wire
  kInvalidPayload = 1007,
  kTooBig = 1009,
};

// Whether a peer may send this code.
[[nodiscard]] bool isValidCloseCode(unsigned code);

enum class Violation : uint8_t {
  None,
  Unmasked,
  Rsv1,
  Rsv2Or3,
  InvalidOpcode,
  FragmentedControl,
  TooBigControl,
  StrayContinuation,
  NestedMessage,
  LongLength,
  TooBigMessage,
  InvalidUtf8,
  InvalidClosePayload,
  InvalidCloseCode,
  InvalidDeflate,
  Count
};

struct ViolationClose {
  uint16_t code;
  std::string_view text;
};

[[nodiscard]] ViolationClose closeOf(Violation violation);

// A Close frame's payload.
struct ClosePayload {
  uint16_t code = kNoStatus;
  std::string_view reason;
};

// Reads and checks one; the reason lies in `payload`.
[[nodiscard]] Violation parseClose(std::string_view payload, ClosePayload &close);

// Writes a Close frame's payload, at most kMaxControlPayload bytes; returns its size. Codes that
// must not be sent give an empty one. The reason is cut at a character.
size_t writeClose(char *out, unsigned code, std::string_view reason);

} // namespace uwk::ws

// SPDX-License-Identifier: MIT
//
// Header and close payload formats of RFC 6455.
#include "Frame.h"

#include "../text/Utf8.h"

#include <array>
#include <cstring>

namespace uwk::ws {

namespace {

constexpr std::array kCloses = {
    ViolationClose{kNormal, ""},
    ViolationClose{kProtocolError, "Received an incorrectly masked frame"},
    ViolationClose{kProtocolError, "Received unexpected RSV1 bit"},
    ViolationClose{kProtocolError, "Received unexpected RSV2 or RSV3 bit"},
    ViolationClose{kProtocolError, "Received invalid opcode"},
    ViolationClose{kProtocolError, "Received fragmented control frame"},
    ViolationClose{kProtocolError, "Received too big control frame"},
    ViolationClose{kProtocolError, "Received continuation frame outside a fragmented message"},
    ViolationClose{kProtocolError, "Received new message inside a fragmented message"},
    ViolationClose{kProtocolError, "Received a length in more bytes than it needs"},
    ViolationClose{kTooBig, "Received too big message"},
    ViolationClose{kInvalidPayload, "Received invalid UTF-8"},
    ViolationClose{kProtocolError, "Received invalid close payload"},
    ViolationClose{kProtocolError, "Received invalid close code"},
    ViolationClose{kInvalidPayload, "Received invalid compressed data"},
};

static_assert(kCloses.size() == static_cast<size_t>(Violation::Count));

void writeBigEndian(char *out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) {
    out[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
  }
}

} // namespace

size_t writeHeader(char *out, Opcode opcode, uint64_t size, bool compressed) {
  out[0] = static_cast<char>(0x80u | (compressed ? 0x40u : 0u) | static_cast<uint8_t>(opcode));
  if (size < 126) {
    out[1] = static_cast<char>(size);
    return 2;
  }
  if (size <= 0xffff) {
    out[1] = 126;
    writeBigEndian(out + 2, size, 2);
    return 4;
  }
  out[1] = 127;
  writeBigEndian(out + 2, size, 8);
  return kMaxServerHeader;
}

bool isValidCloseCode(unsigned code) {
  if (code >= 3000) {
    return code <= 4999;
  }
  // 1004 is reserved; 1005, 1006 and 1015 stand for what is not on the wire; 1012 to 1014 came
  // later (IANA registry).
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

ViolationClose closeOf(Violation violation) { return kCloses[static_cast<size_t>(violation)]; }

Violation parseClose(std::string_view payload, ClosePayload &close) {
  close = {};
  if (payload.empty()) {
    return Violation::None;
  }
  if (payload.size() == 1) {
    return Violation::InvalidClosePayload;
  }
  const unsigned code = (static_cast<unsigned>(static_cast<uint8_t>(payload[0])) << 8) |
                        static_cast<uint8_t>(payload[1]);
  if (!isValidCloseCode(code)) {
    return Violation::InvalidCloseCode;
  }
  payload.remove_prefix(2);
  if (!text::isValidUtf8(payload)) {
    return Violation::InvalidUtf8;
  }
  close.code = static_cast<uint16_t>(code);
  close.reason = payload;
  return Violation::None;
}

size_t writeClose(char *out, unsigned code, std::string_view reason) {
  if (code == 0 || code == kNoStatus || code == kAbnormal) {
    return 0;
  }
  writeBigEndian(out, code, 2);
  size_t size = reason.size();
  if (size > kMaxControlPayload - 2) {
    size = kMaxControlPayload - 2;
    while (size > 0 && (static_cast<uint8_t>(reason[size]) & 0xc0) == 0x80) {
      --size;
    }
  }
  if (size != 0) {
    std::memcpy(out + 2, reason.data(), size);
  }
  return 2 + size;
}

} // namespace uwk::ws

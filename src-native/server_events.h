// SPDX-License-Identifier: MIT
//
// The native events of a server, turned into calls of its JavaScript entry points.
#pragma once

#include "env_state.h"

namespace addon {

// Bits of the `flags` argument of onRequest; twin of RequestFlag in lib/native/contract.ts.
enum RequestFlag : uint32_t {
  kMethodMask = 0x3f, // index into the method table
  kHasBody = 0x40,
  kBodyComplete = 0x80,
  kNeedsNormalising = 0x100
};

// What there is of a body; twin of BodyAnswer in lib/native/contract.ts.
enum BodyAnswer : uint32_t {
  kBodyLater = 0,    // nothing yet
  kBodyMore = 1,     // bytes, not the last ones
  kBodyLast = 2,     // the rest, maybe nothing
  kBodyDone = 3,     // everything was taken before
  kBodyGone = 4,     // the connection ended first, or the response was complete
  kBodyTooLarge = 5, // maxRequestBodySize was exceeded
};

// Why the body of an exchange will never be complete.
[[nodiscard]] uint32_t faultOf(const uwk::Exchange &exchange);

// More parameters than this arrive as one array.
inline constexpr size_t kDirectParams = 8;

[[nodiscard]] uwk::ServerHandlers serverHandlers(NativeServer &server);

} // namespace addon

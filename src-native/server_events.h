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

// More parameters than this arrive as one array.
inline constexpr size_t kDirectParams = 8;

[[nodiscard]] uwk::ServerHandlers serverHandlers(NativeServer &server);

} // namespace addon

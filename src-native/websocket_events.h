// SPDX-License-Identifier: MIT
//
// The native events of WebSockets, turned into calls of the server's JavaScript entry points.
#pragma once

#include "env_state.h"

namespace addon {

[[nodiscard]] uwk::WebSocketHandlers webSocketHandlers(NativeServer &server);

// What JavaScript keeps a socket under until onClose: its slot, a small integer.
[[nodiscard]] inline uint32_t slotOf(uwk::WebSocketHandle handle) {
  return static_cast<uint32_t>(handle & ((1u << uwk::kWebSocketSlotBits) - 1));
}

} // namespace addon

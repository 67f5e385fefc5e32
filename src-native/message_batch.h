// SPDX-License-Identifier: MIT
//
// WebSocket messages of one turn of the loop that go to JavaScript together. Entering and leaving
// it costs more than most handlers, so a message is made a JavaScript value when it arrives, and
// waits for others until the turn ends, a few are here, or anything else is to be told. Their order
// stays. One batch per environment. The values live in its handle scope, the only one that outlives
// the function it was opened in.
//
// What a handler sends to its own socket is corked until the handler of another socket comes.
#pragma once

#include <node_api.h>
#include <uwk/WebSocket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace addon {

struct EnvState;
struct NativeServer;

class MessageBatch {
public:
  static constexpr uint32_t kCapacity = 16;
  // In cells[kMessageSlot]: no handler is running.
  static constexpr uint32_t kNobody = UINT32_MAX;

  // To be heard by JavaScript now, or before the turn ends.
  void add(EnvState &state, NativeServer &server, uwk::WebSocket &socket, uwk::MessageKind kind,
           std::string_view message, bool isAscii);
  // Calls JavaScript for what was added, unless it is on the stack already.
  void flush(EnvState &state);

  // JavaScript is about to write to the socket, or to cork it.
  void beforeWrite(EnvState &state, uwk::WebSocket &socket);
  void beforeCork(EnvState &state, uwk::WebSocket &socket);
  // The handler whose socket was corked has returned.
  void uncork(EnvState &state);

private:
  friend class JsCall;
  static constexpr size_t kMaxBytes = 64 * 1024;

  struct Entry {
    uint32_t server;
    uint32_t slot;
  };

  void tellNow(EnvState &state, NativeServer &server, uwk::WebSocketHandle handle,
               uwk::MessageKind kind, std::string_view message, bool isAscii);
  void tellAll(EnvState &state);
  uint32_t tell(EnvState &state, NativeServer &server, const napi_value *values, uint32_t count);

  std::array<napi_value, size_t{2} * kCapacity> values_{}; // slot and message of each
  std::array<Entry, kCapacity> entries_{};
  napi_handle_scope handles_ = nullptr;
  uwk::WebSocketHandle corked_ = 0;
  size_t bytes_ = 0;
  uint32_t size_ = 0;
  unsigned calls_ = 0; // into JavaScript that are on the stack, of whatever kind
  bool flushing_ = false;
};

void registerMessageBatch(napi_env env, napi_value exports);

} // namespace addon

// SPDX-License-Identifier: MIT
//
// See message_batch.h.
#include "message_batch.h"

#include "bindings.h"
#include "env_state.h"
#include "exchange_cells.h"
#include "js_call.h"
#include "napi_util.h"
#include "websocket_events.h"

#include <algorithm>
#include <utility>

namespace addon {

namespace {

// Null when it is longer than JavaScript's can be, or than memory lasts.
napi_value makeMessage(napi_env env, uwk::MessageKind kind, std::string_view message,
                       bool isAscii) {
  if (kind == uwk::MessageKind::Binary) {
    return makeArrayBuffer(env, message);
  }
  return isAscii ? makeLatin1(env, message) : makeUtf8(env, message);
}

napi_value makeSlot(napi_env env, uint32_t slot) {
  napi_value value = nullptr;
  napi_create_uint32(env, slot, &value);
  return value;
}

} // namespace

void MessageBatch::add(EnvState &state, NativeServer &server, uwk::WebSocket &socket,
                       uwk::MessageKind kind, std::string_view message, bool isAscii) {
  const uwk::WebSocketHandle handle = socket.handle();
  // In an async context that somebody has entered a store in only one message may be handled.
  if (calls_ != 0 || !state.loop->isInTurn() || state.cells[kContextTouched] != 0) {
    tellNow(state, server, handle, kind, message, isAscii);
    return;
  }
  if (handles_ == nullptr) {
    napi_open_handle_scope(state.env, &handles_);
  }
  napi_value value = makeMessage(state.env, kind, message, isAscii);
  if (value == nullptr) {
    flush(state);
    tellNow(state, server, handle, kind, message, isAscii);
    return;
  }
  values_[size_t{2} * size_] = makeSlot(state.env, slotOf(handle));
  values_[size_t{2} * size_ + 1] = value;
  entries_[size_++] = {server.id, slotOf(handle)};
  bytes_ += message.size();
  if (size_ == kCapacity || bytes_ >= kMaxBytes) {
    flush(state);
  }
}

void MessageBatch::tellNow(EnvState &state, NativeServer &server, uwk::WebSocketHandle handle,
                           uwk::MessageKind kind, std::string_view message, bool isAscii) {
  napi_handle_scope handles = nullptr;
  napi_open_handle_scope(state.env, &handles);
  const napi_value values[2] = {makeSlot(state.env, slotOf(handle)),
                                makeMessage(state.env, kind, message, isAscii)};
  if (values[1] != nullptr) {
    // A loop that a handler runs brings events while the handler is on the stack.
    const uint32_t slot = std::exchange(state.cells[kMessageSlot], kNobody);
    const uint32_t isCorked = std::exchange(state.cells[kMessageCorked], 0);
    const uwk::WebSocketHandle corked = std::exchange(corked_, 0);
    tell(state, server, values, 1);
    uncork(state);
    corked_ = corked;
    state.cells[kMessageCorked] = isCorked;
    state.cells[kMessageSlot] = slot;
  } else if (uwk::WebSocket *socket = uwk::WebSocket::find(*state.loop, handle)) {
    socket->close(1009, "The message does not fit into memory");
    JsCall js(state, nullptr);
    js.call(server.sockets.onUnreadable, 1, values);
  }
  napi_close_handle_scope(state.env, handles);
}

void MessageBatch::flush(EnvState &state) {
  if (handles_ == nullptr || calls_ != 0 || flushing_) {
    return;
  }
  flushing_ = true;
  tellAll(state);
  uncork(state);
  state.cells[kMessageSlot] = kNobody;
  state.cells[kMessageReturned] = 0;
  napi_close_handle_scope(state.env, std::exchange(handles_, nullptr));
  size_ = 0;
  bytes_ = 0;
  flushing_ = false;
}

void MessageBatch::tellAll(EnvState &state) {
  for (uint32_t next = 0; next < size_ && !state.closing;) {
    const uint32_t id = entries_[next].server;
    uint32_t end = next + 1;
    while (end < size_ && entries_[end].server == id) {
      ++end;
    }
    // One that has stopped has no open socket.
    NativeServer *server = state.server(id);
    next = server == nullptr ? end
                             : next + tell(state, *server, &values_[size_t{2} * next], end - next);
    if (next == end || entries_[next].slot != state.cells[kMessageSlot]) {
      uncork(state);
    }
  }
}

// How many handlers were called: behind the last one ticks and microtasks have run.
uint32_t MessageBatch::tell(EnvState &state, NativeServer &server, const napi_value *values,
                            uint32_t count) {
  JsCall js(state, nullptr);
  const uint32_t before = state.cells[kMessageIndex];
  state.cells[kMessageIndex] = 0;
  state.cells[kClosesScope] = 0;
  napi_value returned = nullptr;
  const bool called = js.call(server.sockets.onMessages, size_t{2} * count, values, &returned);
  const uint32_t done = called ? readUint32(state.env, returned) : state.cells[kMessageIndex] + 1;
  js.close();
  state.cells[kMessageIndex] = before;
  return std::clamp(done, 1u, count);
}

void MessageBatch::beforeWrite(EnvState &state, uwk::WebSocket &socket) {
  if (state.cells[kMessageSlot] == kNobody || state.cells[kMessageCorked] != 0) {
    return;
  }
  const uwk::WebSocketHandle handle = socket.handle();
  if (slotOf(handle) == state.cells[kMessageSlot] && !socket.isCorked()) {
    state.cells[kMessageCorked] = 1;
    corked_ = handle;
    socket.cork();
  }
}

// There is one cork: what the handler asks for goes first.
void MessageBatch::beforeCork(EnvState &state, uwk::WebSocket &socket) {
  beforeWrite(state, socket);
  state.cells[kMessageCorked] = 1;
}

void MessageBatch::uncork(EnvState &state) {
  state.cells[kMessageCorked] = 0;
  if (corked_ == 0) {
    return;
  }
  uwk::WebSocket *socket = uwk::WebSocket::find(*state.loop, std::exchange(corked_, 0));
  if (socket != nullptr && socket->isCorked()) {
    socket->uncork();
  }
}

namespace {

// webSocketUncork(): of the socket whose handler has returned
napi_value webSocketUncork(napi_env env, napi_callback_info) {
  EnvState &state = EnvState::of(env);
  state.messages.uncork(state);
  return nullptr;
}

} // namespace

void registerMessageBatch(napi_env env, napi_value exports) {
  defineFunction(env, exports, "webSocketUncork", webSocketUncork);
}

} // namespace addon

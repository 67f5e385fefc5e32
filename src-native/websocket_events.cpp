// SPDX-License-Identifier: MIT
//
// One crossing per message: text as one string, bytes as one copy.
#include "websocket_events.h"

#include "js_call.h"
#include "napi_util.h"

#include <array>

namespace addon {

namespace {

NativeServer &self(void *user) { return *static_cast<NativeServer *>(user); }

napi_value makeSlot(napi_env env, uwk::WebSocketHandle handle) {
  napi_value slot = nullptr;
  napi_create_uint32(env, slotOf(handle), &slot);
  return slot;
}

void onMessage(void *user, uwk::WebSocket &socket, uwk::MessageKind kind, std::string_view message,
               bool isAscii) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  state.messages.add(state, server, socket, kind, message, isAscii);
}

void onCatchUp(void *user) {
  EnvState &state = *self(user).state;
  state.messages.flush(state);
}

void onControl(NativeServer &server, napi_ref function, uwk::WebSocket &socket,
               std::string_view data) {
  EnvState &state = *server.state;
  if (state.closing || !server.sockets.hearsControls) {
    return;
  }
  JsCall js(state, nullptr);
  std::array<napi_value, 2> arguments;
  arguments[0] = makeSlot(state.env, socket.handle());
  arguments[1] = makeArrayBuffer(state.env, data);
  js.call(function, arguments.size(), arguments.data());
}

void onPing(void *user, uwk::WebSocket &socket, std::string_view data) {
  onControl(self(user), self(user).sockets.onPing, socket, data);
}

void onPong(void *user, uwk::WebSocket &socket, std::string_view data) {
  onControl(self(user), self(user).sockets.onPong, socket, data);
}

void onDrain(void *user, uwk::WebSocket &socket) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  JsCall js(state, nullptr);
  napi_value slot = makeSlot(state.env, socket.handle());
  js.call(server.sockets.onDrain, 1, &slot);
}

void onClose(void *user, uwk::WebSocketHandle handle, unsigned code, std::string_view reason) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  JsCall js(state, nullptr);
  std::array<napi_value, 3> arguments;
  arguments[0] = makeSlot(state.env, handle);
  napi_create_uint32(state.env, code, &arguments[1]);
  arguments[2] = makeUtf8(state.env, reason);
  js.call(server.sockets.onClose, arguments.size(), arguments.data());
}

} // namespace

uwk::WebSocketHandlers webSocketHandlers(NativeServer &server) {
  return {.user = &server,
          .onMessage = onMessage,
          .onCatchUp = onCatchUp,
          .onPing = onPing,
          .onPong = onPong,
          .onDrain = onDrain,
          .onClose = onClose};
}

} // namespace addon

// SPDX-License-Identifier: MIT
//
// The only way into JavaScript. Each event runs in a handle scope and a callback scope of its own:
// next ticks and microtasks are over when it closes, so an async handler that settled without
// waiting has answered by then. What waits to be told (message_batch.h) is told first.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace addon {

struct EnvState;

class JsCall {
public:
  // With a null context the call gets one that no store was entered in.
  JsCall(EnvState &state, napi_async_context context);
  ~JsCall();
  JsCall(const JsCall &) = delete;
  JsCall &operator=(const JsCall &) = delete;

  // False when the function threw: the exception went to 'uncaughtException'.
  bool call(napi_ref function, size_t argc, const napi_value *argv, napi_value *result = nullptr);
  // Closes the callback scope: next ticks and microtasks run here.
  void close();
  // The context for later events of the same request, null for any; the caller destroys it.
  [[nodiscard]] napi_async_context keepContext();

private:
  EnvState &state_;
  napi_handle_scope handles_ = nullptr;
  napi_callback_scope scope_ = nullptr;
  napi_async_context acquired_ = nullptr;
};

} // namespace addon

// SPDX-License-Identifier: MIT
//
// The only way into JavaScript. Each event runs in a handle scope and a callback scope of its own:
// next ticks and microtasks are over when it closes, so an async handler that settled without
// waiting has answered by then. Messages of one turn share a callback scope as long as nothing else
// comes between, and none of their handlers has left anything that would have to run behind it:
// opening and closing one costs a quarter of a microsecond.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace addon {

struct EnvState;

// The scope that calls of one turn share, and the only one that outlives the function it was opened
// in. Belongs to the environment.
class SharedScope {
public:
  // False: this call needs a scope of its own.
  [[nodiscard]] bool enter(EnvState &state);
  // Ticks and microtasks run here. Nothing without an open scope.
  void leave(EnvState &state);

private:
  friend class JsCall;
  napi_handle_scope handles_ = nullptr;
  napi_callback_scope scope_ = nullptr;
  napi_async_context context_ = nullptr;
  unsigned calls_ = 0; // that are running, shared or not
};

class JsCall {
public:
  // Shares a scope if that is possible. Only for calls without an async context to come back to.
  struct Shared {};
  JsCall(EnvState &state, Shared);
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
  void open(napi_async_context context);

  EnvState &state_;
  napi_handle_scope handles_ = nullptr;
  napi_callback_scope scope_ = nullptr;
  napi_async_context acquired_ = nullptr;
  bool isShared_ = false;
};

} // namespace addon

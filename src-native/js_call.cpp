// SPDX-License-Identifier: MIT
//
// See js_call.h. Failures of Node-API here mean that the environment is being torn down.
#include "js_call.h"

#include "napi_util.h"

#include <utility>

namespace addon {

JsCall::JsCall(EnvState &state, napi_async_context context) : state_(state) {
  napi_env env = state.env;
  napi_value holder = nullptr;
  napi_open_handle_scope(env, &handles_);
  napi_get_reference_value(env, state.holder, &holder);
  // At its end Node runs the loop once more before it tells anybody. JavaScript cannot run then,
  // and opening a scope would throw. This is the cheapest call that says so.
  napi_value ignored = nullptr;
  if (napi_coerce_to_bool(env, holder, &ignored) != napi_ok) {
    return;
  }
  if (context == nullptr) {
    context = acquired_ = state.contexts.acquire(env);
  }
  // The resource argument is ignored by Node (the context's own is used) but must be an object.
  if (context != nullptr) {
    napi_open_callback_scope(env, holder, context, &scope_);
  }
}

JsCall::~JsCall() {
  close();
  if (acquired_ != nullptr) {
    state_.contexts.release(state_.env, acquired_);
  }
  if (handles_ != nullptr) {
    napi_close_handle_scope(state_.env, handles_);
  }
}

void JsCall::close() {
  if (scope_ != nullptr) {
    napi_close_callback_scope(state_.env, std::exchange(scope_, nullptr));
  }
}

napi_async_context JsCall::keepContext() {
  napi_async_context kept = acquired_ == nullptr ? nullptr : state_.contexts.keep(acquired_);
  if (kept != nullptr) {
    acquired_ = nullptr;
  }
  return kept;
}

bool JsCall::call(napi_ref function, size_t argc, const napi_value *argv, napi_value *result) {
  if (scope_ == nullptr) {
    return false;
  }
  napi_env env = state_.env;
  napi_value callee = nullptr;
  napi_value ignored = nullptr;
  napi_get_reference_value(env, function, &callee);
  if (napi_call_function(env, makeUndefined(env), callee, argc, argv,
                         result == nullptr ? &ignored : result) == napi_ok) {
    return true;
  }
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) {
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
      napi_fatal_exception(env, exception);
    }
  }
  return false;
}

} // namespace addon

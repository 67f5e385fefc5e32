// SPDX-License-Identifier: MIT
//
// See js_call.h. Failures of Node-API here mean that the environment is being torn down.
#include "js_call.h"

#include "env_state.h"
#include "napi_util.h"

#include <utility>

namespace addon {

namespace {

// Null when JavaScript cannot run any more.
napi_value holderOf(EnvState &state) {
  napi_value holder = nullptr;
  napi_get_reference_value(state.env, state.holder, &holder);
  // At its end Node runs the loop once more before it tells anybody. JavaScript cannot run then,
  // and opening a scope would throw. This is the cheapest call that says so.
  napi_value ignored = nullptr;
  return napi_coerce_to_bool(state.env, holder, &ignored) == napi_ok ? holder : nullptr;
}

} // namespace

JsCall::JsCall(EnvState &state, napi_async_context context) : state_(state) {
  // What arrived before is heard before.
  state.messages.flush(state);
  napi_open_handle_scope(state_.env, &handles_);
  napi_value holder = holderOf(state_);
  if (holder == nullptr) {
    return;
  }
  if (context == nullptr) {
    context = acquired_ = state_.contexts.acquire(state_.env);
  }
  // The resource argument is ignored by Node (the context's own is used) but must be an object.
  if (context != nullptr) {
    napi_open_callback_scope(state_.env, holder, context, &scope_);
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
    ++state_.messages.calls_;
    napi_close_callback_scope(state_.env, std::exchange(scope_, nullptr));
    --state_.messages.calls_;
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
  ++state_.messages.calls_;
  const napi_status status = napi_call_function(env, makeUndefined(env), callee, argc, argv,
                                                result == nullptr ? &ignored : result);
  --state_.messages.calls_;
  if (status == napi_ok) {
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

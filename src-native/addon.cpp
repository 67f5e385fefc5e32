// SPDX-License-Identifier: MIT
//
// Entry point of the addon: makes the environment's state and puts the export table together. The
// only file that knows every binding. Holds no policy.
#include "bindings.h"
#include "env_state.h"
#include "exchange_cells.h"
#include "request_batch.h"
#include "router_binding.h"
#include "tls_probe.h"

#include <napi.h>

namespace addon {
namespace {

Napi::Value tlsInfo(const Napi::CallbackInfo &info) {
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("library", Napi::String::New(info.Env(), boringsslVersion()));
  result.Set("selfTest", Napi::Boolean::New(info.Env(), boringsslSelfTest()));
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  EnvState::create(env);
  registerServerBinding(env, exports);
  registerRequestBinding(env, exports);
  registerBodyBinding(env, exports);
  registerResponseBinding(env, exports);
  registerStreamBinding(env, exports);
  registerTlsBinding(env, exports);
  registerFileBinding(env, exports);
  registerDirectoryBinding(env, exports);
  registerWebSocketBinding(env, exports);
  registerRouterBinding(env, exports);
  registerExchangeCells(env, exports);
  registerRequestBatch(env, exports);
  registerMessageBatch(env, exports);
  exports.Set("tlsInfo", Napi::Function::New(env, tlsInfo, "tlsInfo"));
  return exports;
}

} // namespace
} // namespace addon

using addon::init;
NODE_API_MODULE(bunserve, init)

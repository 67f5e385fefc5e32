// SPDX-License-Identifier: MIT
// Entry point of the addon: registers what JavaScript may call. So far it reports which TLS library
// is linked; the server's bindings are added to this table. Must not hold state or policy.

#include <napi.h>

#include "tls_probe.h"

namespace addon {
namespace {

Napi::Value tlsInfo(const Napi::CallbackInfo& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("library", Napi::String::New(info.Env(), boringsslVersion()));
  result.Set("selfTest", Napi::Boolean::New(info.Env(), boringsslSelfTest()));
  return result;
}

}  // namespace
}  // namespace addon

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("tlsInfo", Napi::Function::New(env, addon::tlsInfo, "tlsInfo"));
  return exports;
}

NODE_API_MODULE(bunserve, init)

// SPDX-License-Identifier: MIT
//
// Small checked helpers over raw Node-API calls. No policy: TypeScript validates, this layer only
// checks what memory safety needs.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace addon {

napi_value makeUndefined(napi_env env);
napi_value makeLatin1(napi_env env, std::string_view text);
// Invalid sequences become U+FFFD.
napi_value makeUtf8(napi_env env, std::string_view text);
// The same, where ASCII is the common case: it takes the cheaper Latin-1 way.
napi_value makeText(napi_env env, std::string_view text);
napi_value makeNumber(napi_env env, double value);
napi_value makeArrayBuffer(napi_env env, std::string_view bytes);

// Zero / empty / null on a value of another type.
double readNumber(napi_env env, napi_value value);
uint32_t readUint32(napi_env env, napi_value value);
bool readBool(napi_env env, napi_value value);
std::string readLatin1(napi_env env, napi_value value);
std::string readUtf8(napi_env env, napi_value value);
napi_value getProperty(napi_env env, napi_value object, const char *name);

// Bytes of an ArrayBuffer view (or nothing); they live as long as the value does.
bool readBytes(napi_env env, napi_value value, std::string_view &out);

// The arguments of a callback, missing ones as undefined.
template <size_t N> struct Arguments {
  Arguments(napi_env env, napi_callback_info info) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  napi_value operator[](size_t index) const { return values[index]; }
  napi_value values[N] = {};
  size_t count = N; // how many the caller gave
};

void defineFunction(napi_env env, napi_value exports, const char *name, napi_callback callback);

} // namespace addon

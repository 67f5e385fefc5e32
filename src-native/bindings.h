// SPDX-License-Identifier: MIT
//
// What addon.cpp puts together: one function per group of exports. contract.md describes each
// export; lib/native/contract.ts is its TypeScript twin.
#pragma once

#include <node_api.h>
#include <uwk/Exchange.h>
#include <uwk/RouteTable.h>

#include <memory>

namespace addon {

void registerServerBinding(napi_env env, napi_value exports);
void registerRequestBinding(napi_env env, napi_value exports);
void registerBodyBinding(napi_env env, napi_value exports);
void registerResponseBinding(napi_env env, napi_value exports);
void registerStreamBinding(napi_env env, napi_value exports);
void registerTlsBinding(napi_env env, napi_value exports);
void registerFileBinding(napi_env env, napi_value exports);
void registerDirectoryBinding(napi_env env, napi_value exports);
void registerWebSocketBinding(napi_env env, napi_value exports);

struct EnvState;

// What onRequest() returned: a string is a response of the status and field block in the cells,
// anything else was answered otherwise or will be.
void respondReturned(EnvState &state, uwk::ExchangeHandle handle, napi_value returned);

// The directory that directoryOpen() gave to JavaScript; null for anything else.
[[nodiscard]] std::shared_ptr<uwk::DirectoryRoute> directoryOf(napi_env env, napi_value value);

// Reads the flat route list that lib/router/compile.ts makes.
[[nodiscard]] std::unique_ptr<const uwk::RouteTable> loadRoutes(napi_env env, napi_value routes);

} // namespace addon

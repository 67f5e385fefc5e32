// SPDX-License-Identifier: MIT
//
// The router on its own for JavaScript: routerCreate() and routerParse() in the export table.
// lib/router/native-router.ts is their twin and only user. Knows nothing of servers.
#pragma once

#include <node_api.h>

namespace addon {

void registerRouterBinding(napi_env env, napi_value exports);

} // namespace addon

// SPDX-License-Identifier: MIT
//
// The router on its own for JavaScript: the class RouterHandle and parseRoute() in the export
// table. lib/router/index.ts is its only user. Knows nothing of servers.
#pragma once

#include <node_api.h>

namespace addon {

void registerRouterBinding(napi_env env, napi_value exports);

} // namespace addon

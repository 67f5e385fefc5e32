// SPDX-License-Identifier: MIT
//
// The async contexts that requests run in. AsyncLocalStorage keeps its stores as properties of a
// context's resource, so a context in which somebody entered a store may serve one request only.
// As long as nobody ever did, all requests run in one shared context, one after the other: making
// and destroying one costs 0.6 us of the 16 us of a small request. The shared resource is a Proxy
// that tells of the first property set on it; the request of that moment keeps the context, and
// from then on every request gets its own.
#pragma once

#include <node_api.h>

#include <cstdint>

namespace addon {

class RequestContexts {
public:
  // `resource` refers to the Proxy, which sets *touched. Both live as long as the environment.
  void share(napi_ref resource, const uint32_t *touched);
  void destroy(napi_env env);

  // A context for one call into JavaScript; null when the environment is going away.
  [[nodiscard]] napi_async_context acquire(napi_env env);
  // After the call, by a caller whose request goes on: the context to use for the request's later
  // events and to destroy in the end; null when it holds nothing that any other would not.
  [[nodiscard]] napi_async_context keep(napi_async_context context);
  // After the call, unless the context was kept.
  void release(napi_env env, napi_async_context context);

private:
  napi_ref resource_ = nullptr; // until the shared context was made
  napi_async_context shared_ = nullptr;
  const uint32_t *touched_ = nullptr;
  bool inUse_ = false;
};

} // namespace addon

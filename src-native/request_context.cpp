// SPDX-License-Identifier: MIT
//
// See request_context.h.
#include "request_context.h"

#include "napi_util.h"

#include <utility>

namespace addon {

namespace {

constexpr const char kName[] = "BUNSERVE_REQUEST";

napi_async_context create(napi_env env, napi_value resource) {
  napi_async_context context = nullptr;
  if (napi_async_init(env, resource, makeLatin1(env, kName), &context) != napi_ok) {
    return nullptr;
  }
  return context;
}

} // namespace

void RequestContexts::share(napi_ref resource, const uint32_t *touched) {
  resource_ = resource;
  touched_ = touched;
}

void RequestContexts::destroy(napi_env env) {
  resource_ = nullptr;
  if (shared_ != nullptr) {
    napi_async_destroy(env, std::exchange(shared_, nullptr));
  }
}

napi_async_context RequestContexts::acquire(napi_env env) {
  if (resource_ != nullptr) {
    // Not in share(): what is current there (the program's start) must not be current in requests.
    napi_value resource = nullptr;
    napi_get_reference_value(env, std::exchange(resource_, nullptr), &resource);
    shared_ = create(env, resource);
  }
  if (shared_ != nullptr && !inUse_ && *touched_ == 0) {
    inUse_ = true;
    return shared_;
  }
  return create(env, nullptr);
}

napi_async_context RequestContexts::keep(napi_async_context context) {
  if (context != shared_) {
    return context;
  }
  if (*touched_ == 0) {
    return nullptr;
  }
  return std::exchange(shared_, nullptr);
}

void RequestContexts::release(napi_env env, napi_async_context context) {
  if (context == shared_) {
    inUse_ = false;
    if (*touched_ == 0) {
      return;
    }
    shared_ = nullptr;
  }
  napi_async_destroy(env, context);
}

} // namespace addon

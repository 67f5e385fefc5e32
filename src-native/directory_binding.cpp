// SPDX-License-Identifier: MIT
//
// Directories that routes serve from, as values that JavaScript holds until the route table has
// them. Cold: called while routes are compiled.
#include "bindings.h"
#include "napi_util.h"

#include <uwk/Directory.h>

#include <utility>

namespace addon {

namespace {

// A value that owns one share of `object`.
template <typename T> napi_value shareWithScript(napi_env env, std::shared_ptr<T> object) {
  auto *share = new std::shared_ptr<T>(std::move(object));
  napi_value value = nullptr;
  const napi_status status = napi_create_external(
      env, share,
      [](napi_env, void *data, void *) { delete static_cast<std::shared_ptr<T> *>(data); }, nullptr,
      &value);
  if (status != napi_ok) {
    delete share;
    return makeUndefined(env);
  }
  return value;
}

template <typename T> std::shared_ptr<T> shareOf(napi_env env, napi_value value) {
  void *data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok || data == nullptr) {
    return nullptr;
  }
  return *static_cast<std::shared_ptr<T> *>(data);
}

// mediaTypes(table): types to give to directoryOpen()
napi_value mediaTypes(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return shareWithScript(env, uwk::makeMediaTypes(readLatin1(env, arguments[0])));
}

// directoryOpen(path, types, { prefix, fields, dotfiles, precompressed, keepOpen }):
//   a directory to give to serverSetRoutes(), or a positive errno value
napi_value directoryOpen(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  uwk::DirectoryOptions options;
  options.types = shareOf<const uwk::MediaTypes>(env, arguments[1]);
  options.prefix = readLatin1(env, getProperty(env, arguments[2], "prefix"));
  options.fields = readLatin1(env, getProperty(env, arguments[2], "fields"));
  options.dotfiles = readBool(env, getProperty(env, arguments[2], "dotfiles"));
  options.precompressed = readBool(env, getProperty(env, arguments[2], "precompressed"));
  options.keepOpen = readBool(env, getProperty(env, arguments[2], "keepOpen"));
  int error = 0;
  std::shared_ptr<uwk::DirectoryRoute> directory =
      uwk::openDirectoryRoute(readUtf8(env, arguments[0]), std::move(options), error);
  return directory != nullptr ? shareWithScript(env, std::move(directory)) : makeNumber(env, error);
}

} // namespace

std::shared_ptr<uwk::DirectoryRoute> directoryOf(napi_env env, napi_value value) {
  return shareOf<uwk::DirectoryRoute>(env, value);
}

void registerDirectoryBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "mediaTypes", mediaTypes);
  defineFunction(env, exports, "directoryOpen", directoryOpen);
}

} // namespace addon

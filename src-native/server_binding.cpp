// SPDX-License-Identifier: MIT
//
// Cold calls on servers: create, listen, routes, stop, counters. A server is known to JavaScript by
// its number; a number of a stopped server finds nothing and every call on it is a no-op.
#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"
#include "server_events.h"

#include <cstring>
#include <netdb.h>

namespace addon {

namespace {

napi_ref referenceTo(napi_env env, napi_value object, const char *name) {
  napi_ref reference = nullptr;
  napi_create_reference(env, getProperty(env, object, name), 1, &reference);
  return reference;
}

// serverCreate(events, idleTimeoutSeconds, maxRequestBodyBytes, maxConnections, cacheFiles): number
napi_value serverCreate(napi_env env, napi_callback_info info) {
  Arguments<5> arguments(env, info);
  EnvState &state = EnvState::of(env);
  usk::Loop *loop = state.ensureLoop();
  if (loop == nullptr) {
    return nullptr;
  }
  auto server = std::make_unique<NativeServer>();
  server->state = &state;
  server->onRequest = referenceTo(env, arguments[0], "onRequest");
  server->onRequests = referenceTo(env, arguments[0], "onRequests");
  server->onBody = referenceTo(env, arguments[0], "onBody");
  server->onWritable = referenceTo(env, arguments[0], "onWritable");
  server->onAborted = referenceTo(env, arguments[0], "onAborted");
  server->onSent = referenceTo(env, arguments[0], "onSent");
  server->onStopped = referenceTo(env, arguments[0], "onStopped");
  uwk::ServerOptions options;
  options.idleTimeoutSeconds = readUint32(env, arguments[1]);
  options.maxRequestBodyBytes = static_cast<uint64_t>(readNumber(env, arguments[2]));
  options.maxConnections = readUint32(env, arguments[3]);
  options.cacheFiles = readBool(env, arguments[4]);
  server->server = std::make_unique<uwk::Server>(*loop, options, serverHandlers(*server));
  NativeServer &added = *server;
  if (!state.addServer(std::move(server))) {
    napi_throw_error(env, "ERR_BUNSERVE_SERVERS", "There are too many servers");
    return nullptr;
  }
  return makeNumber(env, added.id);
}

napi_value listenFailure(napi_env env, const usk::SystemError &error) {
  napi_value result = nullptr;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "errno", makeNumber(env, error.code));
  napi_set_named_property(env, result, "syscall", makeLatin1(env, error.syscall));
  const char *text = error.resolver ? gai_strerror(error.code) : std::strerror(error.code);
  napi_set_named_property(env, result, "reason", makeUtf8(env, text));
  napi_value resolver = nullptr;
  napi_get_boolean(env, error.resolver, &resolver);
  napi_set_named_property(env, result, "resolver", resolver);
  return result;
}

// serverListen(id, { host, port, unix, reusePort, ipv6Only, authority }):
//   { port, host, ipv6 } | { errno, syscall, reason, resolver }
napi_value serverListen(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server == nullptr) {
    return makeUndefined(env);
  }
  std::string host = readUtf8(env, getProperty(env, arguments[1], "host"));
  std::string path = readUtf8(env, getProperty(env, arguments[1], "unix"));
  usk::ListenOptions options;
  options.host = host;
  options.path = path;
  options.isUnix = !path.empty();
  options.port = static_cast<uint16_t>(readUint32(env, getProperty(env, arguments[1], "port")));
  options.reusePort = readBool(env, getProperty(env, arguments[1], "reusePort"));
  options.ipv6Only = readBool(env, getProperty(env, arguments[1], "ipv6Only"));
  usk::SystemError error;
  usk::Listener *listener = server->server->listen(options, error);
  if (listener == nullptr) {
    return listenFailure(env, error);
  }
  napi_value result = nullptr;
  napi_value ipv6 = nullptr;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "port", makeNumber(env, listener->port()));
  napi_set_named_property(env, result, "host", makeUtf8(env, listener->host()));
  napi_get_boolean(env, listener->isIpv6(), &ipv6);
  napi_set_named_property(env, result, "ipv6", ipv6);
  return result;
}

// serverSetAuthority(id, authority): what stands in for a missing Host field.
napi_value serverSetAuthority(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server != nullptr) {
    server->authority = readUtf8(env, arguments[1]);
  }
  return makeUndefined(env);
}

// serverSetRoutes(id, routes, hasFallback)
napi_value serverSetRoutes(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EnvState &state = EnvState::of(env);
  NativeServer *server = state.server(readUint32(env, arguments[0]));
  if (server != nullptr) {
    state.batch.seal(server->id);
    server->server->setRoutes(loadRoutes(env, arguments[1]), readBool(env, arguments[2]));
  }
  return makeUndefined(env);
}

// serverStop(id, force): onStopped follows.
napi_value serverStop(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server != nullptr) {
    server->server->stop(readBool(env, arguments[1]));
  }
  return makeUndefined(env);
}

// serverCloseIdle(id): number of connections closed
napi_value serverCloseIdle(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  size_t closed = server != nullptr ? server->server->closeIdleConnections() : 0;
  return makeNumber(env, static_cast<double>(closed));
}

// serverPending(id): requests that are not answered yet
napi_value serverPending(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  size_t pending = server != nullptr ? server->server->pendingRequests() : 0;
  return makeNumber(env, static_cast<double>(pending));
}

// loopRef(on): counted, keeps the process alive
napi_value loopRef(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  if (state.loop != nullptr) {
    if (readBool(env, arguments[0])) {
      state.loop->ref();
    } else {
      state.loop->unref();
    }
  }
  return makeUndefined(env);
}

} // namespace

void registerServerBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "serverCreate", serverCreate);
  defineFunction(env, exports, "serverListen", serverListen);
  defineFunction(env, exports, "serverSetAuthority", serverSetAuthority);
  defineFunction(env, exports, "serverSetRoutes", serverSetRoutes);
  defineFunction(env, exports, "serverStop", serverStop);
  defineFunction(env, exports, "serverCloseIdle", serverCloseIdle);
  defineFunction(env, exports, "serverPending", serverPending);
  defineFunction(env, exports, "loopRef", loopRef);
}

} // namespace addon

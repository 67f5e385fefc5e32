// SPDX-License-Identifier: MIT
//
// Everything that belongs to one Node environment (main thread or worker): its loop, its servers,
// the references it holds. There is no global state. Torn down by an asynchronous cleanup hook,
// because libuv handles need another turn to close.
#pragma once

#include "message_batch.h"
#include "request_batch.h"
#include "request_context.h"

#include <node_api.h>
#include <usk/loop.h>
#include <uwk/Server.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace addon {

struct EnvState;

// One Bun.serve() server.
struct NativeServer {
  EnvState *state = nullptr;
  uint32_t id = 0;
  std::unique_ptr<uwk::Server> server;
  // { onRequest, onRequests, onBody, onWritable, onAborted, onSent, onStopped } of
  // lib/server/dispatch.ts.
  napi_ref onRequest = nullptr;
  napi_ref onRequests = nullptr;
  napi_ref onBody = nullptr;
  napi_ref onWritable = nullptr;
  napi_ref onAborted = nullptr;
  napi_ref onSent = nullptr;
  napi_ref onStopped = nullptr;
  // Entry points of lib/websocket/handlers.ts, from the first `websocket` option on.
  struct {
    napi_ref onMessages = nullptr;
    napi_ref onUnreadable = nullptr;
    napi_ref onPing = nullptr;
    napi_ref onPong = nullptr;
    napi_ref onDrain = nullptr;
    napi_ref onClose = nullptr;
    bool hearsControls = false; // somebody handles pings or pongs
    // Topics whose first subscriber came or whose last one went since JavaScript asked.
    std::vector<std::string> changedTopics;
  } sockets;
  std::string_view scheme = "http://";
  // Stands in for a missing Host field (HTTP/1.0).
  std::string authority = "localhost";
};

struct EnvState {
  explicit EnvState(napi_env nodeEnv) : env(nodeEnv) {}
  EnvState(const EnvState &) = delete;
  EnvState &operator=(const EnvState &) = delete;

  // The environment's state, made on first use by the module's initialiser.
  static EnvState &of(napi_env env);
  static void create(napi_env env);

  // Creates the loop on first use; null (with a JavaScript exception) when the system refuses.
  usk::Loop *ensureLoop();
  NativeServer *server(uint32_t id);
  // False when there are too many. The number is a slot, with a count of its uses above it: one
  // that was kept finds nothing when its slot has another server.
  [[nodiscard]] bool addServer(std::unique_ptr<NativeServer> server);
  void removeServer(uint32_t id);
  static constexpr uint32_t kMaxServers = 1u << 16;

  napi_env env;
  usk::Loop *loop = nullptr;
  // Set before teardown: no JavaScript may run from then on.
  bool closing = false;
  napi_async_cleanup_hook_handle cleanupHook = nullptr;
  // An object to hand to Node-API where one must be given.
  napi_ref holder = nullptr;
  // What JavaScript tells beside the arguments and results of calls; indices in exchange_cells.h.
  uint32_t *cells = nullptr;
  napi_ref cellsArray = nullptr;
  RequestContexts contexts;
  RequestBatch batch;
  MessageBatch messages;
  // Reused by every call, so that the hot path allocates nothing.
  std::vector<char> scratch;   // strings as UTF-8
  std::vector<char16_t> units; // strings as UTF-16
  // How many of the next strings are likely not to be ASCII (payload.cpp).
  unsigned wideReads = 0;
  std::string text;
  uwk::DecodedParam decoded;
  // Field blocks that JavaScript refers to by number (common content types).
  std::vector<std::string> fieldBlocks;
  struct ServerSlot {
    std::unique_ptr<NativeServer> server;
    uint16_t uses = 0;
  };
  std::vector<ServerSlot> servers;
};

// Null for a stale handle.
[[nodiscard]] uwk::Exchange *findExchange(EnvState &state, napi_value handle);

} // namespace addon

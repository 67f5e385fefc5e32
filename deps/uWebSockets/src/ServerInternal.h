// SPDX-License-Identifier: MIT
//
// What the parts of a server share. The facade (Server.cpp) owns it, connections refer to it.
#pragma once

#include "files/ContentCache.h"
#include "http/HttpParser.h"

#include <uwk/Server.h>

#include <memory>
#include <string>

namespace uwk {

class HttpConnection;

namespace ws {
class WebSocketServer;
}

struct Server::Internal {
  Internal(Server &facade, usk::Loop &loop, const ServerOptions &options,
           const ServerHandlers &handlers);
  ~Internal();
  Internal(const Internal &) = delete;
  Internal &operator=(const Internal &) = delete;

  // Handle layout: the loop's serial (30 bits) above the socket's slot (22 bits). Serials are the
  // loop's, like slots: two servers must not give out one handle. A serial comes back after 2^30
  // requests, far later than anybody keeps a handle.
  static constexpr unsigned kSlotBits = 22;
  [[nodiscard]] static ExchangeHandle handleOf(uint32_t serial, uint32_t slot) {
    return (static_cast<uint64_t>(serial) << kSlotBits) | slot;
  }
  // Whether the sockets of `group` carry an HttpConnection.
  [[nodiscard]] static bool speaksHttp(const usk::SocketGroup &group);

  // Whether a connection that was just added may stay.
  [[nodiscard]] bool admits(const usk::Socket &added);
  // `spared` may be null.
  size_t closeIdle(size_t limit, const usk::Socket *spared);
  void exchangeEnded();
  void connectionClosed();
  // Feeds what is left of a connection's input to the protocol that it was handed over to.
  void takeOver(std::string_view rest);
  // Reports onStopped once everything is gone; deferred so that no caller is still on the stack.
  void checkStopped();

  Server &facade;
  usk::Loop &loop;
  usk::SocketGroup group;
  ServerOptions options;
  ServerHandlers handlers;
  std::unique_ptr<const RouteTable> routes;
  std::vector<usk::Listener *> listeners;
  usk::TlsContext *tls = nullptr;
  std::unique_ptr<ws::WebSocketServer> sockets; // made with the first WebSocket options
  std::unique_ptr<ContentCache> contents;       // of small files; null = not wanted
  // The socket whose connection was handed over while it is processing input.
  usk::Socket *handedOver = nullptr;
  size_t pending = 0;
  uint64_t crowdedUntilMs = 0; // no idle connection was found; not looked for again before
  bool stopping = false;
  bool stopReported = false;
  bool checkQueued = false;

  // Scratch of the request being dispatched; dispatches do not nest.
  HttpHead head;
  RouteMatch match;
  std::string text; // field lines that are put together for a response
  // Memory for the bytes of a file during one call.
  [[nodiscard]] char *block();

private:
  std::unique_ptr<char[]> block_; // exists once a file was sent
};

} // namespace uwk

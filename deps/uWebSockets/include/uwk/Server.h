// SPDX-License-Identifier: MIT
//
// The facade: a server is listeners, a route table and the connections accepted by them. Everything
// happens on the loop's thread. Handlers are plain function pointers; they may call anything here.
#pragma once

#include <uwk/Exchange.h>
#include <uwk/Limits.h>
#include <uwk/RouteTable.h>
#include <uwk/WebSocket.h>

#include <usk/group.h>
#include <usk/listener.h>
#include <usk/tls.h>

#include <memory>
#include <vector>

namespace uwk {

struct RequestEvent {
  Exchange &exchange;
  // Index given to RouteTable::addHandler, or kNoRoute for the fallback handler.
  uint32_t route;
  uint8_t method; // HttpMethod.h
  bool hasBody;
  // Nothing of what was received follows it, and it is no upgrade: the embedder may return and
  // answer later in the turn at no further cost.
  bool mayWait;
  const RouteMatch &match;
};

struct ServerHandlers {
  void *user = nullptr;
  // A request for the embedder. On return the exchange may be answered, or pending.
  void (*onRequest)(void *user, const RequestEvent &event) = nullptr;
  // The client of a pending exchange has ended its side, and will be taken for gone when this
  // returns: requests that were put off for the end of the turn are to be handled now. May be null.
  void (*onCatchUp)(void *user) = nullptr;
  // Follows Exchange::collectBody and pullBody. `state` is Complete (the rest is here), Partial
  // (only after pullBody: some bytes are) or Failed. What is not taken stays.
  void (*onBody)(void *user, Exchange &exchange, BodyState state) = nullptr;
  // The client takes bytes again after a write that was Full.
  void (*onWritable)(void *user, Exchange &exchange) = nullptr;
  // The client left, or the connection was closed by this side, before the response had left
  // entirely, be it given or not. onBody with Failed follows if a body was asked for.
  void (*onAborted)(void *user, Exchange &exchange) = nullptr;
  // The exchange is over, one way or the other; called for every onRequest exactly once.
  void (*onEnded)(void *user, ExchangeHandle handle, void *data) = nullptr;
  // After onEnded of an exchange for which Exchange::watch() was called, when it was not aborted.
  void (*onSent)(void *user, ExchangeHandle handle) = nullptr;
  // After stop(): no listener, connection or exchange is left.
  void (*onStopped)(void *user) = nullptr;
};

struct ServerOptions {
  unsigned idleTimeoutSeconds = 10; // 0 = never
  uint64_t maxRequestBodyBytes = Limits::kMaxRequestBodyBytes;
  size_t maxConnections = 0; // 0 = no limit
  bool cacheFiles = true;    // small files that are asked for often are kept in memory
  bool hasFallback = false;  // unmatched requests go to onRequest with kNoRoute; else 404
};

class Server {
public:
  Server(usk::Loop &loop, const ServerOptions &options, const ServerHandlers &handlers);
  // Only after onStopped.
  ~Server();
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  [[nodiscard]] usk::Listener *listen(const usk::ListenOptions &options, usk::SystemError &error);

  // Connections are TLS from now on, with these certificates; those that are open keep theirs. The
  // server keeps a reference.
  void setTls(usk::TlsContext *context);

  // Replaces all routes. Requests that were dispatched already are not affected; the old table is
  // freed at the end of the turn.
  void setRoutes(std::unique_ptr<const RouteTable> routes, bool hasFallback);

  // From the first call on requests can be upgraded. A later one changes the options of sockets
  // that are open, too, save for compression; the handlers stay.
  void setWebSocket(const WebSocketOptions &options, const WebSocketHandlers &handlers);
  // Turns the connection of a pending exchange into a WebSocket: sends the 101, ends the exchange
  // and fills in `handle`. Frames that came already follow when the caller has returned to the
  // loop.
  UpgradeResult upgrade(Exchange &exchange, const UpgradeRequest &request, WebSocketHandle &handle);
  // To all subscribers of a topic, large messages at once, others at the end of the turn. Dropped
  // when there is none, or one is too far behind to get it; Backpressure when one gets it late.
  SendResult publish(std::string_view topic, MessageKind kind, std::string_view message,
                     bool compress);
  [[nodiscard]] size_t subscribers(std::string_view topic) const;
  // After setWebSocket(): reports every topic that has subscribers, and from then on each one that
  // gets its first or loses its last. `watch` must not call the server.
  void watchTopics(void (*watch)(void *user, std::string_view topic, bool hasSubscribers),
                   void *user);
  [[nodiscard]] size_t webSockets() const; // open ones

  // Stops listening. WebSockets go on, or are closed with 1001 when forced. Graceful: idle
  // connections are closed at once, busy ones after their response. Forced: everything is closed
  // now and pending exchanges are aborted.
  void stop(bool force);
  size_t closeIdleConnections();

  [[nodiscard]] size_t pendingRequests() const;
  [[nodiscard]] size_t connections() const;
  [[nodiscard]] usk::Loop &loop() const;

  struct Internal;
  [[nodiscard]] Internal &internal() { return *internal_; }

private:
  std::unique_ptr<Internal> internal_;
};

} // namespace uwk

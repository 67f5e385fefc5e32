// SPDX-License-Identifier: MIT
//
// Composition root of the C++ side: listeners, the HTTP group, route tables and the way to an end.
#include "ServerInternal.h"
#include "files/FileBody.h"
#include "http/HttpConnection.h"
#include "ws/WebSocketServer.h"

#include <usk/loop.h>

#include <cstdint>

namespace uwk {

Server::Internal::Internal(Server &serverFacade, usk::Loop &serverLoop,
                           const ServerOptions &serverOptions, const ServerHandlers &given)
    : facade(serverFacade), loop(serverLoop), group(serverLoop, HttpConnection::events(), this),
      options(serverOptions), handlers(given),
      contents(serverOptions.cacheFiles ? std::make_unique<ContentCache>() : nullptr) {}

Server::Internal::~Internal() {
  if (tls != nullptr) {
    tls->release();
  }
}

bool Server::Internal::speaksHttp(const usk::SocketGroup &group) {
  return &group.events() == &HttpConnection::events();
}

// At the limit idle connections make room. The search is linear, so it is made once a second at
// most when it finds none: a flood of connections must not make it a burden.
bool Server::Internal::admits(const usk::Socket &added) {
  if (options.maxConnections == 0 || facade.connections() <= options.maxConnections) {
    return true;
  }
  if (loop.now() < crowdedUntilMs) {
    return false;
  }
  if (closeIdle(Limits::kMaxEvictions, &added) != 0) {
    return true;
  }
  crowdedUntilMs = loop.now() + 1000;
  return false;
}

size_t Server::Internal::closeIdle(size_t limit, const usk::Socket *spared) {
  struct Search {
    size_t limit;
    const usk::Socket *spared;
    size_t closed;
  } search{limit, spared, 0};
  group.forEach(
      [](usk::Socket &socket, void *user) {
        auto &found = *static_cast<Search *>(user);
        if (found.closed < found.limit && &socket != found.spared && !socket.isShutDown() &&
            HttpConnection::of(socket).isIdle()) {
          ++found.closed;
          socket.finish(false);
        }
      },
      &search);
  return search.closed;
}

void Server::Internal::exchangeEnded() {
  --pending;
  checkStopped();
}

char *Server::Internal::block() {
  if (block_ == nullptr) {
    block_.reset(new char[FileBody::kBlock]);
  }
  return block_.get();
}

void Server::Internal::connectionClosed() { checkStopped(); }

void Server::Internal::checkStopped() {
  if (!stopping || stopReported || checkQueued) {
    return;
  }
  checkQueued = true;
  loop.defer(
      [](void *user) {
        auto &self = *static_cast<Internal *>(user);
        self.checkQueued = false;
        if (!self.stopReported && self.group.size() == 0 && self.pending == 0 &&
            (self.sockets == nullptr || self.sockets->group.size() == 0)) {
          self.stopReported = true;
          self.handlers.onStopped(self.handlers.user);
        }
      },
      this);
}

Server::Server(usk::Loop &loop, const ServerOptions &options, const ServerHandlers &handlers)
    : internal_(std::make_unique<Internal>(*this, loop, options, handlers)) {}

Server::~Server() = default;

usk::Listener *Server::listen(const usk::ListenOptions &options, usk::SystemError &error) {
  usk::Listener *listener = internal_->group.listen(options, error);
  if (listener != nullptr) {
    if (internal_->tls != nullptr) {
      listener->setTls(internal_->tls);
    }
    internal_->listeners.push_back(listener);
  }
  return listener;
}

void Server::setTls(usk::TlsContext *context) {
  context->retain();
  if (internal_->tls != nullptr) {
    internal_->tls->release();
  }
  internal_->tls = context;
  for (usk::Listener *listener : internal_->listeners) {
    listener->setTls(context);
  }
}

void Server::setRoutes(std::unique_ptr<const RouteTable> routes, bool hasFallback) {
  // A match of the old table may be on the stack: it lives until the end of the turn.
  const RouteTable *old = internal_->routes.release();
  internal_->routes = std::move(routes);
  internal_->options.hasFallback = hasFallback;
  if (old != nullptr) {
    internal_->loop.defer([](void *user) { delete static_cast<const RouteTable *>(user); },
                          const_cast<RouteTable *>(old));
  }
}

void Server::stop(bool force) {
  internal_->stopping = true;
  for (usk::Listener *listener : internal_->listeners) {
    listener->close();
  }
  internal_->listeners.clear();
  if (force) {
    internal_->group.closeAll(usk::CloseReason::Local);
    if (internal_->sockets != nullptr) {
      internal_->sockets->closeAll();
    }
  } else {
    internal_->group.forEach(
        [](usk::Socket &socket, void *) { HttpConnection::of(socket).endIfDone(); }, nullptr);
  }
  internal_->checkStopped();
}

size_t Server::closeIdleConnections() { return internal_->closeIdle(SIZE_MAX, nullptr); }

size_t Server::pendingRequests() const { return internal_->pending; }

size_t Server::connections() const {
  return internal_->group.size() +
         (internal_->sockets == nullptr ? 0 : internal_->sockets->group.size());
}

usk::Loop &Server::loop() const { return internal_->loop; }

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Composition root of the C++ side: listeners, the HTTP group, route tables and the way to an end.
#include "ServerInternal.h"
#include "http/HttpConnection.h"

#include <usk/loop.h>

namespace uwk {

Server::Internal::Internal(Server &serverFacade, usk::Loop &serverLoop,
                           const ServerOptions &serverOptions, const ServerHandlers &given)
    : facade(serverFacade), loop(serverLoop), group(serverLoop, HttpConnection::events(), this),
      options(serverOptions), handlers(given) {}

bool Server::Internal::speaksHttp(const usk::SocketGroup &group) {
  return &group.events() == &HttpConnection::events();
}

void Server::Internal::exchangeEnded() {
  --pending;
  checkStopped();
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
        if (!self.stopReported && self.group.size() == 0 && self.pending == 0) {
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
    internal_->listeners.push_back(listener);
  }
  return listener;
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
  } else {
    internal_->group.forEach(
        [](usk::Socket &socket, void *) { HttpConnection::of(socket).endIfDone(); }, nullptr);
  }
  internal_->checkStopped();
}

size_t Server::closeIdleConnections() {
  size_t closed = 0;
  internal_->group.forEach(
      [](usk::Socket &socket, void *user) {
        if (!socket.isShutDown() && HttpConnection::of(socket).isIdle()) {
          ++*static_cast<size_t *>(user);
          socket.finish(false);
        }
      },
      &closed);
  return closed;
}

size_t Server::pendingRequests() const { return internal_->pending; }

size_t Server::connections() const { return internal_->group.size(); }

usk::Loop &Server::loop() const { return internal_->loop; }

} // namespace uwk

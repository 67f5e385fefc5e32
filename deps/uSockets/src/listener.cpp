// SPDX-License-Identifier: MIT
//
// Listening sockets: making them, accepting within a budget, surviving a full descriptor table, and
// the file of a unix socket.
#include "listener_internal.h"

#include "address.h"
#include "socket_core.h"

#include <usk/tls.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace usk {

Listener *Listener::Internal::create(SocketGroup &group, const ListenOptions &options,
                                     SystemError &error) {
  Loop::Internal &loop = group.loop().internal();
  error = {};
  auto *listener = loop.destroying ? nullptr : new (std::nothrow) Listener;
  if (listener == nullptr) {
    error = {loop.destroying ? ECANCELED : ENOMEM, "listen", false};
    return nullptr;
  }
  if (options.isUnix) {
    error = net::listenUnix(options.path, options.backlog, listener->fd_);
    if (error.ok() && options.path[0] != '\0') {
      std::string file = net::absolutePath(options.path);
      if (net::fileIdentity(file, listener->fileDevice_, listener->fileInode_)) {
        listener->file_ = std::move(file);
      }
    }
  } else {
    net::Bound bound;
    error = net::listenTcp(
        {options.host, options.port, options.reusePort, options.ipv6Only, options.backlog}, bound);
    const SocketAddress address = toAddress(bound.address);
    listener->fd_ = bound.fd;
    listener->port_ = address.port;
    listener->ipv6_ = address.length == 16;
    listener->host_ = toText(address);
  }
  listener->group_ = &group;
  listener->setTls(options.tls);
  listener->id_ = loop.nextListenerId++;
  listener->lastTurn_ = loop.turn - 1;
  if (error.ok()) {
    loop.listeners.push_back(listener);
    const int result = setPolling(*listener, true);
    if (result == 0) {
      return listener;
    }
    listener->close();
    error = {-result, "epoll_ctl", false};
    return nullptr;
  }
  listener->setTls(nullptr);
  delete listener;
  return nullptr;
}

int Listener::Internal::setPolling(Listener &listener, bool polling) {
  const unsigned interest = polling ? kWatch | kRead : 0;
  if (listener.interest_ == interest) {
    return 0;
  }
  const int result = listener.group_->loop().internal().poller->change(
      listener.fd_, pollKey(0, listener.id_), listener.interest_, interest);
  if (result == 0) {
    listener.interest_ = static_cast<uint8_t>(interest);
  }
  return result;
}

namespace {

// Errors of one connection that was over before it was accepted, or that accept(2) says to treat
// like it: the next one may be fine.
bool concernsOneConnection(int error) {
  switch (error) {
  case ECONNABORTED:
  case EPERM:
  case EPROTO:
  case ENETDOWN:
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
#ifdef ENONET
  case ENONET:
#endif
    return true;
  default:
    return false;
  }
}

} // namespace

void Listener::Internal::acceptReady(Listener &listener) {
  SocketGroup &group = *listener.group_;
  Loop::Internal &loop = group.loop().internal();
  const uint32_t id = listener.id_;
  // An accept() that finds nothing costs as much as one that succeeds (9 times a failed recv()
  // here, the kernel makes the new socket first), so there is none to hear EAGAIN. One connection
  // is known to wait; only a listener that is reported turn after turn is asked for more.
  int budget = 1;
  if (listener.lastTurn_ + 1 == loop.turn) {
    const int queued = loop.net->acceptQueue(listener.fd_);
    budget = queued < 0 ? kMaxAccepts : std::clamp(queued, 1, kMaxAccepts);
  }
  listener.lastTurn_ = loop.turn;
  // A callback may close the listener, which frees it, hence the look-up by id.
  for (int count = 0; count < budget && loop.listenerById(id) != nullptr; count++) {
    const int fd = loop.net->accept(listener.fd_);
    if (fd >= 0) {
      Socket::Internal::open(group, fd, listener.tls_);
    } else if (fd == -EAGAIN || fd == -EWOULDBLOCK) {
      return;
    } else if (!concernsOneConnection(-fd)) {
      // EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the queue and would be reported
      // in every turn. Resting a second costs nothing and lets it be served later.
      loop.pauseListeners();
      return;
    }
  }
}

void Listener::setTls(TlsContext *context) {
  if (context != nullptr) {
    context->retain();
  }
  if (tls_ != nullptr) {
    tls_->release();
  }
  tls_ = context;
}

void Listener::close() {
  Loop::Internal &loop = group_->loop().internal();
  if ((interest_ & kWatch) != 0) {
    loop.poller->forget(fd_);
  }
  // The file first: as soon as the descriptor is closed somebody else may listen there.
  uint64_t device = 0;
  uint64_t inode = 0;
  if (!file_.empty() && net::fileIdentity(file_, device, inode) && device == fileDevice_ &&
      inode == fileInode_) {
    net::removeFile(file_);
  }
  loop.net->close(fd_);
  std::erase(loop.listeners, this);
  setTls(nullptr);
  delete this;
}

uint16_t Listener::port() const { return port_; }
const std::string &Listener::host() const { return host_; }
bool Listener::isIpv6() const { return ipv6_; }
int Listener::fd() const { return fd_; }

} // namespace usk

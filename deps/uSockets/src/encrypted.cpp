// SPDX-License-Identifier: MIT
//
// What a socket does besides when it is encrypted: its session begins and ends with it, its
// handshake takes turns with others, its end is announced, and its files are read here.
#include "socket_core.h"
#include "tls/session.h"

#include <cerrno>
#include <new>

namespace usk {

bool Socket::Internal::startTls(Socket &socket, TlsContext &context) {
  Loop::Internal &loop = Internal::loop(socket);
  if (loop.tlsIo == nullptr) {
    loop.tlsIo = TlsIo::create();
  }
  if (loop.tlsIo != nullptr) {
    socket.core_.tls = new (std::nothrow) TlsSession(socket, context, *loop.tlsIo, *loop.net);
  }
  return socket.core_.tls != nullptr;
}

void Socket::Internal::endTls(Socket &socket, bool announce) {
  Core &core = socket.core_;
  if (announce) {
    (void)core.tls->closeNotify();
  }
  Internal::loop(socket).handshakes.remove(*core.tls);
  delete core.tls;
  core.tls = nullptr;
}

// Whether the handshake of this connection is put off. It is not polled meanwhile: level-triggered
// events of thousands of them would fill every turn.
bool Socket::Internal::waitsForTurn(Socket &socket) {
  TlsSession &tls = *socket.core_.tls;
  if (tls.isEstablished()) {
    return false;
  }
  Handshakes &handshakes = Internal::loop(socket).handshakes;
  if (handshakes.take()) {
    handshakes.remove(tls);
    return false;
  }
  handshakes.add(tls);
  unwatch(socket, kRead);
  return true;
}

void Socket::Internal::carryOn(Socket &socket) {
  const Core &core = socket.core_;
  if (wantsRead(core)) {
    read(socket, false);
  }
  if (wantsRead(core)) {
    watch(socket, kRead);
  }
}

// The end of a TLS stream, or its failure, arrived together with data before it: the kernel will
// not report it again.
bool Socket::Internal::hasMore(const Core &core) {
  return core.tls != nullptr && core.tls->hasMore() && core.finish == Finish::No;
}

// Ciphertext first. False when some of it is left, or the connection failed.
bool Socket::Internal::flushTls(Socket &socket) {
  Core &core = socket.core_;
  const size_t before = core.tls->pending();
  if (before == 0) {
    return true;
  }
  const int result = core.tls->flush();
  if (result == 0) {
    return true;
  }
  if (result != -EAGAIN && result != -EWOULDBLOCK) {
    fail(socket, -result);
  } else if (core.tls->pending() != before && core.timeoutSeconds != 0) {
    arm(socket, core.timeoutSeconds);
  }
  return false;
}

// Before FIN, an encrypted stream ends by itself. False when the kernel has no room for that:
// onWritable() comes back here.
bool Socket::Internal::announceEnd(Socket &socket) {
  Core &core = socket.core_;
  if (core.tls == nullptr) {
    return true;
  }
  const int result = core.tls->closeNotify();
  if (result == 0) {
    return true;
  }
  if (result == -EAGAIN || result == -EWOULDBLOCK) {
    watch(socket, kWrite);
  } else {
    fail(socket, -result);
  }
  return false;
}

bool tlsInfo(const Socket &socket, TlsInfo &info) {
  const TlsSession *session = Socket::Internal::core(socket).tls;
  return session != nullptr && session->describe(info);
}

bool isMisdirected(const Socket &socket, std::string_view host) {
  const TlsSession *session = Socket::Internal::core(socket).tls;
  return session != nullptr && session->isMisdirected(host);
}

} // namespace usk

// SPDX-License-Identifier: MIT
//
// Life and reading of a socket. Opened (read once, then polled) -> half-open after the peer's FIN
// or after shutdown() -> closed (fields valid until the end of the turn) -> released. Every
// callback may close or adopt the socket, so state is looked at again after each.
#include "address.h"
#include "back_buffer.h"
#include "group_internal.h"
#include "socket_core.h"
#include "transport.h"

#include <cerrno>
#include <new>
#include <utility>

namespace usk {
namespace {

// Reads of one socket in one event. Only a full buffer, or a hang-up with data before it, leads to
// a second one; the limit keeps one fast sender from starving the others.
constexpr int kMaxReads = 10;

const SocketEvents &eventsOf(Socket &socket) {
  return SocketGroup::Internal::events(socket.group());
}

} // namespace

static_assert(sizeof(Socket) - Socket::kExtBytes <= 128);

Socket *Socket::Internal::open(SocketGroup &group, int fd, TlsContext *tls) {
  Loop::Internal &loop = group.loop().internal();
  uint32_t index = 0;
  void *memory = loop.destroying ? nullptr : loop.slab.allocate(index);
  if (memory == nullptr) {
    loop.net->close(fd);
    return nullptr;
  }
  auto &socket = *new (memory) Socket;
  Core &core = socket.core_;
  // One counter for all slots: a slot whose block was given back and made anew never repeats one.
  if (++loop.lastGeneration == 0) {
    loop.lastGeneration = 1;
  }
  core.loop = &group.loop();
  core.index = index;
  core.generation = loop.lastGeneration;
  core.fd = fd;
  core.opening = true;
  if (tls != nullptr && !startTls(socket, *tls)) {
    loop.net->close(fd);
    release(socket);
    return nullptr;
  }
  SocketGroup::Internal::link(group, socket);

  const CallbackScope scope(loop);
  eventsOf(socket).onOpen(socket);
  // With TCP_DEFER_ACCEPT the request is here already. Reading before polling saves the wait for
  // it, and a connection of one request is never handed to the poller at all.
  if (!core.closed && wantsRead(core) && (core.tls == nullptr || loop.handshakes.take())) {
    read(socket, false);
  }
  if (!core.closed) {
    startPolling(socket);
  }
  return &socket;
}

void Socket::Internal::release(Socket &socket) {
  Loop::Internal &loop = Internal::loop(socket);
  const uint32_t index = socket.core_.index;
  socket.~Socket();
  loop.slab.release(index);
}

void Socket::Internal::close(Socket &socket, CloseReason reason, int error) {
  Core &core = socket.core_;
  if (core.closed) {
    return;
  }
  Loop::Internal &loop = Internal::loop(socket);
  if (loop.cork.ownedBy(socket)) {
    loop.cork.setOwner(nullptr);
    (void)loop.cork.take();
  }
  core.closed = true;
  if (core.tls != nullptr) {
    // A close_notify after half of what was written would make it look like all of it.
    const bool ours = reason == CloseReason::Local || reason == CloseReason::Teardown;
    endTls(socket, ours && core.failure == 0 && !blocked(core));
  }
  delete core.back;
  core.back = nullptr;
  loop.timeouts.remove(socket);
  if ((core.interest & kWatch) != 0) {
    loop.poller->forget(core.fd);
  }
  loop.net->close(core.fd);
  core.fd = -1;
  SocketGroup::Internal::unlink(socket);

  const CallbackScope scope(loop);
  loop.addClosed(socket);
  eventsOf(socket).onClose(socket, reason, error);
}

void Socket::Internal::closeFailed(Socket &socket) {
  Core &core = socket.core_;
  if (wantsRead(core)) {
    read(socket, true);
  }
  close(socket, CloseReason::Error, core.failure);
}

void Socket::Internal::onEvents(Socket &socket, unsigned events) {
  const Core &core = socket.core_;
  if ((events & (kHangup | kError)) != 0) {
    onHangup(socket, events);
    return;
  }
  if ((events & kWritable) != 0) {
    onWritable(socket);
  }
  if ((events & kReadable) != 0 && !core.closed) {
    if (core.tls != nullptr && waitsForTurn(socket)) {
      return;
    }
    if (wantsRead(core)) {
      read(socket, false);
    } else {
      // Pausing costs a system call only now that there is something not to read.
      unwatch(socket, kRead);
    }
  }
}

bool Socket::Internal::wantsRead(const Core &core) {
  return !core.closed && !core.ended &&
         (core.finish == Finish::No ? !core.paused : core.finish == Finish::Linger);
}

Socket::Internal::Read Socket::Internal::read(Socket &socket, bool untilEnd) {
  Core &core = socket.core_;
  Loop::Internal &loop = Internal::loop(socket);
  for (int round = 0; round < kMaxReads; round++) {
    const ssize_t result =
        transportRead(socket, loop.receiveBuffer(), Loop::Internal::kReceiveBytes);
    if (core.tls != nullptr && blocked(core)) {
      watch(socket, kWrite);
    }
    if (result == -EAGAIN || result == -EWOULDBLOCK) {
      return Read::WouldBlock;
    }
    if (result < 0) {
      close(socket, CloseReason::Error, static_cast<int>(-result));
      return Read::Stopped;
    }
    if (result == 0) {
      onFin(socket);
      return Read::Stopped;
    }
    const auto count = static_cast<size_t>(result);
    if (core.finish == Finish::No) {
      eventsOf(socket).onData(socket, loop.receiveBuffer(), count);
    } else {
      drop(socket, count);
    }
    if (!wantsRead(core)) {
      return Read::Stopped;
    }
    // A buffer that was not filled means the kernel has no more: no read just to hear EAGAIN.
    if (count < Loop::Internal::kReceiveBytes && !untilEnd && !hasMore(core)) {
      return Read::WouldBlock;
    }
  }
  return Read::More;
}

void Socket::Internal::drop(Socket &socket, size_t count) {
  Core &core = socket.core_;
  if (count > core.lingerLeft) {
    close(socket, CloseReason::Local, 0);
    return;
  }
  core.lingerLeft -= static_cast<uint32_t>(count);
}

void Socket::Internal::onFin(Socket &socket) {
  Core &core = socket.core_;
  core.ended = true;
  if (core.finish == Finish::No) {
    eventsOf(socket).onEnd(socket);
    if (core.closed) {
      return;
    }
  }
  if (core.finSent) {
    close(socket, core.finish == Finish::No ? CloseReason::Peer : CloseReason::Local, 0);
    return;
  }
  // The end of the stream stays readable for ever.
  unwatch(socket, kRead);
}

// EPOLLHUP and EPOLLERR come with and after data that was not read yet; they cannot be masked, so
// whatever does not end the socket here must leave the poller or be readable.
void Socket::Internal::onHangup(Socket &socket, unsigned events) {
  Core &core = socket.core_;
  if (core.tls != nullptr && !core.tls->isEstablished()) {
    // Nobody is left to finish the handshake with.
    const int error = Internal::loop(socket).net->pendingError(core.fd);
    close(socket, CloseReason::Error, error != 0 ? error : ECONNRESET);
    return;
  }
  if (wantsRead(core)) {
    const Read result = read(socket, true);
    // Also when the callback just paused: the next event comes through the lines below.
    if (core.closed || result == Read::More || (result == Read::Stopped && !core.ended)) {
      return;
    }
  }
  const int error = Internal::loop(socket).net->pendingError(core.fd);
  if (error != 0 || (events & kError) != 0) {
    close(socket, CloseReason::Error, error != 0 ? error : ECONNRESET);
  } else if (core.finish == Finish::No && core.paused && !core.ended) {
    setInterest(socket, 0);
  } else {
    close(socket, core.finish == Finish::No ? CloseReason::Peer : CloseReason::Local, 0);
  }
}

// The poller tells of a slow peer only when a third of the kernel's buffer is free, which may be
// more than it takes within the timeout: so the kernel is asked before somebody counts as silent.
unsigned Socket::Internal::graceOf(Socket &socket) {
  Core &core = socket.core_;
  const unsigned seconds = core.timeoutSeconds;
  if (core.finSent || seconds == 0) {
    return 0;
  }
  const net::Unsent unsent = Internal::loop(socket).net->unsent(core.fd);
  const uint32_t before = std::exchange(core.unsent, unsent.bytes);
  if (unsent.bytes == 0) {
    return 0;
  }
  if (unsent.stalledMs < 0) {
    return unsent.bytes != before ? seconds : 0;
  }
  const int64_t leftMs = int64_t{seconds} * 1000 - unsent.stalledMs;
  return leftMs <= 0 ? 0 : static_cast<unsigned>((leftMs + 999) / 1000);
}

void Socket::Internal::onDeadline(Socket &socket) {
  Core &core = socket.core_;
  if (const unsigned seconds = graceOf(socket); seconds != 0) {
    arm(socket, seconds);
    return;
  }
  if (core.finish == Finish::No) {
    eventsOf(socket).onTimeout(socket);
  } else if (core.finSent) {
    close(socket, CloseReason::Local, 0);
  } else {
    // The peer does not take its response: it shall not look complete, nor stay in the kernel.
    socket.reset();
  }
}

void Socket::Internal::startPolling(Socket &socket) {
  Core &core = socket.core_;
  core.opening = false;
  unsigned interest = kWatch;
  if (wantsRead(core)) {
    interest |= kRead;
  }
  if (blocked(core) || core.wantsDrain) {
    interest |= kWrite;
  }
  setInterest(socket, interest);
}

void Socket::Internal::watch(Socket &socket, unsigned interest) {
  const Core &core = socket.core_;
  if (!core.opening && !core.closed) {
    setInterest(socket, core.interest | interest | kWatch);
  }
}

void Socket::Internal::unwatch(Socket &socket, unsigned interest) {
  const Core &core = socket.core_;
  if (!core.opening && !core.closed) {
    setInterest(socket, core.interest & ~interest);
  }
}

void Socket::Internal::setInterest(Socket &socket, unsigned interest) {
  Core &core = socket.core_;
  if ((interest & kWrite) != 0 && core.tls != nullptr && core.tls->waitsForPeer()) {
    interest &= ~kWrite;
  }
  if (interest == core.interest) {
    return;
  }
  const int result = Internal::loop(socket).poller->change(
      core.fd, pollKey(core.generation, core.index), core.interest, interest);
  if (result < 0) {
    fail(socket, -result);
    return;
  }
  core.interest = static_cast<uint8_t>(interest);
}

void Socket::Internal::arm(Socket &socket, unsigned seconds) {
  Loop::Internal &loop = Internal::loop(socket);
  if (loop.timeouts.set(socket, seconds, loop.clock->latestMs())) {
    loop.updateTimer();
  }
}

void Socket::pause() { core_.paused = true; }

void Socket::resume() {
  if (!core_.paused) {
    return;
  }
  core_.paused = false;
  if (Internal::wantsRead(core_)) {
    Internal::watch(*this, kRead);
    if (Internal::hasMore(core_)) {
      Internal::loop(*this).handshakes.add(*core_.tls);
      Internal::loop(*this).updateTurnRequest();
    }
  }
}

void Socket::setTimeout(unsigned seconds) {
  // The lingering phase has its own, short limit.
  if (core_.closed || (core_.finish != Finish::No && core_.finSent)) {
    return;
  }
  seconds = seconds > Timeouts::kMaxSeconds ? Timeouts::kMaxSeconds : seconds;
  core_.timeoutSeconds = static_cast<uint16_t>(seconds);
  Internal::arm(*this, seconds);
}

void Socket::adopt(SocketGroup &group) {
  if (!core_.closed && core_.group != &group) {
    SocketGroup::Internal::unlink(*this);
    SocketGroup::Internal::link(group, *this);
  }
}

SocketAddress Socket::remoteAddress() const {
  sockaddr_storage storage{};
  return !core_.closed && net::peerAddress(core_.fd, storage) ? toAddress(storage)
                                                              : SocketAddress{};
}

} // namespace usk

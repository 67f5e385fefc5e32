// SPDX-License-Identifier: MIT
//
// Writing and ending. The order is: back buffer, cork, kernel. Invariants:
//   I1 bytes leave in the order they were given, across cork, kernel and back buffer;
//   I2 while the back buffer is not empty, the poller watches for writability;
//   I3 the cork belongs to nobody after close() and between turns;
//   I4 tryWrite() never makes the back buffer longer with the bytes it was given;
//   I5 a socket with a back buffer has nothing in the cork.
#include "back_buffer.h"
#include "group_internal.h"
#include "socket_core.h"
#include "transport.h"

#include <algorithm>
#include <cerrno>
#include <new>

namespace usk {
namespace {

iovec slice(std::string_view bytes) { return {const_cast<char *>(bytes.data()), bytes.size()}; }

} // namespace

bool Socket::Internal::blocked(const Core &core) {
  return core.back != nullptr || (core.tls != nullptr && core.tls->pending() != 0);
}

bool Socket::Internal::canWrite(const Core &core) {
  return !core.closed && !core.shutDown && core.failure == 0;
}

// A dead connection swallows what is written to it; onClose follows at the end of the turn and not
// from here, because callers of write() do not expect to be re-entered.
void Socket::Internal::fail(Socket &socket, int error) {
  Core &core = socket.core_;
  if (core.failure == 0) {
    core.failure = static_cast<int16_t>(error);
    delete core.back;
    core.back = nullptr;
    core.wantsDrain = false;
    Internal::loop(socket).addFailed(socket);
  }
}

bool Socket::Internal::keep(Socket &socket, std::string_view bytes) {
  Core &core = socket.core_;
  if (core.back == nullptr) {
    core.back = new (std::nothrow) BackBuffer;
  }
  if (core.back == nullptr || !core.back->append(bytes)) {
    fail(socket, ENOMEM);
    return false;
  }
  return true;
}

// Offers the parts to the kernel once; returns how many bytes are no longer the caller's.
size_t Socket::Internal::offer(Socket &socket, const iovec *parts, size_t count) {
  const ssize_t result = transportWrite(socket, parts, count);
  if (result >= 0) {
    return static_cast<size_t>(result);
  }
  if (result == -EAGAIN || result == -EWOULDBLOCK) {
    return 0;
  }
  fail(socket, static_cast<int>(-result));
  size_t total = 0;
  for (size_t index = 0; index < count; index++) {
    total += parts[index].iov_len;
  }
  return total;
}

// The parts, which follow what was written before, go to the kernel; the rest is kept. False when
// something had to be kept.
bool Socket::Internal::send(Socket &socket, iovec *parts, size_t count) {
  Core &core = socket.core_;
  size_t taken = offer(socket, parts, count);
  for (size_t index = 0; index < count; index++) {
    const size_t size = parts[index].iov_len;
    if (taken >= size) {
      taken -= size;
      continue;
    }
    const auto *bytes = static_cast<const char *>(parts[index].iov_base);
    if (!keep(socket, {bytes + taken, size - taken})) {
      return true;
    }
    taken = 0;
  }
  if (!blocked(core)) {
    return true;
  }
  core.wantsDrain = true;
  watch(socket, kWrite);
  return !blocked(core);
}

void Socket::Internal::flushCork(Socket &socket) {
  Cork &cork = Internal::loop(socket).cork;
  if (cork.ownedBy(socket) && cork.size() != 0) {
    iovec part = slice(cork.take());
    if (socket.core_.failure == 0) {
      send(socket, &part, 1);
    }
  }
}

// The cork's content, told to wait for what follows at once. False when some of it is left.
bool Socket::Internal::flushAhead(Socket &socket) {
  Core &core = socket.core_;
  Cork &cork = Internal::loop(socket).cork;
  if (!cork.ownedBy(socket) || cork.size() == 0) {
    return true;
  }
  const std::string_view bytes = cork.take();
  const ssize_t result = Internal::loop(socket).net->sendAhead(core.fd, bytes.data(), bytes.size());
  if (result < 0 && result != -EAGAIN) {
    fail(socket, static_cast<int>(-result));
    return false;
  }
  const size_t taken = result < 0 ? 0 : static_cast<size_t>(result);
  if (taken < bytes.size() && keep(socket, bytes.substr(taken))) {
    socket.awaitDrain();
  }
  return taken == bytes.size();
}

bool Socket::write(std::string_view bytes) { return write(bytes, {}); }

bool Socket::write(std::string_view head, std::string_view body, std::string_view tail) {
  if (!Internal::canWrite(core_)) {
    return true;
  }
  if (Internal::blocked(core_)) {
    return !(Internal::keep(*this, head) && Internal::keep(*this, body) &&
             Internal::keep(*this, tail));
  }
  const size_t size = head.size() + body.size() + tail.size();
  if (size == 0) {
    return true;
  }
  Cork &cork = Internal::loop(*this).cork;
  iovec parts[4];
  size_t count = 0;
  if (cork.ownedBy(*this)) {
    if (cork.fits(size)) {
      cork.append(head);
      cork.append(body);
      cork.append(tail);
      return true;
    }
    parts[count++] = slice(cork.take());
  }
  parts[count++] = slice(head);
  parts[count++] = slice(body);
  parts[count++] = slice(tail);
  // Empty parts would turn one send() into a sendmsg().
  size_t used = 0;
  for (size_t index = 0; index < count; index++) {
    if (parts[index].iov_len != 0) {
      parts[used++] = parts[index];
    }
  }
  return Internal::send(*this, parts, used);
}

size_t Socket::tryWrite(std::string_view bytes) {
  if (!Internal::canWrite(core_)) {
    return bytes.size();
  }
  if (Internal::blocked(core_)) {
    return 0;
  }
  Cork &cork = Internal::loop(*this).cork;
  iovec parts[2];
  size_t count = 0;
  size_t corked = 0;
  if (cork.ownedBy(*this) && cork.size() != 0) {
    corked = cork.size();
    parts[count++] = slice(cork.take());
  }
  if (!bytes.empty()) {
    parts[count++] = slice(bytes);
  }
  if (count == 0) {
    return 0;
  }
  const size_t taken = Internal::offer(*this, parts, count);
  Internal::countBulk(*this, taken);
  if (taken == corked + bytes.size()) {
    if (Internal::blocked(core_)) {
      awaitDrain();
    }
    return bytes.size();
  }
  if (taken < corked &&
      !Internal::keep(*this,
                      {static_cast<const char *>(parts[0].iov_base) + taken, corked - taken})) {
    return bytes.size();
  }
  core_.wantsDrain = true;
  Internal::watch(*this, kWrite);
  return taken > corked ? taken - corked : 0;
}

FileSend Socket::sendFile(int file, uint64_t offset, size_t size) {
  using Outcome = FileSend::Outcome;
  if (!transportSendsFiles(*this)) {
    return {Outcome::Unsupported};
  }
  if (!Internal::canWrite(core_) || Internal::blocked(core_) || !Internal::flushAhead(*this)) {
    return {};
  }
  const net::Calls &net = *Internal::loop(*this).net;
  ssize_t result = net.sendFile(core_.fd, file, offset, size);
  if (result > 0 && static_cast<size_t>(result) < size && !core_.widened) {
    core_.widened = true;
    if (net.widen(core_.fd)) {
      const auto taken = static_cast<size_t>(result);
      // An error is there to be found by the next call as well.
      result += std::max<ssize_t>(0, net.sendFile(core_.fd, file, offset + taken, size - taken));
    }
  }
  if (result > 0) {
    Internal::countBulk(*this, static_cast<size_t>(result));
  }
  if (result == 0) {
    return {Outcome::Ended};
  }
  if (result < 0 && result != -EAGAIN) {
    return Internal::sendFileFailed(*this, static_cast<int>(-result));
  }
  const size_t taken = result < 0 ? 0 : static_cast<size_t>(result);
  if (taken < size) {
    awaitDrain();
  }
  return {Outcome::Sent, taken};
}

// One call reads and writes; its errors tell which of the two failed.
FileSend Socket::Internal::sendFileFailed(Socket &socket, int error) {
  using Outcome = FileSend::Outcome;
  switch (error) {
  case EINVAL: // files that cannot be mapped, file systems that cannot splice
  case ENOSYS:
  case EOPNOTSUPP:
    return {Outcome::Unsupported};
  case EPIPE:
  case ECONNRESET:
  case ENOTCONN:
  case ETIMEDOUT:
  case EHOSTUNREACH:
  case ENETUNREACH:
    fail(socket, error);
    return {};
  default:
    return {Outcome::Failed, 0, error};
  }
}

void Socket::Internal::countBulk(Socket &socket, size_t taken) {
  Loop::Internal &loop = Internal::loop(socket);
  loop.bulkLeft -= std::min(loop.bulkLeft, taken);
  loop.bulkSentMs = loop.clock->monotonicMs();
}

size_t Socket::bulkShare() const {
  const Loop::Internal &loop = core_.loop->internal();
  return std::min(loop.bulkShare, loop.bulkLeft);
}

void Socket::awaitDrain() {
  if (Internal::canWrite(core_)) {
    core_.wantsDrain = true;
    Internal::watch(*this, kWrite);
  }
}

char *Socket::reserve(size_t size) {
  Cork &cork = Internal::loop(*this).cork;
  const bool usable = cork.ownedBy(*this) && !Internal::blocked(core_) && Internal::canWrite(core_);
  return usable && cork.fits(size) ? cork.end() : nullptr;
}

void Socket::commit(size_t size) { Internal::loop(*this).cork.grow(size); }

void Socket::cork() {
  Loop::Internal &loop = Internal::loop(*this);
  Socket *owner = loop.cork.owner();
  if (owner == this || core_.closed) {
    return;
  }
  if (owner != nullptr) {
    owner->uncork();
  }
  loop.cork.setOwner(this);
  loop.updateTurnRequest();
}

void Socket::uncork() {
  Loop::Internal &loop = Internal::loop(*this);
  if (loop.cork.ownedBy(*this)) {
    Internal::flushCork(*this);
    loop.cork.setOwner(nullptr);
    loop.updateTurnRequest();
  }
}

bool Socket::isCorked() const { return core_.loop->internal().cork.ownedBy(*this); }

size_t Socket::backlog() const {
  return (core_.back == nullptr ? 0 : core_.back->size()) +
         (core_.tls == nullptr ? 0 : core_.tls->pending());
}

size_t Socket::buffered() const {
  return backlog() + (isCorked() ? core_.loop->internal().cork.size() : 0);
}

void Socket::Internal::onWritable(Socket &socket) {
  Core &core = socket.core_;
  if (core.tls != nullptr && !flushTls(socket)) {
    return;
  }
  while (core.back != nullptr) {
    iovec parts[BackBuffer::kMaxSlices];
    const size_t count = core.back->front(parts);
    size_t offered = 0;
    for (size_t index = 0; index < count; index++) {
      offered += parts[index].iov_len;
    }
    const size_t taken = offer(socket, parts, count);
    if (core.failure != 0) {
      return;
    }
    core.back->consume(taken);
    if (core.back->empty()) {
      delete core.back;
      core.back = nullptr;
    }
    if (taken < offered || (core.tls != nullptr && core.tls->pending() != 0)) {
      // The protocol above hears only of an empty buffer, or of nothing any more after finish(): a
      // slow peer that takes bytes may go on.
      if (taken != 0 && core.timeoutSeconds != 0) {
        arm(socket, core.timeoutSeconds);
      }
      return;
    }
  }
  if (core.finish != Finish::No) {
    finishFlushed(socket);
    return;
  }
  if (core.shutDown && !core.finSent) {
    sendFin(socket);
    if (core.closed) {
      return;
    }
  }
  if (core.wantsDrain) {
    core.wantsDrain = false;
    SocketGroup::Internal::events(socket.group()).onDrain(socket);
  }
  if (!core.closed && !blocked(core) && !core.wantsDrain) {
    unwatch(socket, kWrite);
  }
}

// The stream is complete: FIN. With both directions ended the socket is of no further use.
void Socket::Internal::sendFin(Socket &socket) {
  Core &core = socket.core_;
  if (!announceEnd(socket)) {
    return;
  }
  core.finSent = true;
  Internal::loop(socket).net->shutdownWrite(core.fd);
  if (core.ended) {
    close(socket, CloseReason::Peer, 0);
  }
}

void Socket::shutdown() {
  if (core_.closed || core_.shutDown) {
    return;
  }
  Internal::flushCork(*this);
  core_.shutDown = true;
  if (!Internal::blocked(core_) && core_.failure == 0) {
    Internal::sendFin(*this);
  }
}

void Socket::finish(bool linger) {
  if (core_.closed || core_.finish != Finish::No) {
    return;
  }
  if (core_.tls != nullptr && !Internal::blocked(core_)) {
    core_.tls->endWithNextWrite();
  }
  Internal::flushCork(*this);
  core_.shutDown = true;
  core_.finish = linger ? Finish::Linger : Finish::Flush;
  core_.lingerLeft = kLingerBytes;
  if (!Internal::blocked(core_) && core_.failure == 0) {
    Internal::finishFlushed(*this);
  } else if (linger && !core_.ended) {
    Internal::watch(*this, kRead);
  }
}

void Socket::Internal::finishFlushed(Socket &socket) {
  Core &core = socket.core_;
  if (!core.finSent && !announceEnd(socket)) {
    return;
  }
  if (core.finish == Finish::Flush || core.ended) {
    close(socket, CloseReason::Local, 0);
    return;
  }
  core.wantsDrain = false;
  if (!core.finSent) {
    core.finSent = true;
    Internal::loop(socket).net->shutdownWrite(core.fd);
  }
  arm(socket, kLingerSeconds);
  watch(socket, kRead);
  unwatch(socket, kWrite);
}

void Socket::close() {
  Internal::flushCork(*this);
  Internal::close(*this, CloseReason::Local, 0);
}

void Socket::reset() {
  if (!core_.closed) {
    setResetOnClose(true);
    Internal::close(*this, CloseReason::Local, 0);
  }
}

void Socket::setResetOnClose(bool on) {
  if (!core_.closed) {
    Internal::loop(*this).net->resetOnClose(core_.fd, on);
    if (core_.tls != nullptr) {
      core_.tls->withholdCloseNotify(on);
    }
  }
}

} // namespace usk

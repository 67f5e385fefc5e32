// SPDX-License-Identifier: MIT
//
// A group: the sockets that share one set of event functions and one owner. A server has one group
// per protocol it speaks.
#pragma once

#include <usk/socket.h>

namespace usk {

class Listener;
struct ListenOptions;

// Plain functions, no allocation and no std::function on the event path. All are required.
// Any of them may close any socket, adopt sockets and write to any socket.
struct SocketEvents {
  void (*onOpen)(Socket &socket);
  // `data` may be modified in place. 32 writable bytes precede and 64 follow it. Everything is
  // considered consumed: what the protocol wants to keep it copies.
  void (*onData)(Socket &socket, char *data, size_t size);
  // The back buffer was not empty (or tryWrite came short) and is empty now.
  void (*onDrain)(Socket &socket);
  // The peer sent FIN. The socket stays open for writing until this side ends it.
  void (*onEnd)(Socket &socket);
  // The time set with setTimeout is over; the timeout is disarmed.
  void (*onTimeout)(Socket &socket);
  // Exactly once per opened socket. `error` is an errno value for CloseReason::Error, else 0.
  void (*onClose)(Socket &socket, CloseReason reason, int error);
};

class SocketGroup {
public:
  SocketGroup(Loop &loop, const SocketEvents &events, void *owner);
  // The group must be empty: closeAll() and Listener::close() first.
  ~SocketGroup();
  SocketGroup(const SocketGroup &) = delete;
  SocketGroup &operator=(const SocketGroup &) = delete;

  [[nodiscard]] Loop &loop() const { return loop_; }
  [[nodiscard]] void *owner() const { return owner_; }
  [[nodiscard]] const SocketEvents &events() const { return events_; }
  [[nodiscard]] size_t size() const { return size_; }

  // Null on failure; `error` says why.
  [[nodiscard]] Listener *listen(const ListenOptions &options, SystemError &error);

  // Visits every socket once; `visit` may close or adopt any socket of the group. Sockets that are
  // added meanwhile are not visited.
  void forEach(void (*visit)(Socket &socket, void *user), void *user);
  void closeAll(CloseReason reason);

  struct Internal;

private:
  friend struct Internal;
  // One running forEach(); they nest when a visitor starts another one.
  struct Iteration {
    Socket *next;
    Iteration *outer;
  };

  Loop &loop_;
  const SocketEvents &events_;
  void *owner_;
  size_t size_ = 0;
  Socket *head_ = nullptr;
  Iteration *iterations_ = nullptr;
};

} // namespace usk

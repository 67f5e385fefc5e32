// SPDX-License-Identifier: MIT
//
// Intrusive lists of sockets, and iteration that survives whatever the visitor does to the group.
#include "group_internal.h"
#include "listener_internal.h"
#include "socket_core.h"

namespace usk {

SocketGroup::SocketGroup(Loop &loop, const SocketEvents &events, void *owner)
    : loop_(loop), events_(events), owner_(owner) {}

SocketGroup::~SocketGroup() = default;

Listener *SocketGroup::listen(const ListenOptions &options, SystemError &error) {
  return Listener::Internal::create(*this, options, error);
}

void SocketGroup::forEach(void (*visit)(Socket &socket, void *user), void *user) {
  Iteration iteration{head_, iterations_};
  iterations_ = &iteration;
  while (iteration.next != nullptr) {
    Socket &socket = *iteration.next;
    iteration.next = coreOf(socket).next;
    visit(socket, user);
  }
  iterations_ = iteration.outer;
}

void SocketGroup::closeAll(CloseReason reason) {
  forEach([](Socket &socket,
             void *user) { Socket::Internal::close(socket, *static_cast<CloseReason *>(user), 0); },
          &reason);
}

void SocketGroup::Internal::link(SocketGroup &group, Socket &socket) {
  SocketCore &core = coreOf(socket);
  core.group = &group;
  core.previous = nullptr;
  core.next = group.head_;
  if (group.head_ != nullptr) {
    coreOf(*group.head_).previous = &socket;
  }
  group.head_ = &socket;
  group.size_++;
}

void SocketGroup::Internal::unlink(Socket &socket) {
  SocketCore &core = coreOf(socket);
  SocketGroup &group = *core.group;
  for (Iteration *iteration = group.iterations_; iteration != nullptr;
       iteration = iteration->outer) {
    if (iteration->next == &socket) {
      iteration->next = core.next;
    }
  }
  if (core.next != nullptr) {
    coreOf(*core.next).previous = core.previous;
  }
  if (core.previous != nullptr) {
    coreOf(*core.previous).next = core.next;
  } else {
    group.head_ = core.next;
  }
  core.previous = nullptr;
  core.next = nullptr;
  group.size_--;
}

} // namespace usk

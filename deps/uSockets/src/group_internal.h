// SPDX-License-Identifier: MIT
//
// The inside of SocketGroup: membership of sockets and the event functions.
#pragma once

#include <usk/group.h>

namespace usk {

struct SocketGroup::Internal {
  static const SocketEvents &events(const SocketGroup &group) { return group.events_; }
  // At the head, so that a running iteration never meets a socket added meanwhile.
  static void link(SocketGroup &group, Socket &socket);
  // Running iterations that were about to visit the socket go on with the one after it.
  static void unlink(Socket &socket);
};

} // namespace usk

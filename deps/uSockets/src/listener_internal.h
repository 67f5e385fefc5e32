// SPDX-License-Identifier: MIT
//
// The inside of Listener for the loop and the groups.
#pragma once

#include <usk/group.h>
#include <usk/listener.h>

namespace usk {

struct Listener::Internal {
  // Connections accepted in one turn; the rest is reported again.
  static constexpr int kMaxAccepts = 64;

  static Listener *create(SocketGroup &group, const ListenOptions &options, SystemError &error);
  static void acceptReady(Listener &listener);
  // 0 or a negative errno value.
  static int setPolling(Listener &listener, bool polling);
  static uint32_t id(const Listener &listener) { return listener.id_; }
};

} // namespace usk

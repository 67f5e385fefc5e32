// SPDX-License-Identifier: MIT
//
// A socket group that keeps what its sockets reported, with a hook per event for tests that act
// from inside a callback.
#pragma once

#include <usk/group.h>
#include <usk/loop.h>

#include <functional>
#include <string>
#include <string_view>

namespace usk::test {

struct Recorder {
  using Hook = std::function<void(Socket &)>;

  explicit Recorder(Loop &loop) : group(loop, events(), this) {}
  Recorder(const Recorder &) = delete;
  Recorder &operator=(const Recorder &) = delete;
  ~Recorder() {
    onClose = nullptr;
    group.closeAll(CloseReason::Teardown);
  }

  // Events in order, one letter each: o open, d data, w drain, e end, t timeout, c close.
  std::string log;
  std::string data;
  unsigned opened = 0;
  unsigned closed = 0;
  CloseReason reason = CloseReason::Local;
  int error = 0;

  Hook onOpen;
  std::function<void(Socket &, std::string_view)> onData;
  Hook onDrain;
  Hook onEnd;
  Hook onTimeout;
  Hook onClose;

  SocketGroup group;

private:
  static Recorder &of(Socket &socket) { return *static_cast<Recorder *>(socket.group().owner()); }
  static void call(const Hook &hook, Socket &socket) {
    if (hook) {
      hook(socket);
    }
  }

  static const SocketEvents &events() {
    static constexpr SocketEvents kEvents = {[](Socket &socket) {
                                               of(socket).log += 'o';
                                               of(socket).opened++;
                                               call(of(socket).onOpen, socket);
                                             },
                                             [](Socket &socket, char *data, size_t size) {
                                               of(socket).log += 'd';
                                               of(socket).data.append(data, size);
                                               if (of(socket).onData) {
                                                 of(socket).onData(socket, {data, size});
                                               }
                                             },
                                             [](Socket &socket) {
                                               of(socket).log += 'w';
                                               call(of(socket).onDrain, socket);
                                             },
                                             [](Socket &socket) {
                                               of(socket).log += 'e';
                                               call(of(socket).onEnd, socket);
                                             },
                                             [](Socket &socket) {
                                               of(socket).log += 't';
                                               call(of(socket).onTimeout, socket);
                                             },
                                             [](Socket &socket, CloseReason reason, int error) {
                                               of(socket).log += 'c';
                                               of(socket).closed++;
                                               of(socket).reason = reason;
                                               of(socket).error = error;
                                               call(of(socket).onClose, socket);
                                             }};
    return kEvents;
  }
};

} // namespace usk::test

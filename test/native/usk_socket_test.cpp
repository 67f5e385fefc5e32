// SPDX-License-Identifier: MIT
//
// Life and reading of sockets over the scripted kernel: how many system calls, which events, in
// which order, whatever the callbacks do.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <eventing/poller.h>
#include <loop_state.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <vector>

using usk::CloseReason;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::Recorder;

namespace {

bool watches(const FakeConnection &connection, unsigned what) {
  return (connection.interest & what) != 0;
}

} // namespace

TEST_CASE("a keep-alive request costs one receive, one send and no change of the poller") {
  FakeNet net;
  Recorder recorder(net.loop());
  recorder.onData = [](Socket &socket, std::string_view) {
    socket.cork();
    socket.write("head ");
    socket.write("body");
    socket.setTimeout(10);
    socket.uncork();
  };
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const unsigned receives = peer.receives;
  const unsigned changes = peer.changes;
  for (unsigned request = 1; request <= 100; request++) {
    net.feed(socket, "request");
    CHECK(net.turn() == 1);
    CHECK(peer.receives == receives + request);
    CHECK(peer.sendCalls == request);
  }
  CHECK(peer.changes == changes);
}

TEST_CASE("a connection with one request never enters the poller") {
  FakeNet net;
  Recorder recorder(net.loop());
  recorder.onData = [](Socket &socket, std::string_view) {
    socket.write("response");
    socket.finish(false);
  };
  const int fd =
      net.connect(recorder.group, [](FakeConnection &peer) { peer.input.emplace_back("request"); })
          ->fd();
  CHECK(fd == -1);
  const FakeConnection &peer = net.connection(FakeNet::kFirstFd);
  CHECK(peer.changes == 0);
  CHECK(peer.receives == 1);
  CHECK(peer.sendCalls == 1);
  CHECK(peer.closed);
  CHECK(recorder.log == "odc");
  CHECK(recorder.reason == CloseReason::Local);
}

TEST_CASE("data has writable space before and behind it") {
  FakeNet net;
  usk::SocketEvents events{};
  static std::string seen;
  events.onOpen = [](Socket &) {};
  events.onData = [](Socket &, char *data, size_t size) {
    seen.assign(data, size);
    std::memset(data - 32, 'f', 32);
    std::memset(data + size, 'b', 64);
    std::memset(data, 'x', size);
  };
  events.onClose = [](Socket &, CloseReason, int) {};
  usk::SocketGroup group(net.loop(), events, nullptr);
  Socket *socket = net.connect(group);
  const std::string full(usk::Loop::Internal::kReceiveBytes, 'd');
  net.feed(*socket, full);
  net.turn();
  CHECK(seen == full);
  group.closeAll(CloseReason::Local);
}

TEST_CASE("only a filled buffer leads to another read, and not for ever") {
  constexpr size_t kBuffer = usk::Loop::Internal::kReceiveBytes;
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  unsigned receives = peer.receives;
  net.feed(socket, std::string(kBuffer, 'a'));
  net.feed(socket, "rest");
  net.turn();
  CHECK(recorder.data.size() == kBuffer + 4);
  CHECK(peer.receives == receives + 2);

  receives = peer.receives;
  for (int count = 0; count < 15; count++) {
    net.feed(socket, std::string(kBuffer, 'a'));
  }
  net.turn();
  CHECK(peer.receives == receives + 10);
  net.turn();
  CHECK(recorder.data.size() == 16 * kBuffer + 4);
}

TEST_CASE("the peer's FIN is reported once and writing goes on until this side ends") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  net.feed(socket, "last");
  peer.inputEnds = true;
  net.turn();
  net.turn();
  CHECK(recorder.log == "ode");
  CHECK_FALSE(watches(peer, usk::kRead));
  CHECK(watches(peer, usk::kWatch));
  CHECK(net.turn() == 0);
  CHECK(socket.write("late answer"));
  CHECK(peer.output == "late answer");
  socket.shutdown();
  CHECK(peer.finSent);
  CHECK(recorder.log == "odec");
  CHECK(recorder.reason == CloseReason::Peer);
}

TEST_CASE("after shutdown the peer's FIN closes the socket") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 0;
  socket.write("response");
  socket.shutdown();
  CHECK_FALSE(peer.finSent);
  net.feed(socket, "more");
  peer.room = SIZE_MAX;
  net.turn();
  CHECK(peer.output == "response");
  CHECK(peer.finSent);
  CHECK(recorder.data == "more");
  peer.inputEnds = true;
  net.turn();
  CHECK(recorder.log == "owdec");
  CHECK(recorder.reason == CloseReason::Peer);
}

TEST_CASE("a read error closes with its errno") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  net.feed(socket, "before");
  net.connection(socket).inputError = ECONNRESET;
  net.turn();
  net.turn();
  CHECK(recorder.log == "odc");
  CHECK(recorder.reason == CloseReason::Error);
  CHECK(recorder.error == ECONNRESET);
}

TEST_CASE("a hang-up does not destroy unread data") {
  SUBCASE("with an error") {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    net.feed(socket, "first");
    net.feed(socket, "second");
    FakeConnection &peer = net.connection(socket);
    peer.hangup = true;
    peer.error = ECONNRESET;
    net.turn();
    CHECK(recorder.data == "firstsecond");
    CHECK(recorder.log == "oddc");
    CHECK(recorder.error == ECONNRESET);
  }
  SUBCASE("after an orderly end") {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    net.feed(socket, "first");
    FakeConnection &peer = net.connection(socket);
    peer.hangup = true;
    peer.inputEnds = true;
    net.turn();
    CHECK(recorder.log == "odec");
    CHECK(recorder.reason == CloseReason::Peer);
  }
  SUBCASE("more than one turn may read") {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    for (int count = 0; count < 25; count++) {
      net.feed(socket, "x");
    }
    peer.hangup = true;
    peer.error = EPIPE;
    net.turn();
    CHECK(recorder.data.size() == 10);
    CHECK_FALSE(socket.isClosed());
    net.settle();
    CHECK(recorder.data.size() == 25);
    CHECK(recorder.closed == 1);
  }
}

TEST_CASE("pausing costs a change only when data comes, resuming only after that") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const unsigned changes = peer.changes;
  socket.pause();
  CHECK(socket.isPaused());
  socket.resume();
  CHECK(peer.changes == changes);

  socket.pause();
  net.feed(socket, "kept in the kernel");
  net.turn();
  CHECK(recorder.log == "o");
  CHECK(peer.changes == changes + 1);
  CHECK(net.turn() == 0);
  socket.resume();
  CHECK(peer.changes == changes + 2);
  net.turn();
  CHECK(recorder.data == "kept in the kernel");
}

TEST_CASE("a pause inside onData stops further reads of the same event") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  net.feed(socket, std::string(usk::Loop::Internal::kReceiveBytes, 'a'));
  net.feed(socket, "second");
  recorder.onData = [](Socket &self, std::string_view) { self.pause(); };
  net.settle();
  CHECK(recorder.log == "od");
  socket.resume();
  net.settle();
  CHECK(recorder.log == "odd");
}

TEST_CASE("a paused socket notices a reset, and waits with an orderly hang-up") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &reset = *net.connect(recorder.group);
  reset.pause();
  net.connection(reset).error = ECONNRESET;
  net.connection(reset).hangup = true;
  net.turn();
  CHECK(recorder.log == "oc");
  CHECK(recorder.error == ECONNRESET);

  recorder.log.clear();
  Socket &ended = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(ended);
  ended.pause();
  net.feed(ended, "unread");
  peer.inputEnds = true;
  peer.hangup = true;
  net.turn();
  // No busy loop: the hang-up cannot be masked, so the poller must forget the socket.
  CHECK(net.turn() == 0);
  CHECK(recorder.log == "o");
  ended.resume();
  net.settle();
  CHECK(recorder.log == "odec");
  CHECK(recorder.data == "unread");
}

TEST_CASE("onOpen may close, pause, write, finish and adopt") {
  FakeNet net;
  const auto withRequest = [](FakeConnection &peer) { peer.input.emplace_back("request"); };
  Recorder recorder(net.loop());
  recorder.onOpen = [](Socket &socket) { socket.close(); };
  net.connect(recorder.group, withRequest);
  CHECK(recorder.log == "oc");

  recorder.log.clear();
  recorder.onOpen = [](Socket &socket) { socket.pause(); };
  Socket &paused = *net.connect(recorder.group, withRequest);
  CHECK(recorder.log == "o");
  CHECK_FALSE(watches(net.connection(paused), usk::kRead));
  paused.resume();
  net.turn();
  CHECK(recorder.log == "od");

  recorder.log.clear();
  recorder.onOpen = [&](Socket &socket) {
    net.connection(socket).room = 0;
    socket.write("greeting");
  };
  Socket &slow = *net.connect(recorder.group);
  // One registration for reading and writing.
  CHECK(net.connection(slow).changes == 1);
  net.connection(slow).room = SIZE_MAX;
  net.turn();
  CHECK(net.connection(slow).output == "greeting");

  Recorder other(net.loop());
  recorder.onOpen = [&](Socket &socket) { socket.adopt(other.group); };
  net.connect(recorder.group, withRequest);
  CHECK(other.log == "d");
  CHECK(other.group.size() == 1);
}

TEST_CASE("a socket closed inside any of its callbacks is reported once and not used again") {
  for (const char event : std::string("dwetc")) {
    FakeNet net;
    Recorder recorder(net.loop());
    const auto close = [](Socket &socket) { socket.close(); };
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    switch (event) {
    case 'd':
      recorder.onData = [&](Socket &self, std::string_view) { self.close(); };
      net.feed(socket, "a");
      net.feed(socket, "b");
      peer.hangup = true;
      break;
    case 'w':
      recorder.onDrain = close;
      peer.sends = {0};
      socket.write("x");
      net.feed(socket, "not read any more");
      break;
    case 'e':
      recorder.onEnd = close;
      peer.inputEnds = true;
      break;
    case 't':
      recorder.onTimeout = close;
      socket.setTimeout(1);
      net.pass(2);
      break;
    default:
      recorder.onClose = [](Socket &self) {
        self.close();
        self.reset();
        self.finish(true);
        self.write("x");
      };
      socket.close();
      break;
    }
    net.settle();
    CHECK(recorder.log == (event == 'c' ? std::string("oc") : std::string{'o', event, 'c'}));
    CHECK(recorder.reason == CloseReason::Local);
    CHECK(net.loop().socketCount() == 0);
  }
}

TEST_CASE("a callback may close sockets that are still to be reported in the same turn") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::vector<Socket *> sockets;
  for (int count = 0; count < 10; count++) {
    sockets.push_back(net.connect(recorder.group));
    net.feed(*sockets.back(), "x");
  }
  recorder.onData = [&](Socket &self, std::string_view) {
    for (Socket *socket : sockets) {
      if (socket != &self) {
        socket->close();
        // Pointers stay valid until the end of the turn.
        CHECK(socket->isClosed());
        CHECK(&socket->group() == &recorder.group);
      }
    }
  };
  net.turn();
  CHECK(recorder.log == "oooooooooodccccccccc");
  CHECK(net.loop().socketCount() == 1);
}

TEST_CASE("memory of a socket closed outside a turn lives until the end of the next one") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket *socket = net.connect(recorder.group);
  const uint32_t index = socket->index();
  net.turn();
  CHECK_FALSE(net.turnRequested());
  socket->close();
  CHECK(net.turnRequested());
  CHECK(net.loop().socketAt(index) == socket);
  CHECK(socket->isClosed());
  CHECK(net.loop().socketCount() == 0);
  net.turn();
  CHECK(net.loop().socketAt(index) == nullptr);
  CHECK_FALSE(net.turnRequested());
}

TEST_CASE("a reused slot has another generation") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::set<uint32_t> generations;
  uint32_t index = 0;
  for (int count = 0; count < 100; count++) {
    Socket *socket = net.connect(recorder.group);
    if (count == 0) {
      index = socket->index();
    }
    CHECK(socket->index() == index);
    CHECK(generations.insert(socket->generation()).second);
    socket->close();
    net.turn();
  }
}

TEST_CASE("adopt sends the next events to the other group") {
  FakeNet net;
  Recorder first(net.loop());
  Recorder second(net.loop());
  Socket &socket = *net.connect(first.group);
  first.onData = [&](Socket &self, std::string_view) {
    self.adopt(second.group);
    CHECK(&self.group() == &second.group);
  };
  net.feed(socket, std::string(usk::Loop::Internal::kReceiveBytes, 'h'));
  net.feed(socket, "upgraded");
  const uint32_t generation = socket.generation();
  net.turn();
  CHECK(first.log == "od");
  CHECK(second.log == "d");
  CHECK(second.data == "upgraded");
  CHECK(first.group.size() == 0);
  CHECK(second.group.size() == 1);
  CHECK(socket.generation() == generation);
  socket.close();
  CHECK(second.log == "dc");
}

TEST_CASE("the ext memory is aligned, large enough and its own") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &first = *net.connect(recorder.group);
  Socket &second = *net.connect(recorder.group);
  CHECK(reinterpret_cast<uintptr_t>(first.ext()) % 16 == 0);
  std::memset(first.ext(), 1, Socket::kExtBytes);
  std::memset(second.ext(), 2, Socket::kExtBytes);
  CHECK(first.index() == 0);
  CHECK(second.index() == 1);
  CHECK(static_cast<char *>(first.ext())[Socket::kExtBytes - 1] == 1);
}

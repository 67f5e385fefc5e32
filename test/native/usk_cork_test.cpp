// SPDX-License-Identifier: MIT
//
// The cork: one owner, one system call, nothing left behind at the end of a turn.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <cork.h>

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using usk::Cork;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::Recorder;

TEST_CASE("corked writes leave in one call at uncork") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.cork();
  CHECK(socket.isCorked());
  CHECK(socket.write("HTTP/1.1 200 OK\r\n"));
  CHECK(socket.write("Content-Length: 2\r\n\r\n", "hi"));
  CHECK(peer.sendCalls == 0);
  CHECK(socket.buffered() == 40);
  CHECK(socket.backlog() == 0);
  socket.uncork();
  CHECK_FALSE(socket.isCorked());
  CHECK(peer.sendCalls == 1);
  CHECK(peer.output == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(socket.buffered() == 0);
}

TEST_CASE("uncork without content makes no system call, and is harmless for others") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &owner = *net.connect(recorder.group);
  Socket &other = *net.connect(recorder.group);
  owner.cork();
  owner.write("a");
  other.uncork();
  CHECK(owner.isCorked());
  CHECK(net.connection(owner).sendCalls == 0);
  owner.uncork();
  owner.cork();
  owner.uncork();
  CHECK(net.connection(owner).sendCalls == 1);
}

TEST_CASE("what does not fit leaves in one call together with the cork") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const std::string fits(Cork::kCapacity - 10, 'a');
  socket.cork();
  CHECK(socket.write(fits));
  CHECK(socket.write("0123456789"));
  CHECK(peer.sendCalls == 0);
  CHECK(socket.write("x"));
  CHECK(peer.sendCalls == 1);
  CHECK(peer.output == fits + "0123456789x");
  CHECK(socket.isCorked());
  CHECK(socket.write("after"));
  CHECK(peer.sendCalls == 1);
  socket.uncork();
  CHECK(peer.output == fits + "0123456789xafter");
}

TEST_CASE("corking another socket flushes the first owner") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &first = *net.connect(recorder.group);
  Socket &second = *net.connect(recorder.group);
  first.cork();
  first.write("first");
  second.cork();
  CHECK(net.connection(first).output == "first");
  CHECK_FALSE(first.isCorked());
  CHECK(second.isCorked());
  first.write("direct");
  CHECK(net.connection(first).output == "firstdirect");
  second.write("second");
  second.uncork();
  CHECK(net.connection(second).output == "second");
}

TEST_CASE("I3: the cork has no owner after a turn") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  recorder.onData = [](Socket &self, std::string_view) {
    self.cork();
    self.write("left corked");
  };
  net.feed(socket, "x");
  net.turn();
  CHECK_FALSE(socket.isCorked());
  CHECK(net.connection(socket).output == "left corked");
}

TEST_CASE("I3: a cork forgotten outside a turn asks for one") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  net.turn();
  CHECK_FALSE(net.turnRequested());
  socket.cork();
  socket.write("late");
  CHECK(net.turnRequested());
  net.turn();
  CHECK(net.connection(socket).output == "late");
  CHECK_FALSE(net.turnRequested());

  socket.cork();
  socket.uncork();
  CHECK_FALSE(net.turnRequested());
}

TEST_CASE("close flushes the cork and gives it up; reset drops it") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &polite = *net.connect(recorder.group);
  FakeConnection &politePeer = net.connection(polite);
  polite.cork();
  polite.write("bye");
  polite.close();
  CHECK(politePeer.output == "bye");
  CHECK(politePeer.closed);
  CHECK_FALSE(polite.isCorked());
  CHECK(polite.buffered() == 0);

  Socket &rude = *net.connect(recorder.group);
  FakeConnection &rudePeer = net.connection(rude);
  rude.cork();
  rude.write("bye");
  rude.reset();
  CHECK(rudePeer.output.empty());
  CHECK(rudePeer.reset);
  CHECK_FALSE(rude.isCorked());

  polite.cork();
  CHECK_FALSE(polite.isCorked());
}

TEST_CASE("reserve gives room at the end of the cork and commit makes it count") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  CHECK(socket.reserve(10) == nullptr);
  socket.cork();
  socket.write("ab");
  char *room = socket.reserve(100);
  REQUIRE(room != nullptr);
  std::memcpy(room, "dropped", 7);
  room = socket.reserve(100);
  REQUIRE(room != nullptr);
  std::memcpy(room, "cd", 2);
  socket.commit(2);
  socket.write("ef");
  CHECK(socket.reserve(Cork::kCapacity - 6) != nullptr);
  CHECK(socket.reserve(Cork::kCapacity - 5) == nullptr);
  socket.uncork();
  CHECK(net.connection(socket).output == "abcdef");
}

TEST_CASE("reserve is refused behind a back buffer, after shutdown and after close") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group, [](FakeConnection &peer) { peer.room = 0; });
  socket.write("kept");
  socket.cork();
  CHECK(socket.reserve(1) == nullptr);
  net.connection(socket).room = SIZE_MAX;
  net.turn();
  socket.cork();
  CHECK(socket.reserve(1) != nullptr);
  socket.shutdown();
  CHECK(socket.reserve(1) == nullptr);
  socket.close();
  CHECK(socket.reserve(1) == nullptr);
}

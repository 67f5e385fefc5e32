// SPDX-License-Identifier: MIT
//
// The ways to end a connection: finish with and without linger, reset, and what stops them from
// waiting for ever.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <eventing/poller.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using usk::CloseReason;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::Recorder;

TEST_CASE("finish without linger closes as soon as everything has left") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.cork();
  socket.write("response");
  socket.finish(false);
  CHECK(peer.output == "response");
  CHECK(peer.closed);
  CHECK_FALSE(peer.reset);
  CHECK(recorder.log == "oc");
  CHECK(recorder.reason == CloseReason::Local);
}

TEST_CASE("finish without linger waits for the back buffer and delivers nothing but onClose") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 3;
  socket.write("response");
  socket.finish(false);
  CHECK(socket.isShutDown());
  CHECK_FALSE(peer.closed);
  net.feed(socket, "ignored");
  peer.inputEnds = true;
  net.turn();
  CHECK(net.turn() == 0);
  peer.room = 2;
  net.turn();
  CHECK(peer.output == "respo");
  peer.room = SIZE_MAX;
  net.turn();
  CHECK(peer.output == "response");
  CHECK(peer.closed);
  CHECK(recorder.log == "oc");
}

TEST_CASE("finish with linger sends FIN, drops what comes and closes with the peer's FIN") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.write("413");
  socket.finish(true);
  CHECK(peer.finSent);
  CHECK_FALSE(peer.closed);
  for (int count = 0; count < 10; count++) {
    net.feed(socket, std::string(1000, 'x'));
    net.turn();
  }
  CHECK_FALSE(peer.closed);
  peer.inputEnds = true;
  net.turn();
  CHECK(peer.closed);
  CHECK_FALSE(peer.reset);
  CHECK(recorder.log == "oc");
  CHECK(recorder.reason == CloseReason::Local);
}

TEST_CASE("linger is limited in bytes") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.finish(true);
  net.feed(socket, std::string(Socket::kLingerBytes, 'x'));
  net.turn();
  CHECK_FALSE(peer.closed);
  net.feed(socket, "y");
  net.turn();
  CHECK(peer.closed);
  CHECK(recorder.log == "oc");
}

TEST_CASE("linger is limited in time, whatever timeouts are set") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.setTimeout(100);
  socket.finish(true);
  socket.setTimeout(200);
  net.pass(Socket::kLingerSeconds - 1);
  CHECK_FALSE(peer.closed);
  net.pass(2);
  CHECK(peer.closed);
  CHECK(recorder.log == "oc");
}

TEST_CASE("linger reads a paused socket, and not one whose peer has ended") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &paused = *net.connect(recorder.group);
  FakeConnection &pausedPeer = net.connection(paused);
  paused.pause();
  net.feed(paused, "body that nobody wanted");
  net.turn();
  paused.finish(true);
  net.turn();
  CHECK(pausedPeer.input.empty());
  pausedPeer.inputEnds = true;
  net.turn();
  CHECK(pausedPeer.closed);

  Socket &ended = *net.connect(recorder.group);
  FakeConnection &endedPeer = net.connection(ended);
  endedPeer.inputEnds = true;
  net.turn();
  CHECK(recorder.log == "ocoe");
  ended.finish(true);
  CHECK(endedPeer.closed);
}

TEST_CASE("linger reads while the response still drains, so that both sides cannot wait") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 0;
  socket.write("response");
  socket.finish(true);
  net.feed(socket, "upload");
  net.turn();
  CHECK(peer.input.empty());
  CHECK_FALSE(peer.finSent);
  peer.inputEnds = true;
  net.turn();
  CHECK_FALSE(peer.closed);
  peer.room = SIZE_MAX;
  net.turn();
  CHECK(peer.output == "response");
  CHECK(peer.closed);
  CHECK(recorder.log == "oc");
}

TEST_CASE("a peer that takes nothing is reset when the timeout is over") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.setTimeout(10);
  peer.room = 0;
  socket.write("response");
  socket.finish(false);
  net.pass(9);
  CHECK_FALSE(peer.closed);
  // Progress starts the time again.
  peer.room = 1;
  net.pass(9);
  CHECK_FALSE(peer.closed);
  net.pass(3);
  CHECK(peer.closed);
  CHECK(peer.reset);
  CHECK(recorder.log == "oc");
}

TEST_CASE("a peer that takes what waits in the kernel is not reset") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.setTimeout(10);
  peer.room = 0;
  socket.write("response");
  socket.finish(false);
  peer.unsent = 5000;
  peer.stalledMs = 4000;
  net.pass(16);
  CHECK_FALSE(peer.closed);
  peer.stalledMs = 10'000;
  net.pass(2);
  CHECK(peer.closed);
  CHECK(peer.reset);
}

TEST_CASE("a reset by the peer ends a finish with an error") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 0;
  socket.write("response");
  socket.finish(false);
  peer.hangup = true;
  peer.error = ECONNRESET;
  net.turn();
  CHECK(recorder.log == "oc");
  CHECK(recorder.reason == CloseReason::Error);
  CHECK(recorder.error == ECONNRESET);
}

TEST_CASE("finish inside onData of a connection that was just opened") {
  FakeNet net;
  Recorder recorder(net.loop());
  recorder.onData = [](Socket &socket, std::string_view) {
    socket.write("413");
    socket.finish(true);
  };
  Socket &socket =
      *net.connect(recorder.group, [](FakeConnection &peer) { peer.input.emplace_back("POST"); });
  FakeConnection &peer = net.connection(socket);
  CHECK(peer.finSent);
  CHECK(peer.changes == 1);
  CHECK((peer.interest & usk::kRead) != 0);
  net.feed(socket, "body");
  net.turn();
  CHECK(recorder.log == "od");
  peer.inputEnds = true;
  net.turn();
  CHECK(recorder.log == "odc");
}

TEST_CASE("close drops the back buffer, reset says so to the peer") {
  FakeNet net;
  Recorder recorder(net.loop());
  for (const bool reset : {false, true}) {
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    peer.room = 2;
    socket.write("response");
    reset ? socket.reset() : socket.close();
    CHECK(peer.output == "re");
    CHECK(peer.closed);
    CHECK(peer.reset == reset);
    CHECK(socket.backlog() == 0);
  }
  CHECK(recorder.log == "ococ");
}

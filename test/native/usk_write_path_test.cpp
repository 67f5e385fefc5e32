// SPDX-License-Identifier: MIT
//
// The write policy under short writes, EAGAIN and errors: invariants I1, I2 and I4.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <eventing/poller.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <random>
#include <string>
#include <vector>

using usk::CloseReason;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::Recorder;

namespace {

bool watchesWrite(const FakeConnection &connection) {
  return (connection.interest & usk::kWrite) != 0;
}

} // namespace

TEST_CASE("an uncorked write goes straight to the kernel") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const unsigned changes = peer.changes;
  CHECK(socket.write("hello"));
  CHECK(socket.write("head", "body"));
  CHECK(peer.sendCalls == 2);
  CHECK(peer.output == "helloheadbody");
  CHECK(peer.changes == changes);
  CHECK(socket.write(""));
  CHECK(socket.write("", ""));
  CHECK(peer.sendCalls == 2);
  CHECK(socket.write("", "only body"));
  CHECK(peer.sendCalls == 3);
}

TEST_CASE("the rest of a short write is kept, sent when possible and then reported") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 5;
  CHECK_FALSE(socket.write("hello world"));
  CHECK(peer.output == "hello");
  CHECK(socket.backlog() == 6);
  CHECK(watchesWrite(peer));
  // Appended without asking the kernel again.
  const unsigned calls = peer.sendCalls;
  CHECK_FALSE(socket.write("!", "!"));
  CHECK(peer.sendCalls == calls);
  CHECK(socket.buffered() == 8);
  net.turn();
  CHECK(recorder.log == "o");

  peer.room = SIZE_MAX;
  net.turn();
  CHECK(peer.output == "hello world!!");
  CHECK(recorder.log == "ow");
  CHECK(socket.backlog() == 0);
  CHECK_FALSE(watchesWrite(peer));
  net.turn();
  CHECK(recorder.log == "ow");
}

TEST_CASE("a short write splits head and body anywhere") {
  const std::string head = "0123456789";
  const std::string body = "abcdefghij";
  for (size_t room = 0; room <= 20; room++) {
    for (const bool corked : {false, true}) {
      FakeNet net;
      Recorder recorder(net.loop());
      Socket &socket = *net.connect(recorder.group);
      FakeConnection &peer = net.connection(socket);
      peer.room = room;
      if (corked) {
        socket.cork();
        CHECK(socket.write("cork:"));
      }
      const bool whole = socket.write(head, body);
      CHECK(whole == (corked || room == 20));
      socket.uncork();
      peer.room = SIZE_MAX;
      net.turn();
      CHECK(peer.output == (corked ? "cork:" + head + body : head + body));
    }
  }
}

TEST_CASE("onDrain may write again") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  int rounds = 0;
  recorder.onDrain = [&](Socket &self) {
    if (++rounds < 4) {
      net.connection(self).sends = {3, 0};
      CHECK_FALSE(self.write("abcdef"));
    }
  };
  peer.room = 0;
  CHECK_FALSE(socket.write("start"));
  const unsigned changes = peer.changes;
  peer.room = SIZE_MAX;
  for (int turn = 0; turn < 10; turn++) {
    net.turn();
  }
  CHECK(rounds == 4);
  CHECK(peer.output == "startabcdefabcdefabcdef");
  // Writability stays armed while writes keep coming short: the one change is the last.
  CHECK(peer.changes == changes + 1);
}

TEST_CASE("tryWrite takes what the kernel takes and never buffers") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 4;
  CHECK(socket.tryWrite("abcdef") == 4);
  CHECK(socket.backlog() == 0);
  CHECK(watchesWrite(peer));
  CHECK(socket.tryWrite("ef") == 0);
  peer.room = SIZE_MAX;
  net.turn();
  CHECK(recorder.log == "ow");
  CHECK_FALSE(watchesWrite(peer));
  CHECK(socket.tryWrite("ef") == 2);
  CHECK(socket.tryWrite("") == 0);
  CHECK(peer.output == "abcdef");
  net.turn();
  CHECK(recorder.log == "ow");
}

TEST_CASE("tryWrite sends the cork first, in the same call, and keeps only the cork's rest") {
  for (size_t room = 0; room <= 10; room++) {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    peer.room = room;
    socket.cork();
    socket.write("12345");
    const size_t taken = socket.tryWrite("abcde");
    CHECK(peer.sendCalls == 1);
    CHECK(taken == (room > 5 ? room - 5 : 0));
    CHECK(socket.backlog() == (room < 5 ? 5 - room : 0));
    // I4: behind a back buffer nothing is taken at all.
    if (room < 5) {
      CHECK(socket.tryWrite("abcde") == 0);
      CHECK(peer.sendCalls == 1);
    }
    peer.room = SIZE_MAX;
    net.turn();
    CHECK(recorder.log == (room < 10 ? "ow" : "o"));
    const std::string rest = std::string("abcde").substr(taken);
    CHECK(socket.tryWrite(rest) == rest.size());
    CHECK(peer.output == "12345abcde");
  }
}

TEST_CASE("a failed write closes at the end of the turn, after unread data") {
  for (const int error : {EPIPE, ECONNRESET}) {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    net.turn();
    peer.sends = {-error};
    net.feed(socket, "last words");
    CHECK(socket.write("x"));
    CHECK(recorder.log == "o");
    CHECK(net.turnRequested());
    CHECK(socket.write("swallowed"));
    CHECK(socket.tryWrite("swallowed") == 9);
    CHECK(peer.sendCalls == 1);
    peer.interest = 0;
    net.turn();
    CHECK(recorder.log == "odc");
    CHECK(recorder.data == "last words");
    CHECK(recorder.reason == CloseReason::Error);
    CHECK(recorder.error == error);
    CHECK(peer.closed);
  }
}

TEST_CASE("a write error while the back buffer drains closes the socket") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  peer.room = 0;
  socket.write("kept");
  peer.sends = {-EPIPE};
  net.turn();
  CHECK(recorder.log == "oc");
  CHECK(recorder.error == EPIPE);
}

TEST_CASE("writes to closed and shut down sockets are no-ops") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  socket.shutdown();
  CHECK(socket.isShutDown());
  CHECK(socket.write("x"));
  CHECK(socket.write("x", "y"));
  CHECK(socket.tryWrite("xyz") == 3);
  socket.close();
  CHECK(socket.write("x"));
  CHECK(socket.tryWrite("xyz") == 3);
  socket.shutdown();
  socket.finish(true);
  socket.reset();
  socket.cork();
  socket.uncork();
  socket.pause();
  socket.resume();
  socket.setTimeout(4);
  CHECK(socket.remoteAddress().length == 0);
  CHECK(socket.fd() == -1);
  CHECK(peer.sendCalls == 0);
  CHECK(recorder.log == "oc");
}

TEST_CASE("a socket that is corked by somebody else writes to the kernel") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &owner = *net.connect(recorder.group);
  Socket &other = *net.connect(recorder.group);
  owner.cork();
  owner.write("waits");
  CHECK(other.write("goes"));
  CHECK(net.connection(other).output == "goes");
  CHECK(net.connection(owner).output.empty());
  CHECK(owner.isCorked());
}

TEST_CASE("bytes keep their order through random writes and random kernels (I1, I2, I4)") {
  for (unsigned seed = 0; seed < 100; seed++) {
    std::mt19937 random(seed);
    const auto below = [&](size_t limit) { return static_cast<size_t>(random()) % limit; };
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    FakeConnection &peer = net.connection(socket);
    std::string expected;
    unsigned next = 0;
    const auto make = [&](size_t size) {
      std::string bytes(size, '\0');
      for (char &byte : bytes) {
        byte = static_cast<char>(next++ % 251);
      }
      return bytes;
    };
    for (int step = 0; step < 120; step++) {
      if (below(3) == 0) {
        peer.sends.push_back(static_cast<ssize_t>(below(4) == 0 ? 0 : below(30'000)));
      }
      const std::string bytes = make(below(10) == 0 ? below(200'000) : below(4000));
      switch (below(7)) {
      case 0:
        socket.cork();
        next -= static_cast<unsigned>(bytes.size());
        break;
      case 1:
        socket.uncork();
        next -= static_cast<unsigned>(bytes.size());
        break;
      case 2: {
        const size_t backlog = socket.backlog();
        const size_t taken = socket.tryWrite(bytes);
        REQUIRE(taken <= bytes.size());
        REQUIRE(socket.backlog() <= backlog + usk::Socket::kExtBytes * 64);
        next -= static_cast<unsigned>(bytes.size() - taken);
        expected += bytes.substr(0, taken);
        break;
      }
      case 3:
        net.turn();
        next -= static_cast<unsigned>(bytes.size());
        break;
      case 4:
        if (char *room = socket.reserve(bytes.size())) {
          std::copy(bytes.begin(), bytes.end(), room);
          socket.commit(bytes.size());
          expected += bytes;
        } else {
          next -= static_cast<unsigned>(bytes.size());
        }
        break;
      case 5: {
        const size_t cut = below(bytes.size() + 1);
        const bool gone = socket.write(std::string_view(bytes).substr(0, cut),
                                       std::string_view(bytes).substr(cut));
        REQUIRE(gone == (socket.backlog() == 0));
        expected += bytes;
        break;
      }
      default: {
        const bool gone = socket.write(bytes);
        REQUIRE(gone == (socket.backlog() == 0));
        expected += bytes;
        break;
      }
      }
      // I2
      REQUIRE((socket.backlog() == 0 || watchesWrite(peer)));
      REQUIRE(peer.output.size() + socket.buffered() == expected.size());
    }
    socket.uncork();
    peer.sends.clear();
    net.settle();
    REQUIRE(peer.output == expected);
    REQUIRE(socket.buffered() == 0);
  }
}

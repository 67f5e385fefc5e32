// SPDX-License-Identifier: MIT
//
// Sending from an open file: order with what was written before, short counts, whose fault an error
// is. How much of a turn it may take is usk_bulk_share_test.cpp's.
#include "support/fake_net.h"
#include "support/open_file.h"
#include "support/recorder.h"

#include <eventing/poller.h>
#include <sys/net.h>

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <string>

using usk::CloseReason;
using usk::FileSend;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::OpenFile;
using usk::test::Recorder;
using Outcome = usk::FileSend::Outcome;

namespace {

// Sends all of a file, step by step as drains ask for it.
struct Sender {
  const OpenFile &file;
  size_t size;
  size_t at = 0;
  unsigned steps = 0;

  void pump(Socket &socket) {
    while (at < size) {
      const FileSend sent = socket.sendFile(file.fd(), at, size - at);
      steps++;
      REQUIRE(sent.outcome == Outcome::Sent);
      if (sent.taken < size - at) {
        at += sent.taken;
        return;
      }
      at += sent.taken;
    }
  }
};

} // namespace

TEST_CASE("the cork leaves ahead of the file, told to wait for it") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const OpenFile file("0123456789");
  socket.cork();
  socket.write("head:");
  const FileSend sent = socket.sendFile(file.fd(), 2, 5);
  CHECK(sent.outcome == Outcome::Sent);
  CHECK(sent.taken == 5);
  CHECK(peer.output == "head:23456");
  CHECK(peer.aheadCalls == 1);
  CHECK(peer.fileCalls == 1);
  net.settle();
  CHECK(recorder.log == "o");
}

TEST_CASE("without anything before it there is one call") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  const OpenFile file("0123456789");
  CHECK(socket.sendFile(file.fd(), 0, 10).taken == 10);
  CHECK(net.connection(socket).aheadCalls == 0);
  CHECK(net.connection(socket).sendCalls == 1);
}

TEST_CASE("short counts anywhere: every byte once, in order") {
  const std::string bytes = "0123456789abcdefghij";
  for (const bool corked : {false, true}) {
    for (size_t room = 0; room <= 25; room++) {
      FakeNet net;
      Recorder recorder(net.loop());
      Socket &socket = *net.connect(recorder.group);
      FakeConnection &peer = net.connection(socket);
      const OpenFile file(bytes);
      Sender sender{file, bytes.size()};
      recorder.onDrain = [&](Socket &self) { sender.pump(self); };
      peer.room = room;
      if (corked) {
        socket.cork();
        socket.write("head:");
      }
      sender.pump(socket);
      // One more byte at a time from now on.
      for (int turn = 0; turn < 30; turn++) {
        peer.room = 1;
        net.turn();
      }
      CHECK(peer.output == (corked ? "head:" + bytes : bytes));
      CHECK(sender.at == bytes.size());
      CHECK((peer.interest & usk::kWrite) == 0);
    }
  }
}

TEST_CASE("a socket that can keep more is asked to, once, and gets the rest at once") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const OpenFile file("0123456789");
  peer.room = 3;
  peer.roomWhenWide = 4;
  CHECK(socket.sendFile(file.fd(), 0, 10).taken == 7);
  CHECK(peer.output == "0123456");
  CHECK(peer.fileCalls == 2);
  peer.room = 1;
  CHECK(socket.sendFile(file.fd(), 7, 3).taken == 1);
  CHECK(peer.widened == 1);
  CHECK((peer.interest & usk::kWrite) != 0);
}

TEST_CASE("what fails after a socket was widened is found by the next call") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const OpenFile file("0123456789");
  peer.sends = {3, -EPIPE};
  peer.roomWhenWide = 4;
  CHECK(socket.sendFile(file.fd(), 0, 10).taken == 3);
  CHECK(!socket.hasFailed());
}

TEST_CASE("a full kernel takes nothing and asks for a drain") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  const OpenFile file("0123456789");
  net.connection(socket).room = 0;
  const FileSend sent = socket.sendFile(file.fd(), 0, 10);
  CHECK(sent.outcome == Outcome::Sent);
  CHECK(sent.taken == 0);
  CHECK((net.connection(socket).interest & usk::kWrite) != 0);
  net.connection(socket).room = SIZE_MAX;
  net.settle();
  CHECK(recorder.log == "ow");
}

TEST_CASE("behind a back buffer nothing is taken") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const OpenFile file("0123456789");
  peer.room = 2;
  CHECK_FALSE(socket.write("head:"));
  CHECK(socket.sendFile(file.fd(), 0, 10).taken == 0);
  CHECK(peer.fileCalls == 0);
  recorder.onDrain = [&](Socket &self) { CHECK(self.sendFile(file.fd(), 0, 10).taken == 10); };
  peer.room = SIZE_MAX;
  net.settle();
  CHECK(peer.output == "head:0123456789");
}

TEST_CASE("the end of the file is told from a full kernel") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  const OpenFile file("0123456789");
  const FileSend cut = socket.sendFile(file.fd(), 4, 10);
  CHECK(cut.outcome == Outcome::Sent);
  CHECK(cut.taken == 6);
  CHECK(socket.sendFile(file.fd(), 10, 4).outcome == Outcome::Ended);
  CHECK(socket.sendFile(file.fd(), 1000, 4).outcome == Outcome::Ended);
  CHECK_FALSE(socket.isClosed());
}

TEST_CASE("a file that cannot be read leaves the socket alone") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  const OpenFile file("0123456789");
  for (const int error : {EIO, EBADF, ENOMEM, EOVERFLOW}) {
    net.connection(socket).fileError = error;
    const FileSend sent = socket.sendFile(file.fd(), 0, 10);
    CHECK(sent.outcome == Outcome::Failed);
    CHECK(sent.error == error);
  }
  for (const int error : {EINVAL, ENOSYS, EOPNOTSUPP}) {
    net.connection(socket).fileError = error;
    CHECK(socket.sendFile(file.fd(), 0, 10).outcome == Outcome::Unsupported);
  }
  CHECK_FALSE(socket.hasFailed());
  CHECK(socket.write("still here"));
  CHECK(net.connection(socket).output == "still here");
}

TEST_CASE("a peer that is gone closes the socket at the end of the turn") {
  for (const int error : {EPIPE, ECONNRESET, ETIMEDOUT}) {
    FakeNet net;
    Recorder recorder(net.loop());
    Socket &socket = *net.connect(recorder.group);
    const OpenFile file("0123456789");
    net.connection(socket).fileError = error;
    const FileSend sent = socket.sendFile(file.fd(), 0, 10);
    CHECK(sent.outcome == Outcome::Sent);
    CHECK(sent.taken == 0);
    CHECK(socket.hasFailed());
    CHECK(recorder.closed == 0);
    net.settle();
    CHECK(recorder.log == "oc");
    CHECK(recorder.reason == CloseReason::Error);
    CHECK(recorder.error == error);
  }
}

TEST_CASE("a head that cannot be sent keeps the file back") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  FakeConnection &peer = net.connection(socket);
  const OpenFile file("0123456789");
  peer.sends = {-EPIPE};
  socket.cork();
  socket.write("head:");
  CHECK(socket.sendFile(file.fd(), 0, 10).taken == 0);
  CHECK(peer.fileCalls == 0);
  net.settle();
  CHECK(recorder.log == "oc");
}

TEST_CASE("nothing is sent after the end of a conversation") {
  FakeNet net;
  Recorder recorder(net.loop());
  const OpenFile file("0123456789");
  Socket &finished = *net.connect(recorder.group);
  const int fd = finished.fd();
  finished.finish(true);
  CHECK(finished.sendFile(file.fd(), 0, 10).taken == 0);
  CHECK(net.connection(fd).fileCalls == 0);
}

TEST_CASE("awaitDrain asks for one drain") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  socket.awaitDrain();
  net.settle();
  CHECK(recorder.log == "ow");
  CHECK((net.connection(socket).interest & usk::kWrite) == 0);
}

TEST_CASE("a peer that left raises no signal") {
  // This would end the process.
  std::signal(SIGPIPE, SIG_DFL);
  const OpenFile file("0123456789");
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  ::close(pair[1]);
  const auto sendFile = usk::net::kSystemCalls.sendFile;
  CHECK(sendFile(pair[0], file.fd(), 0, 10) == -EPIPE);
  sigset_t set;
  ::sigpending(&set);
  CHECK(::sigismember(&set, SIGPIPE) == 0);
  ::pthread_sigmask(SIG_BLOCK, nullptr, &set);
  CHECK(::sigismember(&set, SIGPIPE) == 0);

  // Whoever blocks the signal and waits for it gets it.
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  CHECK(sendFile(pair[0], file.fd(), 0, 10) == -EPIPE);
  const timespec now{0, 0};
  CHECK(::sigtimedwait(&set, nullptr, &now) == SIGPIPE);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::close(pair[0]);
}

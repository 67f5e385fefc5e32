// SPDX-License-Identifier: MIT
//
// A full descriptor table: connections wait in the queue, nothing spins, and they are served when a
// descriptor is free again. In a program of its own, because the limit is the process's.
#include "support/fake_net.h"
#include "support/live_loop.h"
#include "support/recorder.h"

#include <sys/resource.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <vector>

using usk::Backend;
using usk::Listener;
using usk::Socket;
using usk::SystemError;
using usk::test::Client;
using usk::test::FakeNet;
using usk::test::LiveLoop;
using usk::test::Recorder;

namespace {

// Takes all descriptors but `left`.
class Exhausted {
public:
  explicit Exhausted(int left) {
    int fd = 0;
    while ((fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) {
      taken_.push_back(fd);
    }
    CHECK(errno == EMFILE);
    while (left-- > 0) {
      release();
    }
  }
  Exhausted(const Exhausted &) = delete;
  Exhausted &operator=(const Exhausted &) = delete;
  ~Exhausted() {
    while (!taken_.empty()) {
      release();
    }
  }
  void release() {
    ::close(taken_.back());
    taken_.pop_back();
  }

private:
  std::vector<int> taken_;
};

} // namespace

TEST_CASE("EMFILE: survive, wait without spinning, recover") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  rlimit low = limit;
  low.rlim_cur = 128;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  for (const Backend backend : usk::test::backends()) {
    CAPTURE(usk::test::name(backend));
    LiveLoop loop(backend);
    Recorder recorder(*loop);
    recorder.onData = [](Socket &socket, std::string_view data) { socket.write(data); };
    SystemError error;
    Listener *listener = recorder.group.listen({}, error);
    REQUIRE(listener != nullptr);
    std::vector<std::unique_ptr<Client>> clients;
    for (int count = 0; count < 5; count++) {
      clients.push_back(std::make_unique<Client>(*listener));
      clients.back()->send("ping");
    }
    {
      // Two get in, the others wait.
      Exhausted exhausted(2);
      REQUIRE(loop.until([&] { return recorder.data.size() == 8; }));
      const uint64_t start = loop->now();
      unsigned steps = 0;
      while (loop->now() < start + 1500) {
        loop.step();
        steps++;
      }
      CHECK(steps < 50);
      CHECK(recorder.opened == 2);
      // A descriptor that somebody else gives back is found after the rest...
      exhausted.release();
      REQUIRE(loop.until([&] { return recorder.opened == 3; }));
      // ...and one of our own in the next turn.
      recorder.onEnd = [](Socket &socket) { socket.close(); };
      for (const auto &client : clients) {
        if (client->receive().received == "ping") {
          client->shutdown();
          break;
        }
      }
      REQUIRE(loop.until([&] { return recorder.opened == 4; }));
    }
    REQUIRE(loop.until([&] { return recorder.data.size() == 20; }));
    recorder.onEnd = nullptr;
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE("the listener rests after EMFILE and is watched again a second later") {
  FakeNet net;
  Recorder recorder(net.loop());
  SystemError error;
  Listener *listener = recorder.group.listen({}, error);
  REQUIRE(listener != nullptr);
  const int fd = listener->fd();
  for (const int code : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    net.failAccepts(code);
    net.connectTo(*listener);
    CHECK(net.turn() == 1);
    CHECK(net.connection(fd).interest == 0);
    CHECK(net.turn() == 0);
    CHECK(net.timerDueMs() == FakeNet::nowMs() + 1000);
    net.pass(1);
    CHECK(net.connection(fd).interest != 0);
    net.failAccepts(0);
    const unsigned before = recorder.opened;
    net.settle();
    CHECK(recorder.opened == before + 1);
  }
}

TEST_CASE("closing a connection of ours ends the rest") {
  FakeNet net;
  Recorder recorder(net.loop());
  SystemError error;
  Listener *listener = recorder.group.listen({}, error);
  REQUIRE(listener != nullptr);
  Socket *open = net.connect(recorder.group);
  net.failAccepts(EMFILE);
  net.connectTo(*listener);
  net.turn();
  CHECK(net.turn() == 0);
  net.failAccepts(0);
  open->close();
  net.settle();
  CHECK(recorder.opened == 2);
  CHECK(net.timerDueMs() == 0);
}

TEST_CASE("an error of one connection does not stop the others") {
  FakeNet net;
  Recorder recorder(net.loop());
  SystemError error;
  Listener *listener = recorder.group.listen({}, error);
  REQUIRE(listener != nullptr);
  net.connectTo(*listener);
  net.failAccepts(ECONNABORTED);
  net.turn();
  CHECK(recorder.opened == 0);
  CHECK(net.connection(listener->fd()).interest != 0);
  net.failAccepts(0);
  net.turn();
  CHECK(recorder.opened == 1);
}

TEST_CASE("at most 64 connections are accepted in one turn") {
  FakeNet net;
  Recorder recorder(net.loop());
  SystemError error;
  Listener *listener = recorder.group.listen({}, error);
  REQUIRE(listener != nullptr);
  for (int count = 0; count < 200; count++) {
    net.connectTo(*listener);
  }
  // One is known to wait; how many there are is asked when the listener is reported again.
  net.turn();
  CHECK(recorder.opened == 1);
  net.turn();
  CHECK(recorder.opened == 65);
  net.settle();
  CHECK(recorder.opened == 200);
}

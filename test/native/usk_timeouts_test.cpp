// SPDX-License-Identifier: MIT
//
// Timeouts with a clock of the test's own: never early, at most a second late, one timer, and none
// while nobody waits.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <loop_state.h>
#include <socket_core.h>

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using usk::Loop;
using usk::Socket;
using usk::test::FakeNet;
using usk::test::Recorder;

namespace {

// The wheel alone, driven with milliseconds of the test.
struct Wheel {
  FakeNet net;
  Recorder recorder{net.loop()};
  usk::Timeouts timeouts;
  std::vector<Socket *> fired;

  ~Wheel() {
    recorder.group.forEach(
        [](Socket &socket, void *wheel) { static_cast<usk::Timeouts *>(wheel)->remove(socket); },
        &timeouts);
  }

  Socket &add() {
    Socket *socket = net.connect(recorder.group);
    REQUIRE(socket != nullptr);
    return *socket;
  }
  void advance(uint64_t nowMs) {
    timeouts.advance(
        nowMs,
        [](Socket &socket, void *user) { static_cast<Wheel *>(user)->fired.push_back(&socket); },
        this);
  }
  size_t firedAfter(uint64_t nowMs) {
    fired.clear();
    advance(nowMs);
    return fired.size();
  }
};

} // namespace

TEST_CASE("a timeout never fires early and at most a second late") {
  for (const uint64_t offset : {0ULL, 1ULL, 499ULL, 999ULL}) {
    for (const unsigned seconds : {1U, 2U, 10U, 255U, 256U, 257U, 300U, 1000U, 65535U}) {
      Wheel wheel;
      Socket &socket = wheel.add();
      const uint64_t start = 5'000'000 + offset;
      CHECK(wheel.timeouts.set(socket, seconds, start));
      uint64_t now = start;
      const uint64_t due = start + seconds * 1000;
      while (wheel.firedAfter(now) == 0 && now < due + 5000) {
        now += now + 5000 < due ? 900 : 50;
      }
      CHECK(now >= due);
      CHECK(now <= due + 1100);
      CHECK(wheel.timeouts.size() == 0);
      CHECK(wheel.timeouts.nextTick() == usk::Timeouts::kNever);
    }
  }
}

TEST_CASE("re-arming to a later time touches no list") {
  Wheel wheel;
  Socket &socket = wheel.add();
  CHECK(wheel.timeouts.set(socket, 10, 1000));
  const uint32_t next = wheel.timeouts.nextTick();
  for (uint64_t now = 1000; now < 9000; now += 50) {
    CHECK_FALSE(wheel.timeouts.set(socket, 10, now));
  }
  CHECK(wheel.timeouts.nextTick() == next);
  CHECK(wheel.timeouts.size() == 1);
  CHECK(wheel.firedAfter(next * 1000) == 0);
  CHECK(wheel.timeouts.size() == 1);
  CHECK(wheel.firedAfter(18'000) == 0);
  CHECK(wheel.firedAfter(20'000) == 1);
}

TEST_CASE("a nearer deadline moves the socket") {
  Wheel wheel;
  Socket &socket = wheel.add();
  CHECK(wheel.timeouts.set(socket, 200, 1000));
  CHECK(wheel.timeouts.set(socket, 3, 1000));
  CHECK(wheel.timeouts.size() == 1);
  CHECK(wheel.firedAfter(3900) == 0);
  CHECK(wheel.firedAfter(5000) == 1);
  CHECK(wheel.firedAfter(500'000) == 0);
}

TEST_CASE("disarmed and removed sockets do not fire") {
  Wheel wheel;
  Socket &first = wheel.add();
  Socket &second = wheel.add();
  wheel.timeouts.set(first, 5, 1000);
  wheel.timeouts.set(second, 5, 1000);
  wheel.timeouts.set(first, 0, 2000);
  CHECK(wheel.timeouts.size() == 2);
  wheel.timeouts.remove(second);
  CHECK(wheel.timeouts.size() == 1);
  CHECK(wheel.firedAfter(10'000) == 0);
  CHECK(wheel.timeouts.size() == 0);
}

TEST_CASE("a host that slept longer than the wheel fires everything once") {
  Wheel wheel;
  std::vector<Socket *> sockets;
  for (unsigned seconds = 1; seconds < 600; seconds++) {
    sockets.push_back(&wheel.add());
    wheel.timeouts.set(*sockets.back(), seconds, 1000);
  }
  CHECK(wheel.firedAfter(1'000'000) == sockets.size());
  CHECK(wheel.timeouts.size() == 0);
}

TEST_CASE("the wheel agrees with a list of deadlines") {
  Wheel wheel;
  std::mt19937 random(3);
  std::vector<Socket *> sockets;
  for (int count = 0; count < 300; count++) {
    sockets.push_back(&wheel.add());
  }
  std::map<Socket *, uint64_t> deadlines;
  uint64_t now = 1'000'000;
  for (int step = 0; step < 30'000; step++) {
    Socket *socket = sockets[random() % sockets.size()];
    const auto choice = static_cast<unsigned>(random() % 10);
    if (choice < 7) {
      const auto seconds = static_cast<unsigned>(1 + random() % (choice == 0 ? 2000 : 30));
      wheel.timeouts.set(*socket, seconds, now);
      deadlines[socket] = now + seconds * 1000;
    } else if (choice == 7) {
      wheel.timeouts.set(*socket, 0, now);
      deadlines.erase(socket);
    } else if (choice == 8) {
      wheel.timeouts.remove(*socket);
      deadlines.erase(socket);
    } else {
      now += random() % (step % 50 == 0 ? 400'000 : 1500);
      wheel.fired.clear();
      wheel.advance(now);
      for (Socket *fired : wheel.fired) {
        REQUIRE(deadlines.count(fired) == 1);
        REQUIRE(deadlines[fired] <= now);
        deadlines.erase(fired);
      }
      for (const auto &[waiting, deadline] : deadlines) {
        REQUIRE(deadline + 1000 > now / 1000 * 1000);
      }
    }
  }
}

TEST_CASE("callbacks of the wheel may re-arm and remove anybody") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::vector<Socket *> sockets;
  for (int count = 0; count < 20; count++) {
    sockets.push_back(net.connect(recorder.group));
    sockets.back()->setTimeout(3);
  }
  int fired = 0;
  recorder.onTimeout = [&](Socket &socket) {
    fired++;
    if (fired == 1) {
      // The neighbours in the slot, the socket itself and one that goes on.
      for (size_t index = 0; index < 10; index++) {
        sockets[index]->close();
      }
      sockets[15]->setTimeout(100);
    }
    socket.setTimeout(1000);
  };
  net.pass(5);
  CHECK(fired >= 9);
  CHECK(fired <= 10);
  CHECK(recorder.closed == 10);
  CHECK(net.loop().socketCount() == 10);
  recorder.onTimeout = nullptr;
}

TEST_CASE("the host's timer exists only while somebody waits") {
  FakeNet net;
  Recorder recorder(net.loop());
  CHECK(net.timerDueMs() == 0);
  Socket *socket = net.connect(recorder.group);
  net.turn();
  CHECK(net.timerDueMs() == 0);
  socket->setTimeout(10);
  // One wake-up when it matters, not one a second.
  CHECK(net.timerDueMs() > FakeNet::nowMs() + 9000);
  CHECK(net.timerDueMs() <= FakeNet::nowMs() + 11'000);
  socket->close();
  net.turn();
  CHECK(net.timerDueMs() == 0);

  socket = net.connect(recorder.group);
  socket->setTimeout(10);
  net.pass(12);
  CHECK(recorder.log == "ocot");
  CHECK(net.timerDueMs() == 0);
}

TEST_CASE("a timeout is disarmed when it fires and can be longer than the wheel") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket *socket = net.connect(recorder.group);
  socket->setTimeout(1000);
  net.pass(1000);
  CHECK(recorder.log == "o");
  net.pass(1);
  CHECK(recorder.log == "ot");
  net.pass(2000);
  CHECK(recorder.log == "ot");
}

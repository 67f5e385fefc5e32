// SPDX-License-Identifier: MIT
//
// What one turn of the loop sends of large bodies: bounded in bytes, by what time they took, and
// the same for every socket that is ready.
#include "support/fake_net.h"
#include "support/open_file.h"
#include "support/recorder.h"

#include <loop_state.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using usk::CloseReason;
using usk::Socket;
using usk::test::FakeNet;
using usk::test::OpenFile;
using usk::test::Recorder;
using State = usk::Loop::Internal;

TEST_CASE("ready sockets share a turn evenly, within bounds") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::vector<size_t> shares;
  recorder.onData = [&](Socket &socket, std::string_view) { shares.push_back(socket.bulkShare()); };
  const auto shareOf = [&](size_t ready) {
    shares.clear();
    std::vector<Socket *> sockets;
    for (size_t count = 0; count < ready; count++) {
      sockets.push_back(net.connect(recorder.group));
    }
    for (Socket *socket : sockets) {
      net.feed(*socket, "x");
    }
    net.turn();
    REQUIRE(shares.size() == ready);
    for (const size_t share : shares) {
      CHECK(share == shares.front());
    }
    recorder.group.closeAll(CloseReason::Local);
    net.settle();
    return shares.front();
  };
  CHECK(shareOf(1) == State::kMaxBulkShare);
  CHECK(shareOf(64) == State::kBulkPerTurn / 64);
  CHECK(shareOf(2000) == State::kMinBulkShare);
}

TEST_CASE("a turn that has sent enough gives no further share; the next one does") {
  FakeNet net;
  Recorder recorder(net.loop());
  const std::string megabyte(1024 * 1024, 'x');
  const OpenFile file(megabyte);
  Socket &socket = *net.connect(recorder.group);
  size_t total = 0;
  recorder.onData = [&](Socket &self, std::string_view) {
    for (bool viaFile = true; self.bulkShare() != 0; viaFile = !viaFile) {
      const size_t share = self.bulkShare();
      total += viaFile ? self.sendFile(file.fd(), 0, share).taken
                       : self.tryWrite(std::string_view(megabyte).substr(0, share));
      REQUIRE(total <= State::kBulkPerTurn);
    }
  };
  net.feed(socket, "x");
  net.turn();
  CHECK(total == State::kBulkPerTurn);
  total = 0;
  net.feed(socket, "x");
  net.turn();
  CHECK(total == State::kBulkPerTurn);
}

TEST_CASE(
    "a turn that took too long makes the next ones smaller, for all alike, until they are quick") {
  FakeNet net;
  Recorder recorder(net.loop());
  const std::string megabyte(1024 * 1024, 'x');
  const OpenFile file(megabyte);
  std::vector<Socket *> sockets;
  for (int count = 0; count < 32; count++) {
    sockets.push_back(net.connect(recorder.group));
  }
  std::vector<size_t> sent;
  uint64_t tookMs = 0;
  recorder.onData = [&](Socket &self, std::string_view) {
    // As if the first of them took all of the turn's time.
    if (sent.empty()) {
      FakeNet::spend(tookMs);
    }
    sent.push_back(self.sendFile(file.fd(), 0, self.bulkShare()).taken);
  };
  const auto sentIn = [&](uint64_t ms) {
    sent.clear();
    tookMs = ms;
    for (Socket *socket : sockets) {
      net.feed(*socket, "x");
    }
    net.turn();
    REQUIRE(sent.size() == sockets.size());
    for (const size_t bytes : sent) {
      CHECK(bytes == sent.front());
    }
    return sent.front() * sockets.size();
  };
  CHECK(sentIn(20) == State::kBulkPerTurn);
  CHECK(sentIn(20) == State::kBulkPerTurn / 2);
  CHECK(sentIn(20) == State::kBulkPerTurn / 4);
  for (int turn = 0; turn < 10; turn++) {
    (void)sentIn(20);
  }
  CHECK(sentIn(State::kBulkMs) == State::kMinBulkPerTurn);
  // Neither slow nor quick.
  CHECK(sentIn(0) == State::kMinBulkPerTurn);
  CHECK(sentIn(0) == State::kMinBulkPerTurn * 2);
  for (int turn = 0; turn < 10; turn++) {
    (void)sentIn(0);
  }
  CHECK(sentIn(0) == State::kBulkPerTurn);
}

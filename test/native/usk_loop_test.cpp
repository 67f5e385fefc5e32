// SPDX-License-Identifier: MIT
//
// The turn: deferred callbacks, depth, Date, groups under iteration, tear-down with everything
// open.
#include "support/fake_net.h"
#include "support/recorder.h"

#include <date_cache.h>

#include <doctest/doctest.h>

#include <ctime>
#include <string>
#include <vector>

using usk::CloseReason;
using usk::Socket;
using usk::test::FakeConnection;
using usk::test::FakeNet;
using usk::test::Recorder;

namespace {

struct Note {
  std::string *log;
  char letter;
};

void write(void *user) {
  auto *note = static_cast<Note *>(user);
  *note->log += note->letter;
}

} // namespace

TEST_CASE("deferred callbacks run once, in order, at the end of the turn") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::string log;
  Note a{&log, 'a'};
  Note b{&log, 'b'};
  Socket &socket = *net.connect(recorder.group);
  recorder.onData = [&](Socket &, std::string_view) {
    net.loop().defer(write, &a);
    net.loop().defer(write, &b);
    log += '(';
    CHECK(net.loop().depth() == 1);
  };
  net.feed(socket, "x");
  net.turn();
  CHECK(log == "(ab");
  net.turn();
  CHECK(log == "(ab");
  CHECK(net.loop().depth() == 0);
}

TEST_CASE("the end of every turn: before and behind what was deferred") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::string log;
  Note deferred{&log, 'd'};
  Note end{&log, 'e'};
  Socket &socket = *net.connect(recorder.group);
  recorder.onData = [&](Socket &, std::string_view) {
    log += '(';
    net.loop().defer(write, &deferred);
  };
  net.loop().onTurnEnd(write, &end);
  net.feed(socket, "x");
  net.turn();
  CHECK(log == "(ede");
  net.turn();
  CHECK(log == "(edeee");
  net.loop().onTurnEnd(nullptr, nullptr);
  net.turn();
  CHECK(log == "(edeee");
}

TEST_CASE("a callback deferred outside a turn asks for one; one deferred by another waits") {
  FakeNet net;
  static FakeNet *current;
  current = &net;
  static int runs;
  runs = 0;
  CHECK_FALSE(net.turnRequested());
  net.loop().defer(
      [](void *) {
        runs++;
        current->loop().defer([](void *) { runs += 10; }, nullptr);
      },
      nullptr);
  CHECK(net.turnRequested());
  net.turn();
  CHECK(runs == 1);
  CHECK(net.turnRequested());
  net.turn();
  CHECK(runs == 11);
  CHECK_FALSE(net.turnRequested());
}

TEST_CASE("a deferred callback sees closed sockets still in memory") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket *socket = net.connect(recorder.group);
  recorder.onData = [&](Socket &self, std::string_view) {
    net.loop().defer([](void *user) { CHECK(static_cast<Socket *>(user)->isClosed()); }, &self);
    self.close();
  };
  net.feed(*socket, "x");
  net.turn();
  CHECK(recorder.log == "odc");
}

TEST_CASE("a turn inside a turn does nothing") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &first = *net.connect(recorder.group);
  Socket &second = *net.connect(recorder.group);
  net.feed(first, "first");
  net.feed(second, "second");
  recorder.onData = [&](Socket &self, std::string_view data) {
    const std::string before(data);
    self.close();
    CHECK(net.turn() == 0);
    CHECK(before == data);
    CHECK(self.isClosed());
  };
  net.turn();
  CHECK(recorder.data == "firstsecond");
}

TEST_CASE("a turn started by a callback outside any turn frees nothing either") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  const uint32_t index = socket.index();
  recorder.onClose = [&](Socket &self) {
    CHECK(net.loop().depth() == 1);
    CHECK(net.turn() == 0);
    CHECK(net.loop().socketAt(index) == &self);
  };
  socket.close();
  CHECK(net.loop().depth() == 0);
  CHECK(net.turnRequested());
}

TEST_CASE("ref and unref are counted") {
  FakeNet net;
  CHECK_FALSE(net.keepsHostAlive());
  net.loop().ref();
  net.loop().ref();
  CHECK(net.keepsHostAlive());
  net.loop().unref();
  CHECK(net.keepsHostAlive());
  net.loop().unref();
  CHECK_FALSE(net.keepsHostAlive());
  net.loop().unref();
  net.loop().ref();
  CHECK(net.keepsHostAlive());
}

TEST_CASE("the date is an IMF-fixdate of the current second") {
  usk::DateCache dates;
  CHECK(dates.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(dates.at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(dates.at(1709210096) == "Thu, 29 Feb 2024 12:34:56 GMT");
  CHECK(dates.at(4102444799) == "Thu, 31 Dec 2099 23:59:59 GMT");
  FakeNet net;
  const std::string before(net.loop().date());
  net.pass(1);
  const std::string after(net.loop().date());
  CHECK(before.size() == 29);
  CHECK(before == dates.at(static_cast<std::time_t>(FakeNet::nowMs() / 1000 - 1)));
  CHECK(after == dates.at(static_cast<std::time_t>(FakeNet::nowMs() / 1000)));
}

TEST_CASE("forEach visits each socket once while visitors close and adopt") {
  FakeNet net;
  Recorder recorder(net.loop());
  Recorder other(net.loop());
  struct State {
    FakeNet &net;
    Recorder &recorder;
    Recorder &other;
    std::vector<Socket *> sockets;
    std::vector<Socket *> visited;
  } state{net, recorder, other, {}, {}};
  for (int count = 0; count < 12; count++) {
    state.sockets.push_back(net.connect(recorder.group));
  }
  recorder.group.forEach(
      [](Socket &socket, void *user) {
        auto &at = *static_cast<State *>(user);
        at.visited.push_back(&socket);
        const size_t number = socket.index();
        if (number == 11) {
          at.sockets[10]->close(); // the next one
          at.sockets[0]->close();  // the last one
          at.net.connect(at.recorder.group);
        } else if (number == 8) {
          socket.close();
        } else if (number == 6) {
          at.sockets[5]->adopt(at.other.group);
          at.sockets[5]->adopt(at.recorder.group);
          at.sockets[4]->adopt(at.other.group);
        }
      },
      &state);
  std::vector<uint32_t> order;
  for (const Socket *socket : state.visited) {
    order.push_back(socket->index());
  }
  CHECK(order == std::vector<uint32_t>{11, 9, 8, 7, 6, 3, 2, 1});
  CHECK(recorder.group.size() == 9);
  CHECK(other.group.size() == 1);
}

TEST_CASE("forEach nests") {
  FakeNet net;
  Recorder recorder(net.loop());
  for (int count = 0; count < 6; count++) {
    net.connect(recorder.group);
  }
  static int visits;
  visits = 0;
  recorder.group.forEach(
      [](Socket &socket, void *user) {
        visits++;
        if (visits == 1) {
          socket.group().closeAll(CloseReason::Local);
        }
        (void)user;
      },
      nullptr);
  CHECK(visits == 1);
  CHECK(recorder.closed == 6);
  CHECK(recorder.group.size() == 0);
}

TEST_CASE("closeAll passes the reason and survives callbacks that close others") {
  FakeNet net;
  Recorder recorder(net.loop());
  std::vector<Socket *> sockets;
  for (int count = 0; count < 10; count++) {
    sockets.push_back(net.connect(recorder.group));
  }
  recorder.onClose = [&](Socket &) {
    for (Socket *socket : sockets) {
      socket->close();
    }
  };
  recorder.group.closeAll(CloseReason::Teardown);
  CHECK(recorder.closed == 10);
}

TEST_CASE("destroy closes everything with Teardown and then calls back") {
  FakeNet net;
  Recorder recorder(net.loop());
  for (int count = 0; count < 100; count++) {
    Socket &socket = *net.connect(recorder.group);
    net.connection(socket).room = 10;
    socket.setTimeout(5);
    socket.write("a backlog of some bytes");
  }
  bool deferred = false;
  net.loop().defer([](void *user) { *static_cast<bool *>(user) = true; }, &deferred);
  net.destroyLoop();
  CHECK(recorder.closed == 100);
  CHECK(recorder.reason == CloseReason::Teardown);
  CHECK(recorder.group.size() == 0);
  CHECK(deferred);
}

TEST_CASE("destroy inside a callback completes at the end of the turn") {
  FakeNet net;
  Recorder recorder(net.loop());
  Socket &socket = *net.connect(recorder.group);
  net.connect(recorder.group);
  recorder.onData = [&](Socket &self, std::string_view) {
    net.destroyLoop();
    CHECK(self.isClosed());
    CHECK(recorder.closed == 2);
    self.write("nothing");
  };
  net.feed(socket, "x");
  net.turn();
  CHECK(recorder.log == "oodcc");
}

TEST_CASE("what onClose defers during tear-down still runs") {
  FakeNet net;
  Recorder recorder(net.loop());
  net.connect(recorder.group);
  static int runs;
  runs = 0;
  recorder.onClose = [&](Socket &socket) { socket.loop().defer([](void *) { runs++; }, nullptr); };
  net.destroyLoop();
  CHECK(runs == 1);
}

namespace {

// Work that is given away, and what became of it.
struct Job {
  std::string *log;
  void (*next)(Job &) = nullptr;
};

void give(usk::Loop &loop, Job &job) {
  loop.offload([](void *user) { *static_cast<Job *>(user)->log += 'w'; },
               [](void *user) {
                 auto &done = *static_cast<Job *>(user);
                 *done.log += 'd';
                 if (done.next != nullptr) {
                   done.next(done);
                 }
               },
               &job);
}

} // namespace

TEST_CASE("work that is given away comes back in a turn") {
  FakeNet net;
  static FakeNet *current;
  current = &net;
  std::string log;
  Job job{&log, [](Job &) { CHECK(current->loop().depth() == 1); }};
  net.holdWork(true);
  give(net.loop(), job);
  net.settle();
  CHECK(log.empty());
  CHECK(net.works() == 1);
  net.holdWork(false);
  net.settle();
  CHECK(log == "wd");
}

TEST_CASE("work that is given away comes back although the loop is destroyed") {
  std::string log;
  Job job{&log};
  FakeNet net;
  net.holdWork(true);
  give(net.loop(), job);
  net.destroyLoop();
  CHECK(log == "wd");
}

TEST_CASE("without another thread the work is done at once, its end comes in a turn") {
  usk::SystemError error;
  usk::Loop *loop = usk::Loop::create({}, error);
  REQUIRE(loop != nullptr);
  std::string log;
  Job job{&log};
  give(*loop, job);
  CHECK(log == "w");
  loop->runOnce(0);
  CHECK(log == "wd");
  loop->destroy(nullptr, nullptr);
}

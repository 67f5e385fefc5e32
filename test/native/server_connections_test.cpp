// SPDX-License-Identifier: MIT
//
// maxConnections: idle connections make room, busy ones stay, and a flood costs little.
#include "support/fake_server.h"
#include "support/live_server.h"

using namespace uwk;
using namespace uwk::test;

namespace {

ServerOptions atMost(size_t connections) {
  ServerOptions options = TestServer::withFallback();
  options.maxConnections = connections;
  return options;
}

} // namespace

TEST_CASE("at the limit an idle connection makes room for a new one") {
  FakeServer fake(atMost(3));
  std::vector<int> idle;
  for (int i = 0; i < 3; i++) {
    idle.push_back(fake.connect());
    fake.send(idle.back(), get("/"));
  }
  const int added = fake.connect();
  CHECK_FALSE(fake.isClosed(added));
  CHECK((*fake.server)->connections() <= 3);
  CHECK(std::count_if(idle.begin(), idle.end(), [&](int fd) { return fake.isClosed(fd); }) > 0);
  fake.send(added, get("/"));
  CHECK(fake.statuses(added) == "200");
}

TEST_CASE("no more than a handful of idle connections is closed at once") {
  constexpr size_t kLimit = Limits::kMaxEvictions * 3;
  FakeServer fake(atMost(kLimit));
  for (size_t i = 0; i < kLimit; i++) {
    fake.connect();
  }
  fake.connect();
  CHECK((*fake.server)->connections() == kLimit + 1 - Limits::kMaxEvictions);
}

TEST_CASE("when all are busy the new one is refused") {
  FakeServer fake(atMost(2));
  std::vector<ExchangeHandle> handles;
  fake.server->onRequest = [&](const RequestEvent &event) {
    handles.push_back(event.exchange.handle());
  };
  const int pending = fake.connect();
  fake.send(pending, get("/"));
  const int arriving = fake.connect();
  fake.send(arriving, "GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100; i++) {
    fake.connect();
    CHECK((*fake.server)->connections() == 2);
  }
  CHECK_FALSE(fake.isClosed(pending));
  // Answered in the same second as the last search: noticed a second later.
  CHECK(replyTo(fake.net.loop(), handles[0], "x"));
  fake.net.pass(1);
  fake.net.settle();
  CHECK_FALSE(fake.isClosed(fake.connect()));
  CHECK(fake.isClosed(pending));
  CHECK_FALSE(fake.isClosed(arriving));
}

TEST_CASE("a limit of one, over real sockets") {
  LiveServer live(atMost(1));
  Client first = live.connect();
  CHECK(live.talk(first, get("/")).statuses() == "200");
  Client second = live.connect();
  CHECK(live.talk(second, get("/")).statuses() == "200");
  CHECK(live.loop.until([&] { return first.receive().ended || first.error != 0; }));
  CHECK((*live.server)->connections() == 1);
}

TEST_CASE("who is refused sees an end without a byte, over real sockets") {
  LiveServer live(atMost(1));
  ExchangeHandle handle = 0;
  live.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  Client first = live.connect();
  live.send(first, get("/"));
  CHECK(live.loop.until([&] { return handle != 0; }));
  Client second = live.connect();
  live.send(second, get("/"));
  CHECK(live.loop.until([&] { return second.receive().ended || second.error != 0; }));
  CHECK(second.received == "");
  CHECK(replyTo(*live.loop, handle, "x"));
  CHECK(live.read(first, 1).statuses() == "200");
}

TEST_CASE("without a limit nobody is turned away") {
  FakeServer fake(atMost(0));
  for (int i = 0; i < 1000; i++) {
    fake.connect();
  }
  CHECK((*fake.server)->connections() == 1000);
}

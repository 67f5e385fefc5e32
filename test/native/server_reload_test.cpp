// SPDX-License-Identifier: MIT
//
// New routes while requests are on their way: none fails, each is answered by the table it met, and
// old tables are freed.
#include "support/fake_server.h"
#include "support/live_server.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace uwk;
using namespace uwk::test;

namespace {

// Bytes of the heap in use. Zero where the C library does not tell, and under the sanitizers, which
// see leaks in their own way.
size_t heapInUse() {
#ifdef __GLIBC__
  return ::mallinfo2().uordblks;
#else
  return 0;
#endif
}

std::unique_ptr<const RouteTable> generation(const std::string &name) {
  return routeTable({{"/fixed", name}, {"/handler/:id", {}}});
}

} // namespace

TEST_CASE("a pipeline in which each handler replaces the routes") {
  FakeServer fake;
  unsigned count = 0;
  fake.server->onRequest = [&](const RequestEvent &event) {
    const std::string_view param = event.match.param(0);
    (*fake.server)->setRoutes(generation("g" + std::to_string(++count)), false);
    // The match is of the old table, and still good.
    reply(event.exchange, param);
  };
  (*fake.server)->setRoutes(generation("g0"), false);
  std::string requests;
  for (int i = 0; i < 10; i++) {
    requests += get("/handler/" + std::to_string(i)) + get("/fixed");
  }
  const int fd = fake.connect();
  fake.send(fd, requests);
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 20);
  for (size_t i = 0; i < 10; i++) {
    CHECK(replies[i * 2].body == std::to_string(i));
    CHECK(replies[i * 2 + 1].body == "g" + std::to_string(i + 1));
  }
}

TEST_CASE("requests in flight finish on the table they met") {
  FakeServer fake;
  std::vector<std::pair<ExchangeHandle, uint32_t>> waiting;
  fake.server->onRequest = [&](const RequestEvent &event) {
    waiting.emplace_back(event.exchange.handle(), event.route);
  };
  (*fake.server)->setRoutes(routeTable({{"/a", {}}, {"/b", {}}}), false);
  const int fd = fake.connect();
  fake.send(fd, get("/b") + get("/b"));
  (*fake.server)->setRoutes(routeTable({{"/b", {}}}), false);
  fake.net.settle();
  CHECK(replyTo(fake.net.loop(), waiting[0].first, "old"));
  fake.net.settle();
  CHECK(replyTo(fake.net.loop(), waiting[1].first, "new"));
  CHECK(waiting[0].second == 1);
  CHECK(waiting[1].second == 0);
  CHECK(fake.statuses(fd) == "200,200");
}

TEST_CASE("routes come and go, the fallback with them") {
  FakeServer fake;
  (*fake.server)->setRoutes(nullptr, false);
  const int fd = fake.connect();
  fake.send(fd, get("/x"));
  (*fake.server)->setRoutes(routeTable({{"/x", "fixed"}}), false);
  fake.send(fd, get("/x"));
  (*fake.server)->setRoutes(routeTable({{"/y", "fixed"}}), true);
  fake.send(fd, get("/x"));
  (*fake.server)->setRoutes(nullptr, false);
  fake.send(fd, get("/x"));
  CHECK(fake.statuses(fd) == "404,200,200,404");
  CHECK(fake.server->ledger.begun() == 1);
}

TEST_CASE("ten thousand reloads under load: no request fails, memory returns to its baseline") {
  LiveServer live;
  live.server->onRequest = [](const RequestEvent &event) {
    reply(event.exchange, event.match.param(0));
  };
  std::vector<Client> clients;
  std::vector<Replies> replies(8);
  for (size_t i = 0; i < replies.size(); i++) {
    clients.push_back(live.connect());
  }
  const std::string requests = get("/handler/x") + get("/fixed") + get("/handler/y");
  size_t answered = 0;
  size_t baseline = 0;
  for (int reload = 0; reload < 10'000; reload++) {
    (*live.server)->setRoutes(generation("g"), false);
    Client &client = clients[static_cast<size_t>(reload) % clients.size()];
    Replies &seen = replies[static_cast<size_t>(reload) % clients.size()];
    client.received.clear();
    seen = Replies();
    REQUIRE(client.send(requests) == requests.size());
    REQUIRE(live.loop.until([&] { return seen.update(client.receive().received) == 3; }));
    answered += seen[0].body == "x" && seen[1].body == "g" && seen[2].body == "y";
    if (reload == 1000) {
      baseline = heapInUse();
    }
  }
  CHECK(answered == 10'000);
  CHECK(heapInUse() <= baseline + 64 * 1024);
}

// SPDX-License-Identifier: MIT
//
// Pipelined requests: answered at once, or parked behind one that is pending and answered later,
// but always in the order they came (RFC 9112 section 9.3.2; behaviours 3.5, 3.6).
#include "support/fake_net.h"
#include "support/live_server.h"

#include <deque>

using namespace uwk;
using namespace uwk::test;

namespace {

// Handlers that answer later, oldest first.
struct Later {
  explicit Later(TestServer &of) : server(of) {
    server.onRequest = [this](const RequestEvent &event) {
      waiting.push_back({event.exchange.handle(), std::string(event.exchange.path())});
      most = std::max(most, waiting.size());
    };
  }
  bool answerOne() {
    if (waiting.empty()) {
      return false;
    }
    const auto [handle, path] = waiting.front();
    waiting.pop_front();
    return replyTo(server.loop(), handle, path);
  }

  TestServer &server;
  std::deque<std::pair<ExchangeHandle, std::string>> waiting;
  size_t most = 0;
};

std::string numbered(size_t count) {
  std::string requests;
  for (size_t i = 0; i < count; i++) {
    requests += get("/" + std::to_string(i));
  }
  return requests;
}

void checkNumbered(const Replies &replies, size_t count) {
  REQUIRE(replies.size() == count);
  for (size_t i = 0; i < count; i++) {
    CHECK(replies[i].status == 200);
    CHECK(replies[i].body == "/" + std::to_string(i));
  }
}

} // namespace

TEST_CASE("three requests in one segment") {
  LiveServer live;
  Client client = live.connect();
  checkNumbered(live.talk(client, numbered(3), 3), 3);
  CHECK(live.isOpen(client));
}

TEST_CASE("a thousand requests, answered at once") {
  LiveServer live;
  Client client = live.connect();
  checkNumbered(live.talk(client, numbered(1000), 1000), 1000);
  CHECK(live.isOpen(client));
}

TEST_CASE("a thousand requests behind a client that does not read") {
  LiveServer live;
  live.server->onRequest = [](const RequestEvent &event) {
    reply(event.exchange, std::string(20'000, event.exchange.path().back()));
  };
  Client client = live.connect(kSmallWindow);
  std::string bytes = numbered(1000);
  while (!bytes.empty()) {
    bytes.erase(0, client.send(bytes));
    live.loop.stepWithoutWaiting();
  }
  const Replies replies = live.read(client, 1000);
  REQUIRE(replies.size() == 1000);
  for (size_t i = 0; i < 1000; i++) {
    REQUIRE(replies[i].body ==
            std::string(20'000, static_cast<char>('0' + static_cast<int>(i % 10))));
  }
  CHECK(live.isOpen(client) == false); // its body is not /probe, but it is one
  CHECK(client.received.size() > 20'000);
}

TEST_CASE("parked requests are answered later, in order, one at a time") {
  LiveServer live;
  Later later(*live.server);
  Client client = live.connect();
  live.send(client, numbered(3));
  for (size_t i = 0; i < 3; i++) {
    CHECK(live.loop.until([&] { return !later.waiting.empty(); }));
    CHECK(live.read(client, i).size() == i);
    CHECK((*live.server)->pendingRequests() == 1);
    CHECK(later.answerOne());
  }
  checkNumbered(live.read(client, 3), 3);
  CHECK(later.most == 1);
}

TEST_CASE("a thousand parked requests") {
  LiveServer live;
  Later later(*live.server);
  Client client = live.connect();
  std::string bytes = numbered(1000);
  Replies replies;
  CHECK(live.loop.until([&] {
    bytes.erase(0, bytes.empty() ? 0 : client.send(bytes));
    later.answerOne();
    return replies.update(client.receive().received) == 1000;
  }));
  checkNumbered(replies, 1000);
  CHECK(later.most == 1);
}

TEST_CASE("what is parked is bounded: the client is slowed down, and nothing is lost") {
  LiveServer live;
  Later later(*live.server);
  Client client = live.connect();
  live.send(client, get("/first"));
  CHECK(live.loop.until([&] { return !later.waiting.empty(); }));
  // 16 MB of requests do not fit into kernel buffers and the parking space together.
  const std::string field = "X: " + std::string(8000, 'x') + "\r\n";
  std::string bytes;
  for (int i = 0; i < 2000; i++) {
    bytes += get("/" + std::to_string(i), field);
  }
  std::string_view rest = bytes;
  for (int idle = 0; idle < 50; live.loop.stepWithoutWaiting()) {
    const size_t sent = rest.empty() ? 0 : client.send(rest);
    rest.remove_prefix(sent);
    idle = sent == 0 ? idle + 1 : 0;
  }
  CHECK(rest.size() > 1'000'000);
  Replies replies;
  CHECK(live.loop.until([&] {
    rest.remove_prefix(rest.empty() ? 0 : client.send(rest));
    later.answerOne();
    return replies.update(client.receive().received) == 2001;
  }));
  CHECK(replies[2000].body == "/1999");
}

TEST_CASE("HEAD, 404, static and handlers, sync and async, mixed in one pipeline") {
  LiveServer live;
  Later later(*live.server);
  (*live.server)->setRoutes(routeTable({{"/static", "fixed"}, {"/handler", {}}}), false);
  std::string bytes;
  std::string kinds;
  for (int i = 0; i < 20; i++) {
    bytes += "HEAD /static HTTP/1.1\r\nHost: h\r\n\r\n" + get("/nothing") + get("/static") +
             get("/handler") + "HEAD /handler HTTP/1.1\r\nHost: h\r\n\r\n" +
             post("/handler", "body") + post("/static", "ignored");
    kinds += "HGGGHGG";
  }
  Client client = live.connect();
  live.send(client, bytes);
  Replies replies(kinds);
  CHECK(live.loop.until([&] {
    later.answerOne();
    return replies.update(client.receive().received) == kinds.size();
  }));
  CHECK(replies.fault() == "");
  for (size_t i = 0; i < replies.size(); i += 7) {
    CHECK(replies[i].field("Content-Length") == "5");
    CHECK(replies[i + 1].status == 404);
    CHECK(replies[i + 2].body == "fixed");
    CHECK(replies[i + 3].body == "/handler");
    CHECK(replies[i + 4].field("content-length") == "8");
    CHECK(replies[i + 5].body == "/handler");
    CHECK(replies[i + 6].body == "fixed");
  }
}

TEST_CASE("a parked error is answered after the responses before it") {
  LiveServer live;
  Later later(*live.server);
  Client client = live.connect();
  live.send(client, get("/1") + "BAD\r\n\r\n" + get("/2"));
  CHECK(live.loop.until([&] { return later.answerOne(); }));
  CHECK(live.readToEnd(client).statuses() == "200,400");
  CHECK(live.server->ledger.begun() == 1);
}

TEST_CASE("each pipelined request has its own body") {
  LiveServer live;
  Later later(*live.server);
  live.server->onRequest = [&](const RequestEvent &event) { live.server->echo(event.exchange); };
  Client client = live.connect();
  std::string bytes;
  for (int i = 0; i < 50; i++) {
    bytes += post("/", std::to_string(i));
    bytes += "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab" +
             std::to_string(i % 10) + "\r\n0\r\n\r\n";
  }
  const Replies replies = live.talk(client, bytes, 100);
  REQUIRE(replies.size() == 100);
  for (int i = 0; i < 50; i++) {
    CHECK(replies[static_cast<size_t>(i) * 2].body == std::to_string(i));
    CHECK(replies[static_cast<size_t>(i) * 2 + 1].body == "ab" + std::to_string(i % 10));
  }
}

TEST_CASE("a close in the middle of a pipeline ends it; an answer before it is whole") {
  LiveServer live;
  Later later(*live.server);
  Client client = live.connect();
  live.send(client, get("/1") + get("/2", "Connection: close\r\n") + get("/3"));
  CHECK(live.loop.until([&] { return later.answerOne(); }));
  CHECK(live.loop.until([&] { return later.answerOne(); }));
  CHECK(live.readToEnd(client).statuses() == "200,200");
  CHECK(live.server->ledger.begun() == 2);
}

TEST_CASE("a large static response is not cut by the requests behind it") {
  LiveServer live;
  const std::string large(8'000'000, 'L');
  (*live.server)->setRoutes(routeTable({{"/large", large}}), true);
  Client client = live.connect(kSmallWindow);
  const Replies replies =
      live.talk(client, get("/large") + get("/a") + get("/large") + get("/b") + get("/none"), 5);
  REQUIRE(replies.size() == 5);
  CHECK(replies[0].body == large);
  CHECK(replies[1].body == "/a");
  CHECK(replies[2].body == large);
  CHECK(replies[3].body == "/b");
}

TEST_CASE("input behind a large static response is bounded as well") {
  usk::test::FakeNet net;
  TestServer server(net.loop());
  const std::string large(1'000'000, 'L');
  server->setRoutes(routeTable({{"/large", large}}), true);
  usk::Socket *socket = net.connect(server.group());
  net.connection(*socket).room = 1000;
  net.feed(*socket, get("/large"));
  net.settle();
  for (int i = 0; i < 10; i++) {
    net.feed(*socket, get("/x", "X: " + std::string(10'000, 'x') + "\r\n"));
    net.turn();
  }
  CHECK(socket->isPaused());
  CHECK(server.ledger.begun() == 0);
  net.connection(*socket).room = SIZE_MAX;
  net.settle();
  Replies replies;
  CHECK(replies.update(net.connection(*socket).output) == 11);
  CHECK(replies.fault() == "");
  server->stop(true);
  net.settle();
  CHECK(server.stopped());
}

TEST_CASE(
    "a client that half-closes behind a draining response gets that one and the parked ones") {
  LiveServer live;
  const std::string large(8'000'000, 'L');
  (*live.server)->setRoutes(routeTable({{"/large", large}}), true);
  Client client = live.connect(kSmallWindow);
  live.send(client, get("/large") + get("/a") + get("/b"));
  client.shutdown();
  live.loop.stepWithoutWaiting();
  const Replies replies = live.readToEnd(client);
  REQUIRE(replies.size() == 3);
  CHECK(replies[0].body == large);
  CHECK(replies[2].body == "/b");
  CHECK(live.loop.until([&] { return (*live.server)->connections() == 0; }));
}

TEST_CASE(
    "a client that half-closes after a last request that says close gets no more than its answer") {
  LiveServer live;
  const std::string large(8'000'000, 'L');
  (*live.server)->setRoutes(routeTable({{"/large", large}}), true);
  Client client = live.connect(kSmallWindow);
  live.send(client, get("/large", "Connection: close\r\n") + get("/a"));
  client.shutdown();
  live.loop.stepWithoutWaiting();
  CHECK(live.readToEnd(client).statuses() == "200");
  CHECK(live.server->ledger.begun() == 0);
}

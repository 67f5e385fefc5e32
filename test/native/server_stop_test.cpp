// SPDX-License-Identifier: MIT
//
// The end of a server: graceful, forced, from within handlers, and the closing of idle connections.
#include "support/fake_server.h"
#include "support/live_server.h"

using namespace uwk;
using namespace uwk::test;

namespace {

// Keeps every request waiting.
void hold(TestServer &server, std::vector<ExchangeHandle> &handles) {
  server.onRequest = [&handles](const RequestEvent &event) {
    handles.push_back(event.exchange.handle());
  };
}

} // namespace

TEST_CASE("a server without connections stops in the next turn, and says so once") {
  FakeServer fake;
  (*fake.server)->stop(false);
  CHECK_FALSE(fake.server->stopped());
  fake.net.settle();
  CHECK(fake.server->stopped());
  (*fake.server)->stop(false);
  (*fake.server)->stop(true);
  fake.net.settle();
}

TEST_CASE("the server may be destroyed in onStopped") {
  usk::test::FakeNet net;
  std::unique_ptr<Server> server;
  ServerHandlers handlers;
  handlers.user = &server;
  handlers.onStopped = [](void *user) { static_cast<std::unique_ptr<Server> *>(user)->reset(); };
  server = std::make_unique<Server>(net.loop(), ServerOptions{}, handlers);
  net.connect(server->internal().group);
  server->stop(false);
  net.settle();
  CHECK(server == nullptr);
}

TEST_CASE("graceful: idle connections end at once, busy ones with their answer") {
  LiveServer live;
  std::vector<ExchangeHandle> handles;
  Client idle = live.connect();
  CHECK(live.isOpen(idle));
  idle.received.clear();
  hold(*live.server, handles);
  Client busy = live.connect();
  live.send(busy, get("/slow") + get("/never"));
  CHECK(live.loop.until([&] { return handles.size() == 1; }));

  (*live.server)->stop(false);
  CHECK(live.readToEnd(idle).size() == 0);
  live.loop.stepWithoutWaiting();
  CHECK_FALSE(live.server->stopped());
  CHECK((*live.server)->connections() == 1);
  CHECK(replyTo(*live.loop, handles[0], "done"));
  const Replies replies = live.readToEnd(busy);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == "done");
  CHECK(live.loop.until([&] {
    busy.shutdown();
    return live.server->stopped();
  }));
  CHECK(live.server->ledger.aborts() == 0);
}

TEST_CASE("a stopped server accepts no connection") {
  LiveServer live;
  Client before = live.connect();
  CHECK(live.isOpen(before));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getpeername(before.fd(), reinterpret_cast<sockaddr *>(&address), &size);
  (*live.server)->stop(false);
  Client after;
  CHECK(after.connect("127.0.0.1", ntohs(address.sin_port)) == ECONNREFUSED);
}

TEST_CASE("forced: everything ends now, pending exchanges are aborted") {
  LiveServer live;
  std::vector<ExchangeHandle> handles;
  hold(*live.server, handles);
  std::vector<Client> clients;
  for (int i = 0; i < 20; i++) {
    clients.push_back(live.connect());
    live.send(clients.back(), i % 2 == 0 ? get("/") : get("/").substr(0, 10));
  }
  CHECK(
      live.loop.until([&] { return handles.size() == 10 && (*live.server)->connections() == 20; }));
  (*live.server)->stop(true);
  CHECK((*live.server)->connections() == 0);
  CHECK((*live.server)->pendingRequests() == 0);
  CHECK(live.server->ledger.aborts() == 10);
  for (const ExchangeHandle handle : handles) {
    CHECK_FALSE(replyTo(*live.loop, handle, "late"));
  }
  CHECK(live.loop.until([&] { return live.server->stopped(); }));
  for (Client &client : clients) {
    CHECK(live.readToEnd(client).size() == 0);
  }
}

TEST_CASE("graceful, then forced") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  hold(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  (*fake.server)->stop(false);
  fake.net.settle();
  CHECK_FALSE(fake.server->stopped());
  (*fake.server)->stop(true);
  fake.net.settle();
  CHECK(fake.server->stopped());
  CHECK(fake.server->ledger.aborts() == 1);
}

TEST_CASE("a request that began to arrive is answered, then the connection ends") {
  FakeServer fake;
  const int half = fake.connect();
  fake.send(half, get("/half").substr(0, 10));
  const int never = fake.connect();
  fake.send(never, "GET /never");
  (*fake.server)->stop(false);
  fake.net.settle();
  CHECK_FALSE(fake.isClosed(half));
  fake.send(half, get("/half").substr(10));
  CHECK(fake.statuses(half) == "200");
  CHECK(fake.isClosed(half));
  // The head deadline bounds the wait for the other one.
  fake.net.pass(Limits::kHeadSeconds + 2);
  CHECK(fake.isClosed(never));
  CHECK(fake.server->stopped());
}

TEST_CASE("a body that nobody waits for does not hold up the stop") {
  for (const bool before : {true, false}) {
    CAPTURE(before);
    FakeServer fake;
    fake.server->onRequest = [](const RequestEvent &event) { reply(event.exchange, "early"); };
    const int fd = fake.connect();
    if (before) {
      fake.send(fd, request("POST", "/", "Content-Length: 100\r\n"));
      (*fake.server)->stop(false);
    } else {
      fake.server->onRequest = [&](const RequestEvent &event) {
        (*fake.server)->stop(false);
        reply(event.exchange, "early");
      };
      fake.send(fd, request("POST", "/", "Content-Length: 100\r\n"));
    }
    fake.net.settle();
    CHECK(fake.at(fd).finSent);
    fake.net.pass(usk::Socket::kLingerSeconds + 2);
    CHECK(fake.server->stopped());
    CHECK(fake.statuses(fd) == "200");
  }
}

TEST_CASE("a body that a handler waits for is still taken") {
  FakeServer fake;
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 10\r\n") + "01234");
  (*fake.server)->stop(false);
  fake.net.settle();
  fake.send(fd, "56789");
  CHECK(fake.replies(fd)[0].body == "0123456789");
  CHECK(fake.isClosed(fd));
  CHECK(fake.server->stopped());
}

TEST_CASE("stop() inside a handler: the own answer still gets out, what is behind it does not") {
  for (const bool after : {false, true}) {
    CAPTURE(after);
    FakeServer fake;
    const int other = fake.connect();
    fake.server->onRequest = [&](const RequestEvent &event) {
      if (after) {
        CHECK(reply(event.exchange, "bye"));
      }
      (*fake.server)->stop(false);
      if (!after) {
        CHECK(reply(event.exchange, "bye"));
      }
    };
    const int fd = fake.connect();
    fake.send(fd, get("/") + get("/behind"));
    CHECK(fake.replies(fd)[0].body == "bye");
    CHECK(fake.isClosed(other));
    fake.at(fd).inputEnds = true;
    fake.net.settle();
    CHECK(fake.isClosed(fd));
    CHECK(fake.server->stopped());
  }
}

TEST_CASE("a forced stop inside a handler, in its middle and after its answer") {
  for (const bool after : {false, true}) {
    CAPTURE(after);
    FakeServer fake;
    fake.server->onRequest = [&](const RequestEvent &event) {
      Exchange &exchange = event.exchange;
      if (after) {
        CHECK(reply(exchange, "bye"));
      }
      (*fake.server)->stop(true);
      CHECK_FALSE(reply(exchange, "late"));
      exchange.collectBody();
      exchange.setTimeout(5);
      exchange.abort();
    };
    const int fd = fake.connect();
    fake.send(fd, post("/", "body") + get("/behind"));
    CHECK(fake.isClosed(fd));
    CHECK(fake.server->stopped());
    CHECK(fake.server->ledger.begun() == 1);
    CHECK(fake.server->ledger.aborts() == (after ? 0 : 1));
  }
}

TEST_CASE("stop() from onEnded, onBody and onAborted") {
  for (const bool force : {false, true}) {
    CAPTURE(force);
    {
      FakeServer fake;
      fake.server->onEnded = [&](ExchangeHandle) { (*fake.server)->stop(force); };
      const int fd = fake.connect();
      fake.send(fd, get("/") + get("/behind"));
      fake.at(fd).inputEnds = true;
      fake.net.settle();
      CHECK(fake.isClosed(fd));
      CHECK(fake.server->stopped());
      CHECK(fake.server->ledger.begun() == 1);
    }
    {
      FakeServer fake;
      fake.server->onBody = [&](Exchange &exchange, BodyState, std::string_view bytes) {
        (*fake.server)->stop(force);
        CHECK(reply(exchange, bytes) == !force);
      };
      const int fd = fake.connect();
      fake.send(fd, request("POST", "/", "Content-Length: 4\r\n"));
      fake.send(fd, "body");
      CHECK(fake.isClosed(fd));
      CHECK(fake.server->stopped());
    }
    {
      FakeServer fake;
      std::vector<ExchangeHandle> handles;
      hold(*fake.server, handles);
      fake.server->onAborted = [&](Exchange &) { (*fake.server)->stop(force); };
      const int first = fake.connect();
      const int second = fake.connect();
      fake.send(first, get("/"));
      fake.send(second, get("/"));
      fake.at(first).inputEnds = true;
      fake.net.settle();
      CHECK(fake.isClosed(first));
      CHECK(fake.isClosed(second) == force);
      CHECK(fake.server->stopped() == force);
    }
  }
}

TEST_CASE("closeIdleConnections closes those that wait for a request, and counts them") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  std::vector<int> idle;
  for (int i = 0; i < 5; i++) {
    idle.push_back(fake.connect());
    if (i > 0) {
      fake.send(idle.back(), get("/"));
    }
  }
  hold(*fake.server, handles);
  const int pending = fake.connect();
  fake.send(pending, get("/"));
  const int half = fake.connect();
  fake.send(half, "GET /");
  const int uploading = fake.connect();
  fake.send(uploading, request("POST", "/", "Content-Length: 100\r\n"));
  CHECK((*fake.server)->closeIdleConnections() == 5);
  CHECK((*fake.server)->closeIdleConnections() == 0);
  for (const int fd : idle) {
    CHECK(fake.isClosed(fd));
  }
  CHECK_FALSE(fake.isClosed(pending));
  CHECK_FALSE(fake.isClosed(half));
  CHECK_FALSE(fake.isClosed(uploading));
  fake.net.settle();
  CHECK_FALSE(fake.server->stopped());
}

TEST_CASE("closeIdleConnections inside a handler spares the connection with requests in hand") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    reply(event.exchange, event.exchange.path());
    (*fake.server)->closeIdleConnections();
  };
  const int idle = fake.connect();
  const int fd = fake.connect();
  fake.send(fd, get("/1") + get("/2") + get("/3"));
  CHECK(fake.statuses(fd) == "200,200,200");
  CHECK(fake.isClosed(idle));
}

TEST_CASE("many servers on one loop do not touch each other") {
  usk::test::FakeNet net;
  TestServer first(net.loop());
  TestServer second(net.loop());
  const int one = net.connect(first.group())->fd();
  const int two = net.connect(second.group())->fd();
  first->stop(true);
  net.settle();
  CHECK(first.stopped());
  CHECK_FALSE(second.stopped());
  CHECK(net.connection(one).closed);
  net.connection(two).input.emplace_back(get("/"));
  net.settle();
  Replies replies;
  CHECK(replies.update(net.connection(two).output) == 1);
  second->stop(true);
  net.settle();
  CHECK(second.stopped());
}

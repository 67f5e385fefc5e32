// SPDX-License-Identifier: MIT
//
// Exchanges that do not end with their answer: every onRequest meets one onEnded whatever happens,
// onAborted tells of those whose answer has not left, and what was kept of them does nothing.
#include "support/fake_server.h"
#include "support/live_server.h"

#include <cstdlib>
#include <random>

using namespace uwk;
using namespace uwk::test;

namespace {

// The handles of requests that nobody answers.
std::vector<ExchangeHandle> &hold(TestServer &server, std::vector<ExchangeHandle> &handles) {
  server.onRequest = [&handles](const RequestEvent &event) {
    handles.push_back(event.exchange.handle());
  };
  return handles;
}

} // namespace

TEST_CASE("a client that leaves while its answer is pending: FIN, RST, and after pipelining") {
  LiveServer live;
  std::vector<ExchangeHandle> handles;
  hold(*live.server, handles);
  size_t gone = 0;
  for (const bool reset : {false, true}) {
    for (const bool pipelined : {false, true}) {
      Client client = live.connect();
      live.send(client, pipelined ? get("/") + get("/") : get("/"));
      CHECK(live.loop.until([&] { return handles.size() == gone + 1; }));
      reset ? client.reset() : client.shutdown();
      gone++;
      CHECK(live.loop.until([&] { return live.server->ledger.ended() == gone; }));
      CHECK(live.server->ledger.aborts() == gone);
      CHECK(Exchange::find(*live.loop, handles.back()) == nullptr);
    }
  }
  CHECK(live.loop.until([&] { return (*live.server)->connections() == 0; }));
}

TEST_CASE("the order of events: aborted, then ended; ended alone after an answer") {
  FakeServer fake;
  std::string log;
  fake.server->onAborted = [&](Exchange &exchange) {
    CHECK(exchange.data() == fake.server.get());
    log += "aborted ";
  };
  fake.server->onEnded = [&](ExchangeHandle) { log += "ended "; };
  std::vector<ExchangeHandle> handles;
  hold(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.at(fd).inputEnds = true;
  fake.net.settle();
  CHECK(log == "aborted ended ");
  log.clear();
  const int answered = fake.connect();
  fake.send(answered, get("/"));
  CHECK(replyTo(fake.net.loop(), handles.back(), "x"));
  CHECK(log == "ended ");
  fake.at(answered).inputEnds = true;
  fake.net.settle();
  CHECK(log == "ended ");
}

TEST_CASE("a response that is still leaving: aborted when it is cut, sent when it has left") {
  const std::string large(300'000, 'L');
  for (const char *ending : {"read", "leave", "reset", "stop", "idle"}) {
    CAPTURE(ending);
    ServerOptions options = TestServer::withFallback();
    options.idleTimeoutSeconds = 5;
    FakeServer fake(options);
    fake.server->onRequest = [&](const RequestEvent &event) {
      CHECK(reply(event.exchange, large));
      Exchange *sending = Exchange::find(fake.net.loop(), event.exchange.handle());
      REQUIRE(sending != nullptr);
      fake.server->watch(*sending);
    };
    const int fd = fake.connect();
    fake.at(fd).room = 100'000;
    fake.send(fd, get("/"));
    CHECK(fake.server->ledger.open() == 1);
    const std::string how = ending;
    if (how == "read") {
      fake.at(fd).room = SIZE_MAX;
    } else if (how == "leave") {
      // A half-closed client still reads; one whose writes fail does not.
      fake.at(fd).inputEnds = true;
      fake.net.settle();
      CHECK(fake.server->ledger.open() == 1);
      fake.at(fd).sends = {-EPIPE};
      fake.at(fd).room = SIZE_MAX;
    } else if (how == "reset") {
      fake.at(fd).hangup = true;
    } else if (how == "stop") {
      (*fake.server)->stop(true);
    } else {
      fake.net.pass(7);
    }
    fake.net.settle();
    CHECK(fake.server->ledger.open() == 0);
    CHECK(fake.server->ledger.sent() == (how == "read" ? 1 : 0));
    CHECK(fake.server->ledger.aborts() == (how == "read" ? 0 : 1));
  }
}

TEST_CASE("an exchange may be watched before its answer, and is not told twice") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    fake.server->watch(event.exchange);
    reply(event.exchange, "small");
  };
  const int fd = fake.connect();
  fake.send(fd, get("/") + get("/"));
  CHECK(fake.server->ledger.sent() == 2);
  // The next exchange of the connection is not watched.
  fake.server->onRequest = [&](const RequestEvent &event) { reply(event.exchange, "small"); };
  fake.send(fd, get("/"));
  CHECK(fake.server->ledger.sent() == 2);
  CHECK(fake.server->ledger.aborts() == 0);
}

TEST_CASE("stale handles find nothing, also after slot and connection were used again") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  hold(*fake.server, handles);
  CHECK(Exchange::find(fake.net.loop(), 0) == nullptr);
  CHECK(Exchange::find(fake.net.loop(), UINT64_MAX) == nullptr);
  int fd = fake.connect();
  for (int round = 0; round < 50; round++) {
    fake.send(fd, get("/"));
    for (const ExchangeHandle handle : handles) {
      CHECK((Exchange::find(fake.net.loop(), handle) != nullptr) == (handle == handles.back()));
    }
    if (round % 3 == 0) {
      fake.at(fd).inputEnds = true;
      fake.net.settle();
      fd = fake.connect();
    } else {
      CHECK(replyTo(fake.net.loop(), handles.back(), "x"));
    }
    CHECK_FALSE(replyTo(fake.net.loop(), handles.back(), "again"));
  }
}

TEST_CASE("an answer is given once") {
  FakeServer fake;
  fake.server->onRequest = [](const RequestEvent &event) {
    CHECK(reply(event.exchange, "first"));
    CHECK_FALSE(reply(event.exchange, "second"));
  };
  const int fd = fake.connect();
  fake.send(fd, get("/") + get("/"));
  CHECK(fake.statuses(fd) == "200,200");
  CHECK(fake.at(fd).output.find("second") == std::string::npos);
}

TEST_CASE("abort() closes without an answer, now or later, with and without a body") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  for (const std::string &bytes :
       {get("/"), post("/", "body"), request("POST", "/", "Content-Length: 10\r\n") + "part"}) {
    CAPTURE(bytes);
    fake.server->onRequest = [](const RequestEvent &event) { event.exchange.abort(); };
    const int now = fake.connect();
    fake.send(now, bytes + get("/never"));
    CHECK(fake.isClosed(now));
    CHECK(fake.at(now).output == "");

    hold(*fake.server, handles);
    const int later = fake.connect();
    fake.send(later, bytes);
    Exchange::find(fake.net.loop(), handles.back())->abort();
    fake.net.settle();
    CHECK(fake.isClosed(later));
    CHECK(fake.at(later).output == "");
  }
  CHECK(fake.server->ledger.aborts() == 6);
  CHECK(fake.server->ledger.begun() == 6);
}

TEST_CASE("abort() and an answer from onBody") {
  FakeServer fake;
  fake.server->onBody = [](Exchange &exchange, BodyState state, std::string_view) {
    if (state == BodyState::Complete) {
      exchange.abort();
      CHECK_FALSE(reply(exchange, "late"));
    }
  };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/"));
  fake.send(fd, chunk("x") + chunk("") + get("/never"));
  CHECK(fake.isClosed(fd));
  CHECK(fake.server->ledger.aborts() == 1);
}

TEST_CASE("a handler may end other exchanges and close other connections") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  hold(*fake.server, handles);
  std::vector<int> waiting;
  for (int i = 0; i < 6; i++) {
    waiting.push_back(fake.connect());
    fake.send(waiting.back(), get("/") + get("/parked"));
  }
  fake.server->onRequest = [&](const RequestEvent &event) {
    for (size_t i = 0; i < 6; i++) {
      Exchange *other = Exchange::find(fake.net.loop(), handles[i]);
      if (other != nullptr && i % 2 == 0) {
        other->abort();
      } else if (other != nullptr) {
        CHECK(reply(*other, "from elsewhere"));
      }
    }
    reply(event.exchange, event.exchange.path());
  };
  const int fd = fake.connect();
  fake.send(fd, get("/1") + get("/2"));
  CHECK(fake.statuses(fd) == "200,200");
  for (size_t i = 0; i < 6; i++) {
    CHECK(fake.isClosed(waiting[i]) == (i % 2 == 0));
    CHECK(fake.statuses(waiting[i]) == (i % 2 == 0 ? "" : "200,200"));
  }
}

TEST_CASE("an answer from another turn, with nothing corked, leaves at once") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  hold(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  const unsigned before = fake.at(fd).sendCalls;
  CHECK(replyTo(fake.net.loop(), handles[0], "x"));
  CHECK(fake.statuses(fd) == "200");
  CHECK(fake.at(fd).sendCalls == before + 1);
}

TEST_CASE("a connection whose writes fail") {
  for (const ssize_t error : {-EPIPE, -ECONNRESET}) {
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    hold(*fake.server, handles);
    const int fd = fake.connect();
    fake.send(fd, get("/") + get("/parked"));
    fake.at(fd).sends = {error};
    CHECK(replyTo(fake.net.loop(), handles[0], "lost"));
    fake.net.settle();
    CHECK(fake.isClosed(fd));
  }
}

TEST_CASE("tearing the loop down ends what is pending") {
  usk::test::FakeNet net;
  auto server = std::make_unique<TestServer>(net.loop());
  std::vector<ExchangeHandle> handles;
  hold(*server, handles);
  for (int i = 0; i < 3; i++) {
    net.connection(net.connect(server->group())->fd()).input.emplace_back(get("/") + get("/"));
  }
  net.settle();
  CHECK(handles.size() == 3);
  net.destroyLoop();
  CHECK(server->ledger.ended() == 3);
  CHECK(server->ledger.aborts() == 3);
}

namespace {

// A thousand connections, each broken at a random moment.
void breakConnections(std::mt19937 &random) {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  const std::string large(200'000, 'L');
  (*fake.server)->setRoutes(routeTable({{"/large", large}}), true);
  fake.server->onRequest = [&](const RequestEvent &event) {
    switch (random() % 5) {
    case 0:
      handles.push_back(event.exchange.handle());
      break;
    case 1:
      event.exchange.abort();
      break;
    case 2:
      fake.server->watch(event.exchange);
      reply(event.exchange, large);
      break;
    default:
      fake.server->echo(event.exchange);
    }
  };
  const std::string bytes = get("/") + post("/", "body") + postChunked("/") + chunk("abc") +
                            chunk("") + get("/large") + get("/") + postChunked("/large") +
                            chunk(std::string(1000, 'x')) + chunk("") + get("/");
  for (int round = 0; round < 1000; round++) {
    const int fd = fake.connect();
    if (random() % 2 == 0) {
      fake.at(fd).room = random() % 250'000;
    }
    const size_t sent = random() % (bytes.size() + 1);
    const size_t split = sent == 0 ? 0 : random() % sent;
    fake.send(fd, bytes.substr(0, split));
    if (random() % 2 == 0 && !handles.empty()) {
      replyTo(fake.net.loop(), handles.back(), "late");
      handles.pop_back();
    }
    fake.send(fd, bytes.substr(split, sent - split));
    if (!fake.isClosed(fd)) {
      (random() % 2 == 0 ? fake.at(fd).inputError : fake.at(fd).error) = ECONNRESET;
      fake.net.settle();
      REQUIRE(fake.isClosed(fd));
    }
    fake.at(fd).output = {};
  }
  CHECK((*fake.server)->connections() == 0);
  CHECK((*fake.server)->pendingRequests() == 0);
  CHECK(fake.server->ledger.begun() > 1000);
}

} // namespace

// BUNSERVE_ABORT_BATCHES=100 makes it a hundred thousand.
TEST_CASE("ten thousand aborts at random moments leave nothing behind") {
  std::mt19937 random(20251);
  const char *given = std::getenv("BUNSERVE_ABORT_BATCHES");
  const int batches = given != nullptr ? std::atoi(given) : 10;
  for (int batch = 0; batch < batches; batch++) {
    breakConnections(random);
  }
}

// SPDX-License-Identifier: MIT
//
// Everything that time does to a connection, with a clock of the test's own (behaviours 11.5-11.8).
// A timeout of n seconds is over after n, and at most n + 1.
#include "support/fake_server.h"
#include "support/live_server.h"

using namespace uwk;
using namespace uwk::test;

namespace {

ServerOptions idleAfter(unsigned seconds) {
  ServerOptions options = TestServer::withFallback();
  options.idleTimeoutSeconds = seconds;
  return options;
}

// Whether it takes about `seconds` from now until the connection is closed.
void checkClosesIn(FakeServer &fake, int fd, unsigned seconds) {
  fake.net.pass(seconds - 1);
  CHECK_FALSE(fake.isClosed(fd));
  fake.net.pass(2);
  CHECK(fake.isClosed(fd));
}

void hold(FakeServer &fake, ExchangeHandle &handle) {
  fake.server->onRequest = [&handle](const RequestEvent &event) {
    handle = event.exchange.handle();
  };
}

} // namespace

TEST_CASE("a silent connection is closed without a byte, whatever idleTimeout says") {
  for (const unsigned idle : {0u, 1u, 255u}) {
    CAPTURE(idle);
    FakeServer fake(idleAfter(idle));
    const int fd = fake.connect();
    checkClosesIn(fake, fd, Limits::kHeadSeconds);
    CHECK(fake.at(fd).output == "");
  }
}

TEST_CASE("a head that drips in has one deadline, from the start of the connection") {
  FakeServer fake;
  const int fd = fake.connect();
  const std::string head = get("/", "X: " + std::string(200, 'x') + "\r\n");
  for (unsigned second = 0; second < Limits::kHeadSeconds - 1; second++) {
    fake.send(fd, head.substr(second, 1));
    fake.net.pass(1);
    CHECK_FALSE(fake.isClosed(fd));
  }
  fake.net.pass(2);
  CHECK(fake.isClosed(fd));
  CHECK(fake.at(fd).output == "");
}

TEST_CASE("the head of a later request has its deadline from its first byte") {
  FakeServer fake(idleAfter(30));
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.net.pass(20);
  for (unsigned second = 0; second < Limits::kHeadSeconds - 1; second++) {
    fake.send(fd, second == 0 ? "G" : "E");
    fake.net.pass(1);
    CHECK_FALSE(fake.isClosed(fd));
  }
  fake.net.pass(2);
  CHECK(fake.isClosed(fd));
}

TEST_CASE("the deadline of a head does not outlive it") {
  FakeServer fake(idleAfter(60));
  const int fd = fake.connect();
  fake.send(fd, "GET / HTTP/1.1\r\n");
  fake.net.pass(5);
  fake.send(fd, "Host: h\r\n\r\n");
  CHECK(fake.statuses(fd) == "200");
  checkClosesIn(fake, fd, 60);
}

TEST_CASE(
    "an idle keep-alive connection is closed after idleTimeout, each request starts it anew") {
  FakeServer fake(idleAfter(10));
  const int fd = fake.connect();
  for (int i = 0; i < 5; i++) {
    fake.send(fd, get("/"));
    fake.net.pass(8);
    CHECK_FALSE(fake.isClosed(fd));
  }
  fake.send(fd, get("/"));
  checkClosesIn(fake, fd, 10);
  CHECK(fake.statuses(fd) == "200,200,200,200,200,200");
}

TEST_CASE("idleTimeout 0: an idle connection and a pending request may wait for ever") {
  FakeServer fake(idleAfter(0));
  ExchangeHandle handle = 0;
  const int idle = fake.connect();
  fake.send(idle, get("/"));
  hold(fake, handle);
  const int pending = fake.connect();
  fake.send(pending, get("/"));
  fake.net.pass(300);
  CHECK(replyTo(fake.net.loop(), handle, "late"));
  CHECK(fake.statuses(pending) == "200");
  CHECK_FALSE(fake.isClosed(idle));
  CHECK(fake.net.timerDueMs() == 0);
}

TEST_CASE("a pending request is aborted after idleTimeout") {
  FakeServer fake(idleAfter(10));
  ExchangeHandle handle = 0;
  hold(fake, handle);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  // What is pipelined behind it is no sign of life of this one.
  fake.net.pass(5);
  fake.send(fd, get("/parked"));
  checkClosesIn(fake, fd, 5);
  CHECK(fake.server->ledger.aborts() == 1);
  CHECK(fake.at(fd).output == "");
  CHECK_FALSE(replyTo(fake.net.loop(), handle, "late"));
}

TEST_CASE("an exchange's own timeout: shorter, longer, none; the next one has the server's again") {
  for (const unsigned seconds : {3u, 40u, 0u}) {
    CAPTURE(seconds);
    FakeServer fake(idleAfter(10));
    ExchangeHandle handle = 0;
    fake.server->onRequest = [&](const RequestEvent &event) {
      handle = event.exchange.handle();
      if (event.exchange.path() == "/own") {
        event.exchange.setTimeout(seconds);
      }
    };
    const int fd = fake.connect();
    fake.send(fd, get("/own"));
    if (seconds == 3) {
      checkClosesIn(fake, fd, 3);
      continue;
    }
    fake.net.pass(30);
    CHECK(replyTo(fake.net.loop(), handle, "x"));
    fake.send(fd, get("/"));
    checkClosesIn(fake, fd, 10);
  }
  {
    FakeServer fake(idleAfter(10));
    ExchangeHandle handle = 0;
    hold(fake, handle);
    const int fd = fake.connect();
    fake.send(fd, get("/"));
    fake.net.pass(8);
    Exchange::find(fake.net.loop(), handle)->setTimeout(20);
    checkClosesIn(fake, fd, 20);
  }
  {
    FakeServer fake(idleAfter(10));
    ExchangeHandle handle = 0;
    hold(fake, handle);
    const int fd = fake.connect();
    fake.send(fd, get("/"));
    Exchange::find(fake.net.loop(), handle)->setTimeout(1'000'000);
    fake.net.pass(400);
    CHECK_FALSE(fake.isClosed(fd));
  }
}

namespace {

// Enough in `seconds` for a body not to count as silent.
std::string sign(unsigned seconds) {
  return std::string(seconds * Limits::kMinBodyBytesPerSecond, 'x');
}

} // namespace

TEST_CASE("a body that arrives is a sign of life, one that stalls is not") {
  FakeServer fake(idleAfter(10));
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 1000000\r\n"));
  for (int i = 0; i < 10; i++) {
    fake.net.pass(8);
    fake.send(fd, sign(10));
  }
  checkClosesIn(fake, fd, 10);
  CHECK(fake.server->ledger.aborts() == 1);
}

TEST_CASE("a body that drips in has one idle timeout, with or without length, wanted or not") {
  for (const bool chunked : {false, true}) {
    for (const bool wanted : {false, true}) {
      CAPTURE(chunked);
      CAPTURE(wanted);
      FakeServer fake(idleAfter(10));
      fake.server->onRequest = [&](const RequestEvent &event) {
        wanted ? fake.server->collect(event.exchange) : (void)reply(event.exchange, "early");
      };
      const int fd = fake.connect();
      fake.send(fd,
                chunked ? postChunked("/") : request("POST", "/", "Content-Length: 100000\r\n"));
      for (int second = 0; second < 9; second++) {
        fake.net.pass(1);
        fake.send(fd, chunked ? chunk("x") : "x");
        CHECK_FALSE(fake.isClosed(fd));
      }
      fake.net.pass(2);
      CHECK(fake.isClosed(fd));
      CHECK(fake.server->ledger.aborts() == (wanted ? 1 : 0));
    }
  }
}

TEST_CASE("what counts is the rate over the timeout, which a request may set") {
  FakeServer fake(idleAfter(10));
  fake.server->onRequest = [](const RequestEvent &event) { event.exchange.setTimeout(40); };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 10000000\r\n"));
  for (int round = 0; round < 5; round++) {
    fake.net.pass(20);
    fake.send(fd, sign(20));
    fake.net.pass(19);
    fake.send(fd, sign(20));
    CHECK_FALSE(fake.isClosed(fd));
  }
  fake.net.pass(20);
  fake.send(fd, sign(20));
  fake.net.pass(19);
  CHECK_FALSE(fake.isClosed(fd));
  fake.net.pass(2);
  CHECK(fake.isClosed(fd));
}

TEST_CASE("without a timeout a body may drip") {
  FakeServer fake(idleAfter(0));
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 100\r\n"));
  for (int i = 0; i < 20; i++) {
    fake.net.pass(60);
    fake.send(fd, "x");
  }
  CHECK_FALSE(fake.isClosed(fd));
}

TEST_CASE("a client that was held back is given time anew") {
  FakeServer fake(idleAfter(10));
  ExchangeHandle handle = 0;
  hold(fake, handle);
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 1000000\r\n"));
  fake.send(fd, std::string(Limits::kBodyHighWaterMark, 'x'));
  CHECK(fake.socket(fd)->isPaused());
  fake.net.pass(8);
  fake.server->collect(*Exchange::find(fake.net.loop(), handle));
  checkClosesIn(fake, fd, 10);
}

TEST_CASE("a body that is read past has the idle timeout too") {
  FakeServer fake(idleAfter(10));
  fake.server->onRequest = [](const RequestEvent &event) { reply(event.exchange, "early"); };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 100000\r\n"));
  fake.net.pass(8);
  fake.send(fd, sign(10));
  checkClosesIn(fake, fd, 10);
}

TEST_CASE("a slow reader is tolerated, one that takes nothing is closed") {
  FakeServer fake(idleAfter(10));
  const std::string large(500'000, 'L');
  (*fake.server)->setRoutes(routeTable({{"/large", large}}), true);
  const int fd = fake.connect();
  fake.at(fd).room = 10'000;
  fake.send(fd, get("/large"));
  for (int i = 0; i < 20; i++) {
    fake.net.pass(8);
    CHECK_FALSE(fake.isClosed(fd));
    fake.at(fd).room = 10'000;
    fake.net.settle();
  }
  checkClosesIn(fake, fd, 10);
  CHECK(fake.at(fd).output.size() < large.size());
}

TEST_CASE("a slow reader of a copied response is tolerated as well") {
  FakeServer fake(idleAfter(10));
  const std::string body(400'000, 'b');
  fake.server->onRequest = [&](const RequestEvent &event) { reply(event.exchange, body); };
  const int fd = fake.connect();
  fake.at(fd).room = 10'000;
  fake.send(fd, get("/"));
  for (int i = 0; i < 20; i++) {
    fake.net.pass(8);
    CHECK_FALSE(fake.isClosed(fd));
    fake.at(fd).room = 10'000;
    fake.net.settle();
  }
  fake.net.pass(8);
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body == body);
  checkClosesIn(fake, fd, 10);
}

// The kernel reports room only when much of its buffer is free; between two reports it is asked.
TEST_CASE(
    "a reader too slow for the poller is tolerated for as long as the kernel gets rid of bytes") {
  const std::string large(500'000, 'L');
  for (const bool isTcp : {true, false}) {
    CAPTURE(isTcp);
    FakeServer fake(idleAfter(10));
    (*fake.server)->setRoutes(routeTable({{"/large", large}}), true);
    const int fd = fake.connect();
    fake.at(fd).room = 10'000;
    fake.send(fd, get("/large"));
    fake.at(fd).unsent = 10'000;
    for (int i = 0; i < 9; i++) {
      fake.at(fd).unsent -= 1000;
      fake.at(fd).stalledMs = isTcp ? 3000 : -1;
      fake.net.pass(7);
      REQUIRE_FALSE(fake.isClosed(fd));
    }
    fake.at(fd).stalledMs = isTcp ? 10'000 : -1;
    fake.net.pass(isTcp ? 7 : 22);
    CHECK(fake.isClosed(fd));
    CHECK(fake.server->ledger.aborts() == 0);
  }
}

TEST_CASE("an idle connection whose last response is still with the kernel is not idle") {
  FakeServer fake(idleAfter(10));
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.at(fd).unsent = 3;
  fake.at(fd).stalledMs = 2500;
  fake.net.pass(12);
  CHECK_FALSE(fake.isClosed(fd));
  fake.at(fd).unsent = 0;
  fake.net.pass(10);
  CHECK(fake.isClosed(fd));
}

TEST_CASE("real sockets: a reader of some bytes a second keeps its connection, others lose it") {
  LiveServer live(idleAfter(2));
  const std::string large(8'000'000, 'L');
  (*live.server)->setRoutes(routeTable({{"/large", large}}), true);
  Client slow = live.connect(kSmallWindow);
  Client still = live.connect(kSmallWindow);
  live.send(slow, get("/large"));
  live.send(still, get("/large"));
  const size_t both = live.loop->socketCount();
  // Far less in all than what makes the kernel report room.
  size_t taken = 0;
  while (live.loop->socketCount() == both || taken < 800'000) {
    char bytes[20'000];
    const ssize_t count = ::recv(slow.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    taken += count > 0 ? static_cast<size_t>(count) : 0;
    REQUIRE(count != 0);
    live.loop.stepWithoutWaiting();
    ::poll(nullptr, 0, 100);
  }
  CHECK(live.loop->socketCount() == both - 1);
  CHECK(live.loop.until([&] { return slow.receive().received.size() + taken > large.size(); }));
}

TEST_CASE("a refused peer that does not go away is closed after the linger time") {
  FakeServer fake;
  const int fd = fake.connect();
  fake.send(fd, "BAD\r\n\r\n");
  CHECK(fake.statuses(fd) == "400");
  CHECK(fake.at(fd).finSent);
  fake.send(fd, "still here");
  checkClosesIn(fake, fd, usk::Socket::kLingerSeconds);
}

TEST_CASE("an empty server keeps no timer") {
  FakeServer fake;
  CHECK(fake.net.timerDueMs() == 0);
  const int fd = fake.connect();
  CHECK(fake.net.timerDueMs() != 0);
  fake.at(fd).inputEnds = true;
  fake.net.settle();
  CHECK(fake.net.timerDueMs() == 0);
}

// SPDX-License-Identifier: MIT
//
// Every way a response that comes over time can end, and how the client can tell a whole body from
// a part of one.
#include "support/live_server.h"
#include "support/streams.h"

using namespace uwk;
using namespace uwk::test;

TEST_CASE("more or less than the announced length resets the connection") {
  for (const bool more : {true, false}) {
    CAPTURE(more);
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    startAll(*fake.server, handles, "123", 5);
    const int fd = fake.connect();
    fake.send(fd, get("/"));
    if (more) {
      CHECK(writeTo(fake, handles[0], "456") == StreamWrite::Gone);
    } else {
      CHECK_FALSE(endOf(fake, handles[0], "4"));
    }
    CHECK(fake.isClosed(fd));
    CHECK(fake.at(fd).reset);
    CHECK(fake.server->ledger.aborts() == 0);
    CHECK((*fake.server)->pendingRequests() == 0);
  }
}

TEST_CASE("HTTP/1.0: no framing but the end of the connection, a reset before that") {
  for (const bool complete : {true, false}) {
    CAPTURE(complete);
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    startAll(*fake.server, handles, "a");
    const int fd = fake.connect();
    fake.send(fd, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(writeTo(fake, handles[0], "b") == StreamWrite::Ready);
    fake.net.settle();
    CHECK(fake.at(fd).output.find("ransfer-") == std::string::npos);
    CHECK(fake.at(fd).output.find("ontent-") == std::string::npos);
    CHECK(bodyAfterHead(fake.at(fd).output) == "ab");
    if (complete) {
      CHECK(endOf(fake, handles[0], "c"));
      fake.net.settle();
      CHECK(bodyAfterHead(fake.at(fd).output) == "abc");
      CHECK(fake.isClosed(fd));
      CHECK_FALSE(fake.at(fd).reset);
    } else {
      // However it comes: the body must not look complete.
      fake.net.pass(12);
      CHECK(fake.isClosed(fd));
      CHECK(fake.at(fd).reset);
    }
  }
}

TEST_CASE("a client that leaves in the middle of a stream: every way, told once") {
  enum Way : uint8_t { Fin, Reset, Hangup, Pipe, Timeout, Stop, Abort };
  for (const Way way : {Fin, Reset, Hangup, Pipe, Timeout, Stop, Abort}) {
    for (const bool stalled : {false, true}) {
      CAPTURE(way);
      CAPTURE(stalled);
      FakeServer fake;
      std::vector<ExchangeHandle> handles;
      startAll(*fake.server, handles, "first");
      fake.server->onAborted = [&](Exchange &exchange) {
        CHECK(exchange.handle() == handles[0]);
        CHECK(exchange.writeStream("late") == StreamWrite::Gone);
        CHECK_FALSE(exchange.endStream("late"));
        exchange.reset();
        exchange.abort();
      };
      const int fd = fake.connect();
      fake.send(fd, get("/") + get("/never"));
      if (stalled) {
        fake.at(fd).room = 0;
        CHECK(writeTo(fake, handles[0], std::string(100'000, 'x')) == StreamWrite::Full);
      }
      switch (way) {
      case Fin:
        fake.at(fd).inputEnds = true;
        break;
      case Reset:
        fake.at(fd).inputError = ECONNRESET;
        break;
      case Hangup:
        fake.at(fd).hangup = true;
        break;
      case Pipe:
        fake.at(fd).room = SIZE_MAX;
        fake.at(fd).sends = {-EPIPE};
        CHECK(writeTo(fake, handles[0], "x") != StreamWrite::Gone);
        break;
      case Timeout:
        fake.net.pass(12);
        break;
      case Stop:
        (*fake.server)->stop(true);
        break;
      case Abort:
        Exchange::find(fake.net.loop(), handles[0])->abort();
        break;
      }
      fake.net.settle();
      CHECK(fake.isClosed(fd));
      CHECK(fake.server->ledger.aborts() == 1);
      CHECK((*fake.server)->pendingRequests() == 0);
      CHECK(handles.size() == 1);
      CHECK(fake.at(fd).output.find("0\r\n\r\n") == std::string::npos);
      CHECK(writeTo(fake, handles[0], "late") == StreamWrite::Gone);
    }
  }
}

TEST_CASE("reset(): no last chunk, no onAborted, in any phase") {
  for (const bool started : {true, false}) {
    CAPTURE(started);
    FakeServer fake;
    ExchangeHandle handle = 0;
    fake.server->onRequest = [&](const RequestEvent &event) {
      handle = event.exchange.handle();
      if (started) {
        CHECK(event.exchange.startStream(headOf(), -1, "part") == StreamWrite::Ready);
      }
    };
    const int fd = fake.connect();
    fake.send(fd, get("/"));
    Exchange::find(fake.net.loop(), handle)->reset();
    CHECK(fake.isClosed(fd));
    CHECK(fake.at(fd).reset);
    CHECK(fake.server->ledger.aborts() == 0);
    CHECK(fake.server->ledger.ended() == 1);
    CHECK(bodyAfterHead(fake.at(fd).output) == (started ? "4\r\npart\r\n" : "no head"));
  }
}

TEST_CASE("reset() while the handler runs") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    event.exchange.startStream(headOf(), -1, "part");
    event.exchange.reset();
  };
  const int fd = fake.connect();
  fake.send(fd, get("/") + get("/"));
  CHECK(fake.isClosed(fd));
  CHECK(fake.at(fd).output == "");
  CHECK(fake.server->ledger.ended() == 1);
}

TEST_CASE("time: pieces are activity, and so is what a slow client takes; silence is not") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  for (int i = 0; i < 5; i++) {
    fake.net.pass(8);
    CHECK(writeTo(fake, handles[0], "tick") == StreamWrite::Ready);
    fake.net.settle();
  }
  // Writing to a client that takes nothing does not keep it.
  fake.at(fd).room = 0;
  CHECK(writeTo(fake, handles[0], std::string(100'000, 'x')) == StreamWrite::Full);
  fake.net.settle();
  for (int i = 0; i < 3; i++) {
    fake.net.pass(2);
    CHECK(writeTo(fake, handles[0], "y") == StreamWrite::Full);
  }
  // One that takes a little is kept.
  fake.at(fd).room = 10;
  fake.net.pass(8);
  CHECK_FALSE(fake.isClosed(fd));
  fake.net.pass(4);
  CHECK(fake.isClosed(fd));
  CHECK(fake.server->ledger.aborts() == 1);
}

TEST_CASE("without a timeout a silent stream stays") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    event.exchange.setTimeout(0);
    event.exchange.startStream(headOf(), -1, "x");
  };
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.net.pass(300);
  CHECK_FALSE(fake.isClosed(fd));
}

TEST_CASE("a graceful stop waits for streams, then closes their connections") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles, "a");
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  CHECK((*fake.server)->closeIdleConnections() == 0);
  (*fake.server)->stop(false);
  fake.net.settle();
  CHECK_FALSE(fake.isClosed(fd));
  CHECK(endOf(fake, handles[0], "b"));
  fake.net.settle();
  CHECK(fake.statuses(fd) == "200");
  CHECK(fake.replies(fd)[0].body == "ab");
  CHECK(fake.isClosed(fd));
  CHECK(fake.server->stopped());
}

TEST_CASE("a request body that goes wrong does not get into the stream it came behind") {
  for (const bool asked : {true, false}) {
    CAPTURE(asked);
    FakeServer fake;
    ExchangeHandle handle = 0;
    fake.server->onRequest = [&](const RequestEvent &event) {
      handle = event.exchange.handle();
      event.exchange.startStream(headOf(), -1, "a");
      if (asked) {
        fake.server->collect(event.exchange);
      }
    };
    BodyState result = BodyState::None;
    fake.server->onBody = [&](Exchange &, BodyState state, std::string_view) { result = state; };
    const int fd = fake.connect();
    fake.send(fd, postChunked("/") + chunk("x"));
    fake.send(fd, "zz\r\n" + get("/never"));
    CHECK((result == BodyState::Failed) == asked);
    CHECK(endOf(fake, handle, "b"));
    fake.net.settle();
    CHECK(fake.statuses(fd) == "200");
    CHECK(fake.replies(fd)[0].body == "ab");
    CHECK(fake.at(fd).finSent);
  }
}

TEST_CASE("a stream with Connection: close, from either side, ends with FIN") {
  for (const bool client : {true, false}) {
    CAPTURE(client);
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    fake.server->onRequest = [&](const RequestEvent &event) {
      handles.push_back(event.exchange.handle());
      ResponseHead head = headOf(200, client ? "" : "Connection: close\r\n");
      head.closeAfter = !client;
      CHECK(event.exchange.startStream(head, -1, "a") == StreamWrite::Ready);
    };
    const int fd = fake.connect();
    fake.send(fd, get("/", client ? "Connection: close\r\n" : "") + get("/never"));
    CHECK(endOf(fake, handles[0]));
    fake.net.settle();
    CHECK(fake.statuses(fd) == "200");
    CHECK((fake.isClosed(fd) || fake.at(fd).finSent));
    CHECK_FALSE(fake.at(fd).reset);
    CHECK(handles.size() == 1);
  }
}

TEST_CASE("real sockets: a reset stream reaches the client as one") {
  LiveServer live;
  ExchangeHandle handle = 0;
  live.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    event.exchange.startStream(headOf(), -1, "part");
  };
  Client client = live.connect();
  live.send(client, get("/"));
  CHECK(live.loop.until([&] { return client.receive().received.ends_with("part\r\n"); }));
  Exchange::find(*live.loop, handle)->reset();
  CHECK(live.loop.until([&] { return client.receive().error != 0 || client.ended; }));
  CHECK(client.error == ECONNRESET);
}

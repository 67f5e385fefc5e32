// SPDX-License-Identifier: MIT
//
// Response bodies that come over time: their framing, what leaves in one send, and backpressure.
#include "support/live_server.h"
#include "support/streams.h"

#include <initializer_list>

using namespace uwk;
using namespace uwk::test;

TEST_CASE("a stream: head and first piece in one send, each piece a chunk, the end in its send") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles, "first");
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  CHECK(fake.at(fd).sendCalls == 1);
  CHECK(fake.at(fd).output.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(fake.at(fd).output.find("\r\nDate: ") != std::string::npos);
  CHECK(bodyAfterHead(fake.at(fd).output) == "5\r\nfirst\r\n");
  CHECK((*fake.server)->pendingRequests() == 1);

  const size_t before = fake.at(fd).output.size();
  CHECK(writeTo(fake, handles[0], std::string(26, 'x')) == StreamWrite::Ready);
  CHECK(writeTo(fake, handles[0], "") == StreamWrite::Ready);
  CHECK(writeTo(fake, handles[0], "b") == StreamWrite::Ready);
  CHECK(fake.at(fd).output.size() == before);
  fake.net.settle();
  CHECK(fake.at(fd).sendCalls == 2);
  CHECK(fake.at(fd).output.substr(before) == "1a\r\n" + std::string(26, 'x') + "\r\n1\r\nb\r\n");

  CHECK(endOf(fake, handles[0], "last"));
  fake.net.settle();
  CHECK(fake.at(fd).sendCalls == 3);
  CHECK(fake.at(fd).output.ends_with("4\r\nlast\r\n0\r\n\r\n"));
  CHECK((*fake.server)->pendingRequests() == 0);
  CHECK(fake.statuses(fd) == "200");
  CHECK(writeTo(fake, handles[0], "late") == StreamWrite::Gone);
  CHECK_FALSE(endOf(fake, handles[0]));
  CHECK(fake.server->ledger.aborts() == 0);

  fake.send(fd, get("/"));
  CHECK(endOf(fake, handles[1]));
  fake.net.settle();
  CHECK(fake.statuses(fd) == "200,200");
}

TEST_CASE("a piece larger than the cork goes out with its frame in one send") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles, "head");
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  const unsigned sends = fake.at(fd).sendCalls;
  const std::string large(50'000, 'l');
  CHECK(writeTo(fake, handles[0], "small") == StreamWrite::Ready);
  CHECK(writeTo(fake, handles[0], large) == StreamWrite::Ready);
  CHECK(fake.at(fd).sendCalls == sends + 1);
  fake.net.settle();
  CHECK(fake.at(fd).sendCalls == sends + 1);
  CHECK(endOf(fake, handles[0]));
  fake.net.settle();
  const Replies replies = fake.replies(fd);
  CHECK(replies[0].body == "headsmall" + large);
  CHECK(replies[0].chunks == 3);
}

TEST_CASE("streams opened and ended while the handler runs, with fields that pass the cork") {
  FakeServer fake;
  const std::string fields = "X-Long: " + std::string(20'000, 'f') + "\r\n";
  fake.server->onRequest = [&](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    CHECK(exchange.startStream(headOf(203, fields), -1, "a") == StreamWrite::Ready);
    CHECK(exchange.startStream(headOf(), -1, "again") == StreamWrite::Gone);
    CHECK_FALSE(reply(exchange, "second answer"));
    CHECK(exchange.writeStream("b") == StreamWrite::Ready);
    CHECK(exchange.endStream({}));
    CHECK(exchange.writeStream("c") == StreamWrite::Gone);
  };
  const int fd = fake.connect();
  fake.send(fd, get("/") + get("/"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 2);
  CHECK(replies[1].status == 203);
  CHECK(replies[1].body == "ab");
}

TEST_CASE("a length known before is announced, and kept") {
  for (const std::string_view last : {"", "67890"}) {
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    startAll(*fake.server, handles, "123", 10);
    const int fd = fake.connect();
    fake.send(fd, get("/"));
    CHECK(writeTo(fake, handles[0], "45") == StreamWrite::Ready);
    if (last.empty()) {
      CHECK(writeTo(fake, handles[0], "67890") == StreamWrite::Ready);
    }
    CHECK(endOf(fake, handles[0], last));
    fake.net.settle();
    CHECK(fake.replies(fd)[0].field("Content-Length") == "10");
    CHECK(fake.replies(fd)[0].body == "1234567890");
    CHECK(fake.statuses(fd) == "200");
  }
}

TEST_CASE("HTTP/1.0 with a known length") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles, "a", 2);
  const int fd = fake.connect();
  fake.send(fd, "GET / HTTP/1.0\r\n\r\n");
  CHECK(endOf(fake, handles[0], "b"));
  fake.net.settle();
  CHECK(fake.statuses(fd) == "200");
  CHECK(fake.replies(fd)[0].body == "ab");
  CHECK(fake.isClosed(fd));
  CHECK_FALSE(fake.at(fd).reset);
}

TEST_CASE("no stream for HEAD and for statuses without a body; HEAD tells of the chunks") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    for (const uint16_t status : std::initializer_list<uint16_t>{204, 205, 304}) {
      CHECK(exchange.startStream(headOf(status), -1, "x") == StreamWrite::Gone);
    }
    if (exchange.path() == "/head") {
      CHECK(exchange.startStream(headOf(), -1, "x") == StreamWrite::Gone);
    }
    ResponseHead head = headOf();
    head.chunked = true;
    CHECK(exchange.respond(head, {}));
  };
  const int fd = fake.connect();
  fake.send(fd, request("HEAD", "/head") + get("/"));
  const Replies replies = fake.replies(fd, "HG");
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].head == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  CHECK(replies[1].field("Content-Length") == "0");

  const int old = fake.connect();
  fake.send(old, "HEAD /head HTTP/1.0\r\n\r\n");
  CHECK(fake.at(old).output == "HTTP/1.1 200 OK\r\n\r\n");
}

TEST_CASE("a client that takes nothing stops the producer; it is told when to go on") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  unsigned writable = 0;
  fake.server->onWritable = [&](Exchange &exchange) {
    writable++;
    CHECK(exchange.handle() == handles[0]);
  };
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.at(fd).room = 0;
  const std::string piece(10'000, 'p');
  size_t pieces = 0;
  while (writeTo(fake, handles[0], piece) == StreamWrite::Ready && pieces < 100) {
    pieces++;
    fake.net.settle();
  }
  pieces++;
  CHECK(pieces * piece.size() > Limits::kStreamHighWaterMark);
  CHECK(pieces * piece.size() < Limits::kStreamHighWaterMark + 2 * piece.size());
  // What is written all the same is kept, and changes nothing.
  CHECK(writeTo(fake, handles[0], "x") == StreamWrite::Full);
  fake.at(fd).room = 30'000;
  fake.net.settle();
  CHECK(writable == 0);
  CHECK(writeTo(fake, handles[0], "y") == StreamWrite::Full);
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(writable == 1);
  CHECK(writeTo(fake, handles[0], "z") == StreamWrite::Ready);
  fake.net.settle();
  CHECK(writable == 1);
  CHECK(endOf(fake, handles[0]));
  fake.net.settle();
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body.size() == pieces * piece.size() + 3);
}

TEST_CASE("a short wait of the kernel is nothing to the producer") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  fake.server->onWritable = [&](Exchange &) { CHECK(false); };
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  fake.at(fd).sends = {3, 0};
  CHECK(writeTo(fake, handles[0], "0123456789") == StreamWrite::Ready);
  turns(fake);
  CHECK(endOf(fake, handles[0]));
  turns(fake);
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == "0123456789");
}

TEST_CASE("pieces written from onWritable leave together") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  fake.server->onWritable = [&](Exchange &exchange) {
    const unsigned sends = fake.at(fake.net.kFirstFd).sendCalls;
    for (int i = 0; i < 3; i++) {
      CHECK(exchange.writeStream("w") == StreamWrite::Ready);
    }
    CHECK(exchange.endStream({}));
    CHECK(fake.at(fake.net.kFirstFd).sendCalls == sends);
  };
  const int fd = fake.connect();
  REQUIRE(fd == fake.net.kFirstFd);
  fake.send(fd, get("/"));
  fake.at(fd).room = 0;
  CHECK(writeTo(fake, handles[0], std::string(100'000, 'x')) == StreamWrite::Full);
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body.ends_with("xwww"));
}

TEST_CASE("requests behind a stream wait for its end, in order") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/1") + get("/2"));
  fake.send(fd, get("/3"));
  CHECK(handles.size() == 1);
  for (size_t i = 0; i < 3; i++) {
    REQUIRE(handles.size() == i + 1);
    CHECK(writeTo(fake, handles[i], std::to_string(i)) == StreamWrite::Ready);
    fake.net.settle();
    REQUIRE(handles.size() == i + 1);
    CHECK(endOf(fake, handles[i]));
    fake.net.settle();
  }
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 3);
  CHECK(replies[2].body == "2");
}

TEST_CASE("a stream that is still draining holds the next request back, too") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/1") + get("/2"));
  fake.at(fd).room = 0;
  CHECK(endOf(fake, handles[0], std::string(100'000, 'x')));
  fake.net.settle();
  CHECK(handles.size() == 1);
  CHECK((*fake.server)->pendingRequests() == 1);
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(handles.size() == 2);
  CHECK(fake.statuses(fd) == "200 and more");
}

TEST_CASE("a request body that comes while the response streams") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    CHECK(event.exchange.startStream(headOf(), -1, "early;") == StreamWrite::Ready);
    fake.server->collect(event.exchange);
  };
  fake.server->onBody = [&](Exchange &exchange, BodyState state, std::string_view bytes) {
    CHECK(state == BodyState::Complete);
    CHECK(exchange.writeStream(bytes) == StreamWrite::Ready);
    CHECK(exchange.endStream({}));
  };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/") + chunk("body"));
  CHECK(bodyAfterHead(fake.at(fd).output) == "6\r\nearly;\r\n");
  fake.send(fd, chunk("-rest") + chunk("") + get("/after"));
  CHECK(fake.replies(fd)[0].body == "early;body-rest");
}

TEST_CASE("every way a kernel can take a stream in pieces") {
  for (const ssize_t piece : {1, 7, 1000, 60'000}) {
    FakeServer fake;
    std::vector<ExchangeHandle> handles;
    startAll(*fake.server, handles, "first");
    const int fd = fake.connect();
    fake.at(fd).sends = {piece, 0, piece, 0, 0, piece, 0, piece};
    fake.send(fd, get("/"));
    std::string expected = "first";
    for (size_t i = 0; i < 6; i++) {
      const std::string part(i * 7000 + 1, static_cast<char>('a' + i));
      expected += part;
      writeTo(fake, handles[0], part);
      fake.net.turn();
    }
    CHECK(endOf(fake, handles[0]));
    turns(fake);
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].body == expected);
  }
}

TEST_CASE("real sockets: sixteen megabytes in pieces to a slow client, with bounded memory") {
  LiveServer live;
  constexpr size_t kTotal = 16'000'000;
  const std::string piece(40'000, 'p');
  ExchangeHandle handle = 0;
  size_t written = 0;
  size_t fulls = 0;
  auto produce = [&](Exchange &exchange) {
    while (written < kTotal) {
      written += piece.size();
      if (exchange.writeStream(piece) == StreamWrite::Full) {
        fulls++;
        return;
      }
    }
    CHECK(exchange.endStream({}));
  };
  live.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    CHECK(event.exchange.startStream(headOf(), -1, {}) == StreamWrite::Ready);
    produce(event.exchange);
  };
  live.server->onWritable = [&](Exchange &exchange) { produce(exchange); };
  Client client = live.connect(kSmallWindow);
  live.send(client, get("/"));
  for (int i = 0; i < 100; i++) {
    live.loop.stepWithoutWaiting();
  }
  // What the kernel holds for loopback, and the high-water mark.
  CHECK(written < 10'000'000);
  const Replies replies = live.read(client, 1);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body.size() == kTotal);
  CHECK(fulls > 1);
}

TEST_CASE("a flush sends at once what would wait for the end of the turn") {
  FakeServer fake;
  std::vector<ExchangeHandle> handles;
  startAll(*fake.server, handles);
  const int fd = fake.connect();
  fake.send(fd, get("/"));
  CHECK(writeTo(fake, handles[0], "now") == StreamWrite::Ready);
  Exchange::find(fake.net.loop(), handles[0])->flushStream();
  CHECK(bodyAfterHead(fake.at(fd).output) == "3\r\nnow\r\n");
  CHECK(writeTo(fake, handles[0], "more") == StreamWrite::Ready);
  CHECK(endOf(fake, handles[0]));
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body == "nowmore");
}

// SPDX-License-Identifier: MIT
//
// Request bodies in pieces: what a puller sees wherever the bytes are cut, backpressure, giving up,
// and what a callback may do to the exchange it is called for.
#include "support/fake_server.h"
#include "support/live_server.h"

#include <algorithm>
#include <vector>

using namespace uwk;
using namespace uwk::test;

namespace {

// Pulls until the end, taking at most `take` bytes at a time, and answers with all of it.
struct Puller {
  explicit Puller(TestServer &testServer, size_t takeAtOnce = SIZE_MAX)
      : server(testServer), take(takeAtOnce) {
    server.onRequest = [this](const RequestEvent &event) {
      got.clear();
      pump(event.exchange);
    };
    server.onBodyNews = [this](Exchange &exchange, BodyState state) {
      if (state == BodyState::Failed) {
        fault = exchange.bodyFault();
        return;
      }
      CHECK(state == exchange.bodyState());
      pump(exchange);
    };
  }
  void pump(Exchange &exchange) {
    while (!exchange.bodyBytes().empty()) {
      const std::string_view bytes = exchange.bodyBytes().substr(0, take);
      got.append(bytes);
      pieces++;
      exchange.consumeBody(bytes.size());
    }
    if (exchange.bodyState() == BodyState::Complete) {
      exchange.consumeBody(0);
    }
    if (exchange.bodyState() != BodyState::Partial) {
      CHECK_FALSE(exchange.pullBody());
      reply(exchange, got);
    } else {
      CHECK(server.pull(exchange));
    }
  }

  TestServer &server;
  size_t take;
  std::string got;
  size_t pieces = 0;
  BodyFault fault = BodyFault::None;
};

void feedMegabyte(FakeServer &fake, int fd) {
  for (int i = 0; i < 100; i++) {
    fake.at(fd).input.emplace_back(std::string(10'000, static_cast<char>('a' + i % 26)));
  }
  fake.net.settle();
}

} // namespace

TEST_CASE("a puller gets every byte, cut anywhere, taken in any portion") {
  const std::string inputs[] = {
      post("/", "hello world") + get("/"),
      postChunked("/") + chunk("hello") + chunk(" ") + chunk("world") + chunk("") + get("/"),
      postChunked("/") + chunk("") + get("/"),
      postChunked("/") + "5;x=y\r\nhello\r\n0\r\nX-Trailer: z\r\n\r\n" + get("/"),
  };
  const char *const bodies[] = {"hello world", "hello world", "", "hello"};
  FakeServer fake;
  for (const size_t take : {size_t{1}, size_t{3}, SIZE_MAX}) {
    Puller puller(*fake.server, take);
    for (size_t i = 0; i < std::size(inputs); i++) {
      for (size_t cut = 0; cut < inputs[i].size(); cut++) {
        CAPTURE(i);
        CAPTURE(cut);
        const int fd = fake.connect();
        if (cut > 0) {
          fake.send(fd, std::string_view(inputs[i]).substr(0, cut));
        }
        fake.send(fd, std::string_view(inputs[i]).substr(cut));
        const Replies replies = fake.replies(fd);
        REQUIRE(replies.size() == 2);
        REQUIRE(replies[0].body == bodies[i]);
        REQUIRE(replies[1].body == "");
        fake.at(fd).inputEnds = true;
        fake.net.settle();
      }
      const int fd = fake.connect();
      for (const char byte : inputs[i]) {
        fake.send(fd, {&byte, 1});
      }
      CHECK(fake.replies(fd)[0].body == bodies[i]);
    }
  }
}

TEST_CASE("a pull is answered once; between pulls the body is kept, above the mark held back") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  std::vector<BodyState> news;
  fake.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    fake.server->pull(event.exchange);
  };
  fake.server->onBodyNews = [&](Exchange &, BodyState state) { news.push_back(state); };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 1000000\r\n"));
  CHECK(news.empty());
  feedMegabyte(fake, fd);
  CHECK(news == std::vector{BodyState::Partial});
  CHECK(fake.socket(fd)->isPaused());
  CHECK(fake.at(fd).input.size() > 70);

  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  REQUIRE(exchange != nullptr);
  std::string got;
  unsigned rounds = 0;
  while (exchange->bodyState() == BodyState::Partial ||
         exchange->bodyState() == BodyState::Complete) {
    REQUIRE(rounds++ < 1000);
    const std::string_view bytes = exchange->bodyBytes();
    CHECK(bytes.size() <= Limits::kBodyHighWaterMark + 10'000);
    CHECK_FALSE(exchange->pullBody());
    got.append(bytes.substr(0, 50'000));
    exchange->consumeBody(50'000);
    fake.net.settle();
  }
  CHECK(got.size() == 1'000'000);
  CHECK(got.substr(990'000) == std::string(10'000, 'v'));
  CHECK(news.size() == 1);
  CHECK(reply(*exchange, "done"));
  fake.send(fd, get("/next"));
}

TEST_CASE("pulling, then the rest as a whole") {
  FakeServer fake;
  std::string first;
  fake.server->onRequest = [&](const RequestEvent &event) { fake.server->pull(event.exchange); };
  fake.server->onBodyNews = [&](Exchange &exchange, BodyState state) {
    if (state == BodyState::Partial) {
      first = std::string(exchange.takeBody().view());
      fake.server->collect(exchange);
    } else {
      reply(exchange, first + "," + std::string(exchange.takeBody().view()));
    }
  };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/"));
  for (const char *piece : {"a", "b", "c"}) {
    fake.send(fd, chunk(piece));
  }
  CHECK(fake.at(fd).output == "");
  fake.send(fd, chunk(""));
  CHECK(fake.replies(fd)[0].body == "a,bc");
}

TEST_CASE("part of a body that came with its head waits where it was received") {
  FakeServer fake;
  std::string seen;
  fake.server->onRequest = [&](const RequestEvent &event) {
    CHECK(event.exchange.bodyState() == BodyState::Partial);
    const BodyBytes bytes = event.exchange.takeBody();
    seen = std::string(bytes.view());
    fake.server->collect(event.exchange);
  };
  fake.server->onBodyNews = [&](Exchange &exchange, BodyState) {
    reply(exchange, seen + "," + std::string(exchange.takeBody().view()));
  };
  const int fd = fake.connect();
  fake.send(fd, post("/", "abcdef").substr(0, post("/", "abcdef").size() - 3));
  fake.send(fd, "def");
  CHECK(fake.replies(fd)[0].body == "abc,def");
}

TEST_CASE("a discarded body is read past, within the limit, and the next request is intact") {
  ServerOptions options = TestServer::withFallback();
  options.maxRequestBodyBytes = 300'000;
  FakeServer fake(options);
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    event.exchange.discardBody();
    CHECK(event.exchange.bodyState() != BodyState::Partial);
    CHECK(event.exchange.takeBody().view() == "");
    CHECK_FALSE(event.exchange.pullBody());
  };
  const std::string bytes(10'000, 'x');
  for (const size_t count : {size_t{1}, size_t{30}}) {
    const int fd = fake.connect();
    fake.send(fd, postChunked("/"));
    for (size_t i = 0; i < count; i++) {
      fake.send(fd, chunk(bytes));
    }
    CHECK_FALSE(fake.socket(fd)->isPaused());
    CHECK(replyTo(fake.net.loop(), handle, "kept"));
    fake.send(fd, chunk("") + get("/next"));
    CHECK(replyTo(fake.net.loop(), handle, "next"));
    fake.net.settle();
    CHECK(fake.statuses(fd) == "200,200");
  }
  const int over = fake.connect();
  fake.send(over, postChunked("/"));
  for (size_t i = 0; i < 31; i++) {
    fake.send(over, chunk(bytes));
  }
  CHECK(fake.statuses(over) == "413");
  CHECK_FALSE(replyTo(fake.net.loop(), handle, "late"));

  // Of what was held back and of a body that is complete.
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  const int held = fake.connect();
  fake.send(held, request("POST", "/", "Content-Length: 300000\r\n") + std::string(299'999, 'x'));
  CHECK(fake.socket(held)->isPaused());
  Exchange::find(fake.net.loop(), handle)->discardBody();
  CHECK_FALSE(fake.socket(held)->isPaused());
  CHECK(replyTo(fake.net.loop(), handle, "kept"));
  fake.send(held, "x" + post("/", "whole"));
  Exchange::find(fake.net.loop(), handle)->discardBody();
  CHECK(replyTo(fake.net.loop(), handle, "kept"));
  CHECK(fake.statuses(held) == "200,200");
}

TEST_CASE("why a body fails: too large, malformed, the client left") {
  ServerOptions options = TestServer::withFallback();
  options.maxRequestBodyBytes = 10;
  FakeServer fake(options);
  Puller puller(*fake.server);
  const int large = fake.connect();
  fake.send(large, postChunked("/") + chunk("0123456789"));
  fake.send(large, chunk("x"));
  CHECK(puller.fault == BodyFault::TooLarge);
  CHECK(fake.statuses(large) == "413");

  const int malformed = fake.connect();
  fake.send(malformed, postChunked("/") + chunk("01"));
  fake.send(malformed, "zz\r\n");
  CHECK(puller.fault == BodyFault::Gone);
  CHECK(fake.statuses(malformed) == "400");

  puller.fault = BodyFault::None;
  const int left = fake.connect();
  fake.send(left, postChunked("/") + chunk("01"));
  fake.at(left).inputEnds = true;
  fake.net.settle();
  CHECK(puller.fault == BodyFault::Gone);

  // Also when nobody waits at that moment.
  ExchangeHandle handle = 0;
  BodyFault later = BodyFault::None;
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  fake.server->onAborted = [&](Exchange &exchange) { later = exchange.bodyFault(); };
  const int unread = fake.connect();
  fake.send(unread, postChunked("/") + chunk("0123456789"));
  fake.send(unread, chunk("x"));
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  REQUIRE(exchange != nullptr);
  CHECK(exchange->bodyState() == BodyState::Failed);
  CHECK(exchange->bodyFault() == BodyFault::TooLarge);
  CHECK_FALSE(exchange->isOpen());
  CHECK_FALSE(exchange->pullBody());
  fake.at(unread).inputEnds = true;
  fake.net.settle();
  CHECK(later == BodyFault::TooLarge);
}

TEST_CASE("whatever a callback does to its exchange") {
  enum class Act { Answer, AnswerLarge, Abort, Stop, StopByForce, Discard, Take, Nothing, End };
  const std::string large(300'000, 'L');
  for (int act = 0; act < static_cast<int>(Act::End); act++) {
    for (const bool chunked : {false, true}) {
      for (const bool whole : {false, true}) {
        CAPTURE(act);
        CAPTURE(chunked);
        CAPTURE(whole);
        FakeServer fake;
        fake.server->onRequest = [&](const RequestEvent &event) {
          if (event.exchange.path() == "/next") {
            reply(event.exchange, "next");
          } else if (whole) {
            fake.server->collect(event.exchange);
          } else {
            fake.server->pull(event.exchange);
          }
        };
        fake.server->onBodyNews = [&](Exchange &exchange, BodyState) {
          const std::string_view bytes = exchange.bodyBytes();
          switch (static_cast<Act>(act)) {
          case Act::Answer:
            reply(exchange, "answer");
            break;
          case Act::AnswerLarge:
            reply(exchange, large);
            break;
          case Act::Abort:
            exchange.abort();
            break;
          case Act::Stop:
            (*fake.server)->stop(false);
            break;
          case Act::StopByForce:
            (*fake.server)->stop(true);
            break;
          case Act::Discard:
            exchange.discardBody();
            break;
          case Act::Take:
            (void)exchange.takeBody();
            break;
          default:
            break;
          }
          // Whatever happened, asking again is harmless.
          (void)bytes;
          (void)exchange.takeBody();
          if (Exchange::find(fake.net.loop(), exchange.handle()) != nullptr) {
            (void)fake.server->pull(exchange);
          }
          exchange.discardBody();
        };
        const int fd = fake.connect();
        fake.send(fd, chunked ? postChunked("/") : request("POST", "/", "Content-Length: 6\r\n"));
        fake.send(fd, chunked ? chunk("ab") + chunk("c") : "abc");
        fake.send(fd, (chunked ? chunk("def") + chunk("") : "def") + get("/next"));
        fake.at(fd).inputEnds = true;
        fake.net.settle();
      }
    }
  }
}

TEST_CASE("bytes that were taken are not kept until the exchange ends") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  const int fd = fake.connect();
  const std::string body(200'000, 'b');
  fake.send(fd, post("/", body));
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  REQUIRE(exchange != nullptr);
  {
    BodyBytes bytes = exchange->takeBody();
    CHECK(bytes.view() == body);
    void *block = bytes.release();
    REQUIRE(block != nullptr);
    CHECK(bytes.view() == body);
    std::free(block); // ours alone: a second owner would be found by the sanitizer
  }
  CHECK(exchange->bodyBytes() == "");
  CHECK(reply(*exchange, "done"));
}

TEST_CASE("sixteen megabytes to a puller that takes its time, over a real connection") {
  LiveServer live;
  Puller puller(*live.server, 100'000);
  std::string body;
  body.reserve(16'000'000);
  while (body.size() < 16'000'000) {
    body += std::to_string(body.size());
  }
  Client client = live.connect(kSmallWindow);
  live.send(client, postChunked("/") + chunk(body) + chunk(""));
  const Replies replies = live.read(client, 1);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == body);
  CHECK(puller.pieces >= 160);
}

TEST_CASE("an echo: the request body goes on while its response is being streamed") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    CHECK(event.exchange.startStream({}, -1, {}) == StreamWrite::Ready);
    CHECK(fake.server->pull(event.exchange));
  };
  fake.server->onBodyNews = [&](Exchange &exchange, BodyState state) {
    const std::string bytes(exchange.takeBody().view());
    if (state == BodyState::Complete) {
      CHECK(exchange.endStream(bytes));
    } else {
      CHECK(exchange.writeStream(bytes) == StreamWrite::Ready);
      CHECK(fake.server->pull(exchange));
    }
  };
  const int fd = fake.connect();
  for (int round = 1; round <= 2; round++) {
    fake.send(fd, postChunked("/"));
    fake.send(fd, chunk("one"));
    CHECK(fake.at(fd).output.ends_with("3\r\none\r\n"));
    fake.send(fd, chunk("two") + chunk(""));
    CHECK(fake.replies(fd).size() == static_cast<size_t>(round));
  }
  CHECK(fake.replies(fd)[1].body == "onetwo");
}

// SPDX-License-Identifier: MIT
//
// Request bodies: whole, in pieces, collected, dropped, over the limit, held back at the high-water
// mark, and abandoned (behaviours 3.9, 4.14, 4.15, 5.7, 7.9, 11.1-11.4).
#include "support/fake_server.h"
#include "support/live_server.h"

using namespace uwk;
using namespace uwk::test;

namespace {

ServerOptions limited(uint64_t limit) {
  ServerOptions options = TestServer::withFallback();
  options.maxRequestBodyBytes = limit;
  return options;
}

constexpr std::string_view kTooLarge =
    "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\n\r\n";
constexpr std::string_view kTooMuch = "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n";

} // namespace

TEST_CASE("a body that came with its head is complete when the handler starts, and taken once") {
  FakeServer fake;
  fake.server->onRequest = [](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    CHECK(event.hasBody);
    CHECK(exchange.bodyState() == BodyState::Complete);
    const std::string body(exchange.takeBody().view());
    CHECK(exchange.bodyState() == BodyState::Taken);
    CHECK(exchange.takeBody().view() == "");
    reply(exchange, body);
  };
  const int fd = fake.connect();
  fake.send(fd, post("/", "first") + postChunked("/") + chunk("sec") + chunk("ond") + chunk(""));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].body == "first");
  CHECK(replies[1].body == "second");
}

TEST_CASE("a complete body outlives the handler when the answer comes later") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  const int fd = fake.connect();
  fake.send(fd, post("/", "still here") + get("/next"));
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  REQUIRE(exchange != nullptr);
  CHECK(exchange->bodyState() == BodyState::Complete);
  CHECK(exchange->rawHead() == "");
  CHECK_FALSE(exchange->isDispatching());
  const BodyBytes body = exchange->takeBody();
  CHECK(body.view() == "still here");
  reply(*exchange, body.view());
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body == "still here");
}

TEST_CASE("a body in pieces is collected") {
  FakeServer fake;
  for (const bool chunked : {false, true}) {
    CAPTURE(chunked);
    const int fd = fake.connect();
    fake.send(fd, chunked ? postChunked("/") : request("POST", "/", "Content-Length: 6\r\n"));
    fake.send(fd, chunked ? chunk("abc") : "abc");
    CHECK(fake.at(fd).output == "");
    fake.send(fd, chunked ? chunk("def") + chunk("") : "def");
    CHECK(fake.replies(fd)[0].body == "abcdef");
    fake.send(fd, get("/next"));
    CHECK(fake.replies(fd)[1].body == "/next");
  }
}

TEST_CASE("asking for a body that is complete, absent or taken is answered by nothing") {
  FakeServer fake;
  fake.server->onRequest = [&](const RequestEvent &event) {
    event.exchange.collectBody();
    reply(event.exchange, event.exchange.takeBody().view());
  };
  const int fd = fake.connect();
  fake.send(fd, post("/", "x") + get("/") + post("/", ""));
  CHECK(fake.statuses(fd) == "200,200,200");
}

TEST_CASE("five megabytes up, collected and sent back") {
  LiveServer live;
  std::string body;
  while (body.size() < 5'000'000) {
    body += std::to_string(body.size());
  }
  Client client = live.connect();
  const Replies replies = live.talk(client, post("/", body));
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == body);
  CHECK(live.isOpen(client));
}

TEST_CASE("an unread body is dropped, whenever it comes; the next request is intact") {
  FakeServer fake;
  fake.server->onRequest = [](const RequestEvent &event) {
    reply(event.exchange, event.exchange.path());
  };
  for (const bool chunked : {false, true}) {
    CAPTURE(chunked);
    const std::string head =
        chunked ? postChunked("/a") : request("POST", "/a", "Content-Length: 20\r\n");
    const std::string body =
        chunked ? chunk("0123456789") + chunk("0123456789") + chunk("") : "01234567890123456789";
    const int fd = fake.connect();
    fake.send(fd, head + body + get("/b"));
    fake.send(fd, head);
    for (const char byte : body) {
      fake.send(fd, {&byte, 1});
    }
    fake.send(fd, get("/c"));
    CHECK(fake.statuses(fd) == "200,200,200,200");
    CHECK(fake.replies(fd)[3].body == "/c");
  }
}

TEST_CASE("a GET or HEAD body has no meaning: not shown, not limited, read past") {
  FakeServer fake(limited(10));
  fake.server->onRequest = [](const RequestEvent &event) {
    CHECK_FALSE(event.hasBody);
    CHECK(event.exchange.bodyState() == BodyState::None);
    reply(event.exchange, "");
  };
  const int fd = fake.connect();
  fake.send(fd, request("GET", "/", "Content-Length: 20\r\n") + "01234567890123456789" +
                    request("HEAD", "/", "Transfer-Encoding: chunked\r\n") +
                    chunk("01234567890123456789") + chunk("") + get("/"));
  CHECK(fake.statuses(fd) == "200,200,200");
}

TEST_CASE("a declared length over the limit is refused before the handler, one at it is not") {
  FakeServer fake(limited(10));
  const int fd = fake.connect();
  fake.send(fd, post("/", "0123456789"));
  CHECK(fake.statuses(fd) == "200");
  fake.send(fd, request("POST", "/", "Content-Length: 11\r\n"));
  CHECK(fake.at(fd).output.ends_with(kTooLarge));
  CHECK(fake.at(fd).finSent);
  CHECK(fake.server->ledger.begun() == 1);
}

TEST_CASE("a limit of zero lets only empty bodies pass") {
  FakeServer fake(limited(0));
  const int fd = fake.connect();
  fake.send(fd, post("/", "") + postChunked("/") + chunk("") + post("/", "x"));
  CHECK(fake.statuses(fd) == "200,200,413");
}

TEST_CASE("chunks over the limit: refused when whole, aborted when the handler waits") {
  FakeServer fake(limited(10));
  std::vector<BodyState> states;
  fake.server->onBody = [&](Exchange &, BodyState state, std::string_view) {
    states.push_back(state);
  };
  const int whole = fake.connect();
  fake.send(whole, postChunked("/") + chunk("01234567890") + chunk(""));
  CHECK(fake.at(whole).output == kTooMuch);
  CHECK(fake.server->ledger.begun() == 0);

  const int parts = fake.connect();
  fake.send(parts, postChunked("/") + chunk("0123456789"));
  CHECK(fake.at(parts).output == "");
  fake.send(parts, chunk("x"));
  CHECK(fake.at(parts).output == kTooMuch);
  CHECK(states == std::vector{BodyState::Failed});
  fake.at(parts).inputEnds = true;
  fake.net.settle();
  CHECK(fake.isClosed(parts));
  CHECK(fake.server->ledger.aborts() == 1);
}

TEST_CASE("no answer gets out after the refusal, wherever the handler tries") {
  FakeServer fake(limited(10));
  fake.server->onBody = [](Exchange &exchange, BodyState, std::string_view) {
    CHECK_FALSE(reply(exchange, "late"));
    exchange.collectBody();
    exchange.setTimeout(5);
  };
  fake.server->onAborted = [](Exchange &exchange) {
    CHECK_FALSE(reply(exchange, "later"));
    exchange.abort();
  };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/") + chunk("0123456789"));
  fake.send(fd, chunk("x"));
  fake.at(fd).inputEnds = true;
  fake.net.settle();
  CHECK(fake.at(fd).output == kTooMuch);
}

TEST_CASE("malformed chunks: before the answer a refusal, after it the refusal follows") {
  FakeServer fake;
  fake.server->onRequest = [](const RequestEvent &event) { reply(event.exchange, "early"); };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/"));
  fake.send(fd, "zz\r\n" + get("/never"));
  CHECK(fake.statuses(fd) == "200,400");
  CHECK(fake.at(fd).finSent);
  CHECK(fake.server->ledger.begun() == 1);
  CHECK(fake.server->ledger.aborts() == 0);
}

TEST_CASE("a static route takes no body and has no limit") {
  LiveServer live(limited(10));
  (*live.server)->setRoutes(routeTable({{"/static", "fixed"}}), true);
  Client client = live.connect();
  // In one piece with its head, more than the server reads past after an answer.
  live.send(client, post("/static", std::string(200'000, 'x')));
  CHECK(live.read(client, 1).statuses() == "200");
  CHECK(live.isOpen(client));

  Client large = live.connect();
  std::string bytes = post("/static", std::string(3'000'000, 'x'));
  Replies replies;
  live.loop.until([&] {
    bytes.erase(0, bytes.empty() ? 0 : large.send(bytes));
    return replies.update(large.receive().received) > 0 || large.ended || large.error != 0;
  });
  CHECK(replies.statuses() == "200");
}

TEST_CASE("a body whose first half megabyte comes with the head does not cost the answer") {
  FakeServer fake;
  (*fake.server)->setRoutes(routeTable({{"/static", "fixed"}}), true);
  for (const char *path : {"/static", "/handler"}) {
    const int fd = fake.connect();
    fake.send(fd, request("GET", path, "Transfer-Encoding: chunked\r\n") +
                      chunk(std::string(400'000, 'x')));
    CHECK(fake.statuses(fd) == "200");
    fake.send(fd, chunk(std::string(1000, 'x')) + chunk("") + get("/next"));
    CHECK(fake.statuses(fd) == "200,200");
  }
}

TEST_CASE("after the answer no more than the linger limit is read past, when less may be sent") {
  FakeServer fake(limited(10));
  fake.server->onRequest = [](const RequestEvent &event) { reply(event.exchange, "early"); };
  const int fd = fake.connect();
  fake.send(fd, postChunked("/"));
  std::string sent;
  while (!fake.at(fd).finSent && sent.size() < 1'000'000) {
    sent += std::string(10'000, 'x');
    fake.send(fd, chunk(std::string(10'000, 'x')));
  }
  CHECK(sent.size() <= usk::Socket::kLingerBytes + 10'000);
  CHECK(fake.statuses(fd) == "200");

  // A length that says so beforehand ends the connection with the answer.
  const int declared = fake.connect();
  fake.send(declared, request("GET", "/", "Content-Length: 1000000\r\n"));
  CHECK(fake.statuses(declared) == "200");
  CHECK(fake.at(declared).finSent);
}

TEST_CASE("a body that may be sent is read past after the answer: the connection lives") {
  FakeServer roomy(limited(1'000'000));
  roomy.server->onRequest = [](const RequestEvent &event) { reply(event.exchange, "early"); };
  for (const bool chunked : {false, true}) {
    const int kept = roomy.connect();
    roomy.send(kept,
               chunked ? postChunked("/") : request("POST", "/", "Content-Length: 1000000\r\n"));
    for (int i = 0; i < 100; i++) {
      const std::string bytes(10'000, 'x');
      roomy.send(kept, chunked ? chunk(bytes) : bytes);
    }
    roomy.send(kept, (chunked ? chunk("") : "") + get("/next"));
    CHECK(roomy.statuses(kept) == "200,200");
  }
}

TEST_CASE("a body nobody asks for is held back at the high-water mark") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 1000000\r\n"));
  for (int i = 0; i < 100; i++) {
    fake.at(fd).input.emplace_back(std::string(10'000, static_cast<char>('a' + i % 26)));
  }
  fake.net.settle();
  CHECK(fake.socket(fd)->isPaused());
  CHECK(fake.at(fd).input.size() > 70);
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  REQUIRE(exchange != nullptr);
  CHECK(exchange->bodyState() == BodyState::Partial);

  fake.server->collect(*exchange);
  fake.net.settle();
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 1);
  REQUIRE(replies[0].body.size() == 1'000'000);
  CHECK(replies[0].body.substr(990'000) == std::string(10'000, 'v'));
  fake.send(fd, get("/next"));
}

TEST_CASE("an answer lifts the pause and the rest of the body is dropped") {
  FakeServer fake;
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) {
    handle = event.exchange.handle();
    if (event.exchange.path() == "/next") {
      reply(event.exchange, "next");
    }
  };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 400000\r\n"));
  for (int i = 0; i < 40; i++) {
    fake.at(fd).input.emplace_back(std::string(10'000, 'x'));
  }
  fake.net.settle();
  CHECK(fake.socket(fd)->isPaused());
  CHECK(replyTo(fake.net.loop(), handle, "enough"));
  fake.send(fd, get("/next"));
  CHECK(fake.statuses(fd) == "200,200");
}

TEST_CASE("a client that leaves in the middle of its body") {
  FakeServer fake;
  std::string log;
  fake.server->onBody = [&](Exchange &exchange, BodyState state, std::string_view bytes) {
    log += state == BodyState::Failed && bytes.empty() ? "failed " : "?";
    // Too late for everything.
    CHECK_FALSE(reply(exchange, "late"));
    CHECK(exchange.bodyState() == BodyState::Failed);
  };
  fake.server->onAborted = [&](Exchange &) { log += "aborted "; };
  fake.server->onEnded = [&](ExchangeHandle) { log += "ended "; };
  const int fd = fake.connect();
  fake.send(fd, request("POST", "/", "Content-Length: 10\r\n") + "12345");
  fake.at(fd).inputEnds = true;
  fake.net.settle();
  CHECK(log == "aborted failed ended ");
  CHECK(fake.isClosed(fd));
  CHECK(fake.at(fd).output == "");
}

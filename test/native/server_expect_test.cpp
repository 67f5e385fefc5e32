// SPDX-License-Identifier: MIT
//
// Expect: 100-continue (RFC 9110 section 10.1.1): the 100 goes out when the body is first wanted,
// so that a handler can refuse before it is sent; a client that was told nothing is not kept.
#include "support/fake_server.h"

using namespace uwk;
using namespace uwk::test;

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string expecting(std::string_view path, std::string_view fields = "Content-Length: 2\r\n") {
  return request("POST", path, std::string(fields) + "Expect: 100-Continue\r\n");
}

// Answers at once, or pulls, collects or waits, as the path says.
void serve(FakeServer &fake) {
  fake.server->onRequest = [&fake](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    if (exchange.path() == "/collect") {
      fake.server->collect(exchange);
    } else if (exchange.path() == "/pull") {
      fake.server->pull(exchange);
    } else if (exchange.path() == "/discard") {
      exchange.discardBody();
      reply(exchange, "discarded");
    } else if (exchange.path() != "/wait") {
      reply(exchange, "early");
    }
  };
}

} // namespace

TEST_CASE("100 is sent when the body is asked for, once") {
  FakeServer fake;
  serve(fake);
  for (const char *path : {"/collect", "/pull"}) {
    CAPTURE(path);
    const int fd = fake.connect();
    fake.send(fd, expecting(path));
    CHECK(fake.at(fd).output == kContinue);
    fake.send(fd, "ok");
    CHECK(fake.statuses(fd) == "100+200");
    CHECK(fake.replies(fd)[1].body == "ok");
    fake.send(fd, expecting(path, "Transfer-Encoding: chunked\r\n"));
    fake.send(fd, chunk("ok") + chunk("") + get("/next"));
    CHECK(fake.statuses(fd) == "100+200,100+200,200");
  }
}

TEST_CASE("a body that has begun is not asked for") {
  FakeServer fake;
  serve(fake);
  for (const char *path : {"/collect", "/pull"}) {
    CAPTURE(path);
    const int fd = fake.connect();
    fake.send(fd, expecting(path) + "o");
    fake.send(fd, "k");
    CHECK(fake.statuses(fd).find("100") == std::string::npos);
  }
  // Nor one that came while the handler thought about it.
  ExchangeHandle handle = 0;
  fake.server->onRequest = [&](const RequestEvent &event) { handle = event.exchange.handle(); };
  const int fd = fake.connect();
  fake.send(fd, expecting("/"));
  fake.send(fd, "o");
  fake.server->collect(*Exchange::find(fake.net.loop(), handle));
  fake.send(fd, "k");
  CHECK(fake.statuses(fd) == "200");
}

TEST_CASE("an answer without a 100 ends the connection: what comes next could be either") {
  FakeServer fake;
  serve(fake);
  (*fake.server)->setRoutes(routeTable({{"/static", "fixed"}}), true);
  for (const char *path : {"/early", "/static", "/discard"}) {
    CAPTURE(path);
    const int fd = fake.connect();
    fake.send(fd, expecting(path));
    CHECK(fake.statuses(fd) == "200");
    CHECK(fake.at(fd).finSent);
    fake.send(fd, get("/never"));
    CHECK(fake.statuses(fd) == "200");
  }
  // With the first byte of the body it is clear.
  const int begun = fake.connect();
  fake.send(begun, expecting("/early") + "o");
  fake.send(begun, "k" + get("/next"));
  CHECK(fake.statuses(begun) == "200,200");
}

TEST_CASE("no 100 before a refusal, into a response, or without a body") {
  ServerOptions options = TestServer::withFallback();
  options.maxRequestBodyBytes = 10;
  FakeServer fake(options);
  serve(fake);
  const int large = fake.connect();
  fake.send(large, expecting("/collect", "Content-Length: 11\r\n"));
  CHECK(fake.statuses(large) == "413");

  const int none = fake.connect();
  fake.send(none, get("/early", "Expect: 100-continue\r\n") +
                      expecting("/early", "Content-Length: 0\r\n") + get("/early"));
  CHECK(fake.statuses(none) == "200,200,200");

  const int unknown = fake.connect();
  fake.send(unknown, request("POST", "/collect", "Content-Length: 2\r\nExpect: tea\r\n"));
  CHECK(fake.at(unknown).output == "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\n\r\n");

  const int old = fake.connect();
  fake.send(old, "POST /collect HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(fake.at(old).output == "");
  fake.send(old, "ok");
  CHECK(fake.statuses(old) == "200");
}

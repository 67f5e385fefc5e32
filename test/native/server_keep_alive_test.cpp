// SPDX-License-Identifier: MIT
//
// One connection, one request after the other: what is sent back, and what keeps the connection
// open or ends it (behaviours 1-3, 7).
#include "support/live_server.h"

using namespace uwk;
using namespace uwk::test;

TEST_CASE("a handler's answer, byte for byte") {
  LiveServer live;
  live.server->onRequest = [](const RequestEvent &event) {
    reply(event.exchange, "hello", 200, "content-type: text/plain\r\n");
  };
  Client client = live.connect();
  const Replies replies = live.talk(client, get("/"));
  REQUIRE(replies.size() == 1);
  const std::string date(live.loop->date());
  CHECK(replies[0].head == "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nDate: " +
                               replies[0].field("Date") + "\r\nContent-Length: 5\r\n\r\n");
  CHECK(replies[0].field("Date").size() == date.size());
  CHECK(replies[0].body == "hello");
}

TEST_CASE("a connection is used for many requests and handles never repeat") {
  LiveServer live;
  std::vector<ExchangeHandle> handles;
  live.server->onRequest = [&](const RequestEvent &event) {
    handles.push_back(event.exchange.handle());
    reply(event.exchange, event.exchange.path());
  };
  Client client = live.connect();
  for (int i = 0; i < 100; i++) {
    client.received.clear();
    const std::string path = "/" + std::to_string(i);
    const Replies replies = live.talk(client, get(path));
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].body == path);
  }
  std::sort(handles.begin(), handles.end());
  CHECK(std::unique(handles.begin(), handles.end()) == handles.end());
  CHECK((*live.server)->connections() == 1);
  CHECK((*live.server)->pendingRequests() == 0);
}

TEST_CASE("what the handler sees of the request") {
  LiveServer live;
  live.server->onRequest = [&](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    CHECK(exchange.isDispatching());
    CHECK(exchange.rawHead() == get("/a/%62?x=1", "X-One: 1\r\nX-Two: a\r\nx-two: b\r\n"));
    CHECK(exchange.path() == "/a/%62");
    CHECK(exchange.query() == "x=1");
    CHECK(exchange.host() == "h");
    size_t count = 0;
    CHECK(exchange.header("x-ONE", count) == "1");
    CHECK(count == 1);
    CHECK(exchange.header("X-Two", count) == "a");
    CHECK(count == 2);
    CHECK(exchange.header("X-Three", count) == "");
    CHECK(count == 0);
    CHECK(event.route == kNoRoute);
    CHECK_FALSE(event.hasBody);
    CHECK(exchange.bodyState() == BodyState::None);
    CHECK(&exchange.server() == &**live.server);
    CHECK(exchange.remoteAddress().length > 0);
    reply(exchange, "");
    CHECK(exchange.rawHead().data() != nullptr);
  };
  Client client = live.connect();
  CHECK(live.talk(client, get("/a/%62?x=1", "X-One: 1\r\nX-Two: a\r\nx-two: b\r\n")).size() == 1);
}

TEST_CASE("routes: handlers by id, params, static, negative, fallback and 404") {
  LiveServer live;
  auto table = std::make_unique<RouteTable>();
  CHECK(table->addHandler(kAnyMethod, "/users/:id", 7) == RouteError::None);
  StaticRoute fixed;
  fixed.body = "fixed";
  CHECK(table->addStatic(kAnyMethod, "/static", fixed) == RouteError::None);
  CHECK(table->addNegative("/users/none") == RouteError::None);
  table->freeze();
  (*live.server)->setRoutes(std::move(table), true);
  live.server->onRequest = [](const RequestEvent &event) {
    const std::string param(event.match.paramCount > 0 ? event.match.param(0) : "");
    reply(event.exchange, std::to_string(event.route) + param);
  };
  Client client = live.connect();
  Replies replies =
      live.talk(client, get("/users/ann") + get("/static") + get("/users/none") + get("/other"), 4);
  REQUIRE(replies.size() == 4);
  CHECK(replies[0].body == "7ann");
  CHECK(replies[1].body == "fixed");
  CHECK(replies[2].body == std::to_string(kNoRoute));
  CHECK(replies[3].body == std::to_string(kNoRoute));

  (*live.server)->setRoutes(nullptr, false);
  client.received.clear();
  replies = live.talk(client, get("/users/ann") + "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 2, "GH");
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].head == "HTTP/1.1 404 Not Found\r\nDate: " + replies[0].field("Date") +
                               "\r\nContent-Length: 0\r\n\r\n");
  CHECK(replies[1].status == 404);
  CHECK(live.isOpen(client) == false); // nothing serves /probe
}

TEST_CASE("HEAD: no body, no Date, a lower-case length; bodyless statuses keep the Date") {
  LiveServer live;
  live.server->onRequest = [](const RequestEvent &event) {
    const auto status = static_cast<uint16_t>(std::stoi(std::string(event.exchange.query())));
    reply(event.exchange, "body", status);
  };
  Client client = live.connect();
  std::string requests;
  for (const char *status : {"200", "204", "205", "304"}) {
    requests += std::string("HEAD /?") + status + " HTTP/1.1\r\nHost: h\r\n\r\n";
    requests += get(std::string("/?") + status);
  }
  const Replies replies = live.talk(client, requests, 8, "HGHGHGHG");
  REQUIRE(replies.size() == 8);
  CHECK(replies[0].head == "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
  CHECK(replies[1].body == "body");
  CHECK(replies[2].field("Date") != "-");
  CHECK(replies[3].field("Content-Length") == "-");
  CHECK(replies[5].field("Content-Length") == "0");
  CHECK(replies[7].head ==
        "HTTP/1.1 304 Not Modified\r\nDate: " + replies[7].field("Date") + "\r\n\r\n");
}

TEST_CASE("a HEAD answer declares a length of its own, a Date of the application's replaces ours") {
  LiveServer live;
  live.server->onRequest = [](const RequestEvent &event) {
    ResponseHead head;
    head.fields = "Date: mine\r\n";
    head.hasDate = true;
    head.declaredLength = 1234;
    event.exchange.respond(head, {});
  };
  Client client = live.connect();
  const Replies replies = live.talk(client, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 1, "H");
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].head == "HTTP/1.1 200 OK\r\nDate: mine\r\ncontent-length: 1234\r\n\r\n");
}

TEST_CASE("what ends a connection: the client's close, HTTP/1.0, the application's close") {
  struct {
    const char *request;
    bool closes;
  } const cases[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: CLOSE\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, close\r\n\r\n", true},
      {"GET / HTTP/1.0\r\n\r\n", true},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
      {"GET /close HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET /static-close HTTP/1.1\r\nHost: h\r\n\r\n", true},
  };
  LiveServer live;
  auto table = std::make_unique<RouteTable>();
  StaticRoute route;
  route.fields = "Connection: close\r\n";
  route.closeAfter = true;
  route.body = "bye";
  CHECK(table->addStatic(kAnyMethod, "/static-close", route) == RouteError::None);
  table->freeze();
  (*live.server)->setRoutes(std::move(table), true);
  live.server->onRequest = [](const RequestEvent &event) {
    ResponseHead head;
    if (event.exchange.path() == "/close") {
      head.fields = "Connection: close\r\n";
      head.closeAfter = true;
    }
    ResponseBody body;
    body.bytes = "/probe";
    event.exchange.respond(head, body);
  };
  for (const auto &one : cases) {
    CAPTURE(one.request);
    Client client = live.connect();
    const Replies replies = live.talk(client, one.request);
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].status == 200);
    if (one.closes) {
      live.readToEnd(client);
    } else {
      CHECK(live.isOpen(client));
    }
  }
}

TEST_CASE(
    "what follows a request that says close is not served, and the client sees FIN, not RST") {
  LiveServer live;
  Client client = live.connect();
  // More than one read of the server takes: the rest is in the kernel when the answer is out.
  std::string bytes = get("/last", "Connection: close\r\n");
  while (bytes.size() < 700'000) {
    bytes += get("/never");
  }
  live.loop.until([&] {
    bytes.erase(0, client.send(bytes));
    return bytes.empty() || client.receive().ended;
  });
  const Replies replies = live.readToEnd(client);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == "/last");
  CHECK(live.server->ledger.begun() == 1);
}

TEST_CASE("a request in pieces is answered like one that came whole") {
  LiveServer live;
  Client client = live.connect();
  const std::string request = get("/pieces", "X: " + std::string(300, 'y') + "\r\n");
  for (const char byte : request) {
    live.send(client, {&byte, 1});
    live.loop.stepWithoutWaiting();
  }
  const Replies replies = live.read(client, 1);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].body == "/pieces");
}

TEST_CASE("many connections at once keep their answers apart") {
  LiveServer live;
  std::vector<Client> clients;
  for (int i = 0; i < 200; i++) {
    clients.push_back(live.connect());
  }
  for (int round = 0; round < 5; round++) {
    for (size_t i = 0; i < clients.size(); i++) {
      clients[i].received.clear();
      live.send(clients[i], get("/" + std::to_string(i)));
    }
    for (size_t i = 0; i < clients.size(); i++) {
      const Replies replies = live.read(clients[i], 1);
      REQUIRE(replies.size() == 1);
      CHECK(replies[0].body == "/" + std::to_string(i));
    }
  }
  CHECK((*live.server)->connections() == 200);
}

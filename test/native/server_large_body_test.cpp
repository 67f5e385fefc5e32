// SPDX-License-Identifier: MIT
//
// Response bodies that do not fit into one send: from their owner's memory without a copy, from the
// back buffer, and what may happen to either while a slow client reads.
#include "support/fake_server.h"
#include "support/live_server.h"

#include <numeric>

using namespace uwk;
using namespace uwk::test;

namespace {

// Memory of an application that may move or shrink while it is being sent.
struct Owned {
  explicit Owned(size_t size) : bytes(size, '\0') {
    std::iota(bytes.begin(), bytes.end(), char{0});
    sent = bytes;
  }
  bool respond(Exchange &exchange, uint16_t status = 200) {
    ResponseHead head;
    head.status = status;
    ResponseBody body;
    body.bytes = bytes;
    body.owner = this;
    body.release = [](void *owner) { static_cast<Owned *>(owner)->released++; };
    body.refresh = [](void *owner) -> std::string_view {
      auto &self = *static_cast<Owned *>(owner);
      self.refreshed++;
      // Elsewhere each time: the old place is poisoned by the sanitizer.
      self.bytes = std::string(self.bytes);
      self.bytes.shrink_to_fit();
      return self.bytes;
    };
    return exchange.respond(head, body);
  }

  std::string bytes;
  std::string sent;
  unsigned released = 0;
  unsigned refreshed = 0;
};

void onlyOnce(FakeServer &fake, Owned &owned) {
  fake.server->onRequest = [&](const RequestEvent &event) {
    if (event.exchange.path() == "/large") {
      CHECK(owned.respond(event.exchange));
    } else {
      reply(event.exchange, event.exchange.path());
    }
  };
}

} // namespace

TEST_CASE("sixteen megabytes from the owner's memory to a slow client") {
  LiveServer live;
  Owned owned(16'000'000);
  live.server->onRequest = [&](const RequestEvent &event) {
    if (event.exchange.path() == "/large") {
      CHECK(owned.respond(event.exchange));
      CHECK(owned.released == 0);
    } else {
      reply(event.exchange, event.exchange.path());
    }
  };
  Client client = live.connect(kSmallWindow);
  live.send(client, get("/large") + get("/after"));
  for (int i = 0; i < 100; i++) {
    live.loop.stepWithoutWaiting();
  }
  CHECK(owned.released == 0);
  CHECK((*live.server)->pendingRequests() == 1);
  const Replies replies = live.read(client, 2);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].body == owned.sent);
  CHECK(replies[1].body == "/after");
  CHECK(owned.released == 1);
  CHECK(owned.refreshed > 0);
}

TEST_CASE("five megabytes from memory that is gone after the call") {
  LiveServer live;
  std::string expected(5'000'000, '\0');
  std::iota(expected.begin(), expected.end(), char{0});
  live.server->onRequest = [&](const RequestEvent &event) {
    reply(event.exchange, std::string(expected));
  };
  Client client = live.connect(kSmallWindow);
  const Replies replies = live.talk(client, get("/") + get("/"), 2);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].body == expected);
  CHECK(replies[1].body == expected);
}

TEST_CASE("owned bodies that need not wait are released before respond() returns") {
  FakeServer fake;
  Owned small(100);
  Owned large(1'000'000);
  Owned unsent(1'000'000);
  fake.server->onRequest = [&](const RequestEvent &event) {
    Exchange &exchange = event.exchange;
    if (exchange.path() == "/small") {
      small.respond(exchange);
      CHECK(small.released == 1);
    } else if (exchange.path() == "/large") {
      large.respond(exchange);
      CHECK(large.released == 1);
    } else {
      const unsigned before = unsent.released;
      unsent.respond(exchange, exchange.path() == "/204" ? 204 : 200);
      CHECK(unsent.released == before + 1);
      CHECK_FALSE(unsent.respond(exchange));
      CHECK(unsent.released == before + 2);
    }
  };
  const int fd = fake.connect();
  fake.send(fd, get("/small") + get("/large") + get("/204") + request("HEAD", "/"));
  const Replies replies = fake.replies(fd, "GGGH");
  REQUIRE(replies.size() == 4);
  CHECK(replies[1].body == large.sent);
  CHECK(replies[3].field("content-length") == "1000000");
  CHECK(unsent.refreshed == 0);
}

TEST_CASE("every way a kernel can take a large body in pieces") {
  Owned owned(200'000);
  for (const ssize_t piece : {1, 100, 70'000, 199'999}) {
    FakeServer fake;
    onlyOnce(fake, owned);
    const int fd = fake.connect();
    fake.at(fd).sends = {piece, 0, piece, 0, 0, piece};
    fake.send(fd, get("/large") + get("/after"));
    // A turn in which the kernel takes nothing looks like the end to settle().
    for (int turn = 0; turn < 10; turn++) {
      fake.net.turn();
    }
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].body == owned.sent);
    CHECK(replies[1].body == "/after");
  }
}

TEST_CASE("memory that was taken back resets the connection; a short body would look whole") {
  for (const size_t taken : {size_t{0}, size_t{50'000}}) {
    CAPTURE(taken);
    FakeServer fake;
    Owned owned(1'000'000);
    onlyOnce(fake, owned);
    const int fd = fake.connect();
    // The head alone may have left, or part of the body.
    fake.at(fd).room = taken;
    fake.send(fd, get("/large"));
    CHECK(owned.refreshed == 0);
    owned.bytes.clear();
    owned.bytes.shrink_to_fit();
    fake.at(fd).room = SIZE_MAX;
    fake.net.settle();
    CHECK(fake.isClosed(fd));
    CHECK(fake.at(fd).reset);
    CHECK(owned.released == 1);
    CHECK(owned.refreshed == 1);
    CHECK(fake.at(fd).output.size() < 1000 + taken);
  }
}

TEST_CASE("a client that leaves while a large body is being sent") {
  FakeServer fake;
  Owned owned(1'000'000);
  onlyOnce(fake, owned);
  for (const int error : {ECONNRESET, EPIPE}) {
    const unsigned before = owned.released;
    const int fd = fake.connect();
    fake.at(fd).room = 100'000;
    fake.send(fd, get("/large") + get("/never"));
    CHECK(owned.released == before);
    if (error == EPIPE) {
      fake.at(fd).sends = {-EPIPE};
    } else {
      fake.at(fd).inputError = ECONNRESET;
    }
    fake.net.settle();
    CHECK(fake.isClosed(fd));
    CHECK(owned.released == before + 1);
  }
}

TEST_CASE("a half-closed client gets its large body and then the end") {
  FakeServer fake;
  Owned owned(1'000'000);
  onlyOnce(fake, owned);
  const int fd = fake.connect();
  fake.at(fd).room = 100'000;
  fake.send(fd, get("/large"));
  fake.at(fd).inputEnds = true;
  fake.net.settle();
  CHECK_FALSE(fake.isClosed(fd));
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body == owned.sent);
  CHECK(fake.isClosed(fd));
}

TEST_CASE("a graceful stop lets a large body finish, a forced one does not") {
  for (const bool isStatic : {true, false}) {
    for (const bool force : {false, true}) {
      CAPTURE(isStatic);
      CAPTURE(force);
      FakeServer fake;
      Owned owned(1'000'000);
      onlyOnce(fake, owned);
      if (isStatic) {
        (*fake.server)->setRoutes(routeTable({{"/large", owned.sent}}), true);
      }
      const int fd = fake.connect();
      fake.at(fd).room = 100'000;
      fake.send(fd, get("/large"));
      CHECK((*fake.server)->closeIdleConnections() == 0);
      (*fake.server)->stop(force);
      fake.net.settle();
      CHECK(fake.isClosed(fd) == force);
      CHECK(fake.server->stopped() == force);
      fake.at(fd).room = SIZE_MAX;
      fake.net.settle();
      CHECK(fake.isClosed(fd));
      CHECK(fake.server->stopped());
      CHECK(fake.replies(fd).size() == (force ? 0 : 1));
      CHECK(owned.released == (isStatic ? 0 : 1));
    }
  }
}

TEST_CASE(
    "nothing gets into a large body: not what is refused behind it, nor a refusal of its own") {
  const std::string behind[] = {
      get("/after"),
      "BAD\r\n\r\n",
      postChunked("/after") + "zz",
      get("/after", "Connection: close\r\n") + "garbage",
  };
  const char *const expected[] = {"200,200", "200,400", "200,400", "200,200"};
  Owned owned(300'000);
  for (const bool isStatic : {true, false}) {
    for (size_t i = 0; i < std::size(behind); i++) {
      CAPTURE(isStatic);
      CAPTURE(behind[i]);
      FakeServer fake;
      onlyOnce(fake, owned);
      if (isStatic) {
        (*fake.server)->setRoutes(routeTable({{"/large", owned.sent}}), true);
      }
      const int fd = fake.connect();
      fake.at(fd).room = 100'000;
      fake.send(fd, get("/large") + behind[i].substr(0, 5));
      fake.send(fd, behind[i].substr(5));
      CHECK(fake.server->ledger.begun() == (isStatic ? 0 : 1));
      fake.at(fd).room = SIZE_MAX;
      fake.net.settle();
      CHECK(fake.statuses(fd) == expected[i]);
      CHECK(fake.replies(fd)[0].body == owned.sent);
    }
  }
}

TEST_CASE("a request body that goes wrong while its response is being sent ends after that") {
  Owned owned(300'000);
  for (const bool isStatic : {true, false}) {
    for (const bool malformed : {true, false}) {
      CAPTURE(isStatic);
      CAPTURE(malformed);
      FakeServer fake;
      onlyOnce(fake, owned);
      if (isStatic) {
        (*fake.server)->setRoutes(routeTable({{"/large", owned.sent}}), true);
      }
      const int fd = fake.connect();
      fake.at(fd).room = 100'000;
      fake.send(fd, postChunked("/large") + chunk("x"));
      if (malformed) {
        fake.send(fd, "zz\r\n");
      } else {
        for (int i = 0; i < 40; i++) {
          fake.send(fd, chunk(std::string(10'000, 'x')));
        }
      }
      fake.send(fd, get("/never"));
      CHECK_FALSE(fake.isClosed(fd));
      fake.at(fd).room = SIZE_MAX;
      fake.net.settle();
      CHECK(fake.statuses(fd) == "200");
      CHECK(fake.replies(fd)[0].body == owned.sent);
      CHECK(fake.at(fd).finSent);
    }
  }
}

TEST_CASE("a static body outlives its table while it is being sent") {
  FakeServer fake;
  const std::string large(300'000, 'L');
  (*fake.server)->setRoutes(routeTable({{"/large", large}}), true);
  const int fd = fake.connect();
  fake.at(fd).room = 100'000;
  fake.send(fd, get("/large"));
  (*fake.server)->setRoutes(nullptr, true);
  fake.net.settle();
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.replies(fd)[0].body == large);
}

TEST_CASE("a request body is not kept while its large response is being sent") {
  FakeServer fake;
  Owned owned(1'000'000);
  onlyOnce(fake, owned);
  const int fd = fake.connect();
  fake.at(fd).room = 100'000;
  fake.send(fd, request("POST", "/large", "Content-Length: 200000\r\n"));
  for (int i = 0; i < 20; i++) {
    fake.send(fd, std::string(10'000, 'x'));
  }
  CHECK_FALSE(fake.socket(fd)->isPaused());
  fake.at(fd).room = SIZE_MAX;
  fake.send(fd, get("/after"));
  CHECK(fake.statuses(fd) == "200,200");
}

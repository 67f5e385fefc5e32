// SPDX-License-Identifier: MIT
//
// Requests that the embedder puts off for the end of the turn: which ones it may, that it is asked
// for them before their client is taken for gone, and that their heads can be read from a copy.
#include "support/fake_server.h"

#include <uwk/RequestHead.h>

#include <vector>

using namespace uwk;
using namespace uwk::test;

namespace {

// Puts everything off and answers at the end of the turn.
struct PuttingOff {
  explicit PuttingOff(FakeServer &fake) : loop(fake.net.loop()) {
    fake.server->onRequest = [this](const RequestEvent &event) {
      mayWait += event.mayWait ? 'y' : 'n';
      handles.push_back(event.exchange.handle());
    };
    fake.server->onCatchUp = [this] {
      mayWait += 'c';
      answer();
    };
    loop.onTurnEnd([](void *user) { static_cast<PuttingOff *>(user)->answer(); }, this);
  }
  ~PuttingOff() { loop.onTurnEnd(nullptr, nullptr); }
  PuttingOff(const PuttingOff &) = delete;
  PuttingOff &operator=(const PuttingOff &) = delete;

  void answer() {
    for (const ExchangeHandle handle : std::exchange(handles, {})) {
      if (Exchange *exchange = Exchange::find(loop, handle)) {
        reply(*exchange, "late");
      }
    }
  }

  usk::Loop &loop;
  std::vector<ExchangeHandle> handles;
  std::string mayWait;
};

} // namespace

TEST_CASE("what may be put off: nothing follows it, it has no body and is no upgrade") {
  struct Case {
    std::string bytes;
    std::string_view mayWait;
  };
  const Case cases[] = {
      {get("/"), "y"},
      {get("/") + get("/"), "ny"},
      {get("/") + "GET / HT", "n"},
      {post("/", "body"), "n"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "n"},
  };
  for (const Case &one : cases) {
    CAPTURE(one.bytes);
    FakeServer fake;
    const PuttingOff late(fake);
    fake.send(fake.connect(), one.bytes);
    CHECK(late.mayWait == one.mayWait);
  }
}

TEST_CASE("an answer at the end of the turn is one like any other") {
  FakeServer fake;
  const PuttingOff late(fake);
  const int first = fake.connect();
  const int second = fake.connect();
  fake.at(first).input.emplace_back(get("/1"));
  fake.send(second, get("/2"));
  CHECK(fake.statuses(first) == "200");
  CHECK(fake.statuses(second) == "200");
  fake.send(first, get("/3") + get("/4"));
  CHECK(fake.statuses(first) == "200,200,200");
  CHECK_FALSE(fake.isClosed(first));
}

TEST_CASE("a client that ends its side behind its request gets the answer first") {
  // With a hangup both are read in one go.
  for (const bool hangup : {false, true}) {
    CAPTURE(hangup);
    FakeServer fake;
    const PuttingOff late(fake);
    const int fd = fake.connect();
    fake.at(fd).inputEnds = true;
    fake.at(fd).hangup = hangup;
    fake.send(fd, get("/"));
    CHECK(late.mayWait == (hangup ? "yc" : "y"));
    CHECK(fake.statuses(fd) == "200");
    CHECK(fake.isClosed(fd));
    CHECK(fake.server->ledger.aborts() == 0);
  }
}

TEST_CASE("a head that was copied reads as the exchange did") {
  RequestHead head;
  std::string raw = "GET http://b:1/p/%41?q=1 HTTP/1.1\r\nHost: b:1\r\nX-One: 1\r\nx-two: 2\r\n"
                    "X-TWO: 3\r\n\r\n";
  const size_t size = raw.size();
  raw.append(16, '\0');
  REQUIRE(head.parse(std::string_view(raw).substr(0, size)));
  CHECK(head.path() == "/p/%41");
  CHECK(head.query() == "q=1");
  CHECK(head.host() == "b:1");
  size_t count = 0;
  CHECK(head.header("x-one", count) == "1");
  CHECK(count == 1);
  CHECK(head.header("x-two", count) == "2");
  CHECK(count == 2);
  CHECK(head.header("x-three", count).empty());
  CHECK(count == 0);
  CHECK_FALSE(head.parse(std::string_view(raw).substr(0, size - 1)));
  CHECK_FALSE(head.parse("nonsense\r\n\r\n                "));
}

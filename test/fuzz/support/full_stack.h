// SPDX-License-Identifier: MIT
//
// The server under the full-stack fuzzer: handlers that do whatever a byte tells them, and the
// account of what each connection must have got. Knows nothing of the fuzzer's instructions.
#pragma once

#include "require.h"
#include "support/fake_net.h"
#include "support/replies.h"
#include "support/test_server.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

using uwk::BodyState;
using uwk::Exchange;
using uwk::ExchangeHandle;

// A body in memory of its own, freed when it is released; a use after that is the sanitizer's to
// find, and so is a body that never is.
struct OwnedBody {
  std::string bytes;
  std::vector<OwnedBody *> &all; // those that were not released yet
  bool takenBack = false;

  static void release(void *owner) {
    auto *body = static_cast<OwnedBody *>(owner);
    std::erase(body->all, body);
    delete body;
  }
  static std::string_view refresh(void *owner) {
    auto &body = *static_cast<OwnedBody *>(owner);
    if (body.takenBack) {
      return {};
    }
    body.bytes = std::string(body.bytes); // elsewhere each time
    return body.bytes;
  }
};

// The body of the n-th answer says so, so that bytes of another one in it are seen.
inline std::string bodyOf(unsigned id, size_t size) {
  std::string body = std::to_string(id) + ";";
  body.reserve(size);
  while (body.size() < size) {
    body.append(body, 0, size - body.size());
  }
  body.resize(size);
  return body;
}

class FullStack {
public:
  FullStack() : server(net.loop(), options()) {
    server.onRequest = [this](const uwk::RequestEvent &event) { onRequest(event); };
    server.onBodyNews = [this](Exchange &exchange, BodyState state) { onBody(exchange, state); };
    server.onWritable = [this](Exchange &exchange) {
      require(streams.count(exchange.handle()) != 0, "only streams are told to go on");
      feedStream(exchange, mode);
    };
    server.onAborted = [this](Exchange &exchange) {
      if (streams.count(exchange.handle()) != 0) {
        // A client that leaves in the middle of one gets no end of it.
        mayCut(open[exchange.handle()].fd);
        require(exchange.writeStream("x") == uwk::StreamWrite::Gone, "an aborted stream is over");
        require(!exchange.endStream("x"), "an aborted stream has no end");
      }
      if ((mode & 0x40) != 0) {
        require(!answer(exchange), "an aborted exchange takes no answer");
        exchange.abort();
        exchange.collectBody();
        exchange.discardBody();
        require(!exchange.pullBody(), "nothing is left to pull");
      }
    };
    server.onEnded = [this](ExchangeHandle handle) { onEnded(handle); };
    setRoutes(0);
  }
  FullStack(const FullStack &) = delete;
  FullStack &operator=(const FullStack &) = delete;

  int connect() {
    const int fd = net.connect(server.group())->fd();
    accounts[fd] = {};
    return fd;
  }

  void setRoutes(uint8_t variant) {
    if (variant % 3 == 2) {
      server->setRoutes(nullptr, variant % 2 == 0);
      return;
    }
    static const std::string large = bodyOf(0, 60'000);
    static const std::string small = bodyOf(0, 10);
    auto table = std::make_unique<uwk::RouteTable>();
    uwk::StaticRoute fixed;
    // Hashing bodies would take most of the time.
    fixed.fields = "ETag: \"e\"\r\n";
    fixed.etag = "\"e\"";
    fixed.body = small;
    (void)table->addStatic(uwk::kAnyMethod, "/static", fixed);
    fixed.body = large;
    (void)table->addStatic(uwk::kAnyMethod, "/large", fixed);
    (void)table->addHandler(uwk::kAnyMethod, variant % 3 == 0 ? "/h/:id" : "/*", 0);
    table->freeze();
    server->setRoutes(std::move(table), variant % 3 == 0);
  }

  // Answers the exchange that waits longest, or another one.
  void answerWaiting(uint8_t selector) {
    if (waiting.empty()) {
      return;
    }
    const auto at = waiting.begin() + static_cast<std::ptrdiff_t>(selector % waiting.size());
    const ExchangeHandle handle = *at;
    waiting.erase(at);
    if (Exchange *exchange = Exchange::find(net.loop(), handle)) {
      streams.count(handle) != 0 ? feedStream(*exchange, selector >> 3)
                                 : act(*exchange, selector >> 3);
    }
  }

  // Also those that wait for a body without a timeout of their own.
  void answerAll() {
    waiting.clear();
    std::vector<ExchangeHandle> handles;
    for (const auto &[handle, exchange] : open) {
      handles.push_back(handle);
    }
    for (const ExchangeHandle handle : handles) {
      Exchange *exchange = Exchange::find(net.loop(), handle);
      if (exchange != nullptr && streams.count(handle) == 0) {
        answer(*exchange);
        exchange = Exchange::find(net.loop(), handle);
      }
      if (exchange != nullptr && streams.count(handle) != 0) {
        endStream(*exchange);
      }
    }
  }

  void takeBodiesBack() {
    mayCutAll = true;
    for (OwnedBody *body : owned) {
      body->takenBack = true;
      body->bytes = {};
    }
  }

  // What the peers have by now is in order. `complete`: nothing is held up any more.
  void check(bool complete) {
    require(server.ledger.fault().empty(), server.ledger.fault().c_str());
    for (const auto &[fd, account] : accounts) {
      const usk::test::FakeConnection &connection = net.connection(fd);
      require(connection.lateCalls == 0, "no call on a descriptor that is done with");
      const bool cut = checkOutput(account, connection.output, complete && !connection.closed);
      const bool gone = connection.closed || connection.finSent;
      require(!cut || !gone || account.mayBeCut || mayCutAll,
              "a response is not cut without a reason");
    }
  }

  // From now on the connection may end in the middle of a response.
  void mayCut(int fd) { accounts[fd].mayBeCut = true; }

  usk::test::FakeNet net;
  uwk::test::TestServer server;
  // What the next handlers do.
  uint8_t mode = 0;
  std::deque<ExchangeHandle> waiting;
  // Time passed, or memory was taken back, or the server stopped by force.
  bool mayCutAll = false;

private:
  struct Account {
    std::vector<unsigned> dispatched; // ids, in order
    std::map<unsigned, size_t> sizes; // of bodies that were accepted
    std::vector<unsigned> due;        // answers that are out, according to onEnded
    ExchangeHandle open = 0;
    bool mayBeCut = false;
  };
  struct Open {
    int fd;
    unsigned id;
    bool isOld; // HTTP/1.0: a length, or nobody could tell the end from the next response
  };
  struct Stream {
    std::string body;
    size_t sent = 0;
  };

  static uwk::ServerOptions options() {
    uwk::ServerOptions options = uwk::test::TestServer::withFallback();
    options.maxRequestBodyBytes = 300'000;
    return options;
  }

  usk::Socket *socketOf(ExchangeHandle handle) {
    return net.loop().socketAt(static_cast<uint32_t>(handle & 0x3fffff));
  }

  void onRequest(const uwk::RequestEvent &event) {
    Exchange &exchange = event.exchange;
    const int fd = socketOf(exchange.handle())->fd();
    Account &account = accounts[fd];
    require(account.open == 0, "one exchange at a time on a connection");
    account.open = exchange.handle();
    account.dispatched.push_back(++lastId);
    open[exchange.handle()] = {fd, lastId,
                               exchange.rawHead().find(" HTTP/1.0\r\n") != std::string_view::npos};
    require(!exchange.rawHead().empty() && !exchange.path().empty(), "a dispatched head is there");
    act(exchange, mode);
  }

  void onEnded(ExchangeHandle handle) {
    const Open ended = open[handle];
    open.erase(handle);
    streams.erase(handle);
    Account &account = accounts[ended.fd];
    require(account.open == handle, "the exchange that ends is the open one");
    account.open = 0;
    if (account.sizes.count(ended.id) != 0 && !net.connection(ended.fd).closed) {
      account.due.push_back(ended.id);
    }
  }

  // Takes all, a part or nothing of what is here; then goes on pulling, waits, or answers.
  void onBody(Exchange &exchange, BodyState state) {
    require(state == exchange.bodyState(), "the news is what the exchange says");
    if (state == BodyState::Failed) {
      require(exchange.bodyBytes().empty(), "nothing is left of a body that failed");
      if ((mode & 0x40) != 0) {
        answer(exchange);
      }
      return;
    }
    const size_t here = exchange.bodyBytes().size();
    require(state == BodyState::Complete || here > 0, "news of a part brings bytes");
    if ((mode & 0x10) != 0) {
      exchange.consumeBody(here / 3);
    } else if ((mode & 0x20) == 0) {
      require(exchange.takeBody().view().size() == here, "what is here is taken");
    }
    if (state == BodyState::Complete) {
      answer(exchange);
    } else if (!server.pull(exchange)) {
      waiting.push_back(exchange.handle());
    }
  }

  void act(Exchange &exchange, unsigned what) {
    switch (what % 8) {
    case 0:
    case 1:
      answer(exchange);
      break;
    case 2:
      waiting.push_back(exchange.handle());
      break;
    case 3:
      if (exchange.bodyState() != BodyState::Partial) {
        (void)exchange.takeBody();
        answer(exchange);
      } else if ((what & 24) == 0) {
        exchange.discardBody();
        waiting.push_back(exchange.handle());
      } else if ((what & 8) != 0) {
        server.collect(exchange);
      } else if (!server.pull(exchange)) {
        (void)exchange.takeBody();
        waiting.push_back(exchange.handle());
      }
      break;
    case 4:
      // Also cuts what was answered before and waits for the kernel.
      mayCut(socketOf(exchange.handle())->fd());
      exchange.abort();
      break;
    case 5:
      answer(exchange);
      server->closeIdleConnections();
      setRoutes(static_cast<uint8_t>(what >> 3));
      break;
    case 6:
      exchange.setTimeout((what >> 3) % 8);
      waiting.push_back(exchange.handle());
      break;
    default:
      mayCutAll = mayCutAll || (what & 24) == 24;
      (what & 8) != 0 ? server->stop((what & 16) != 0) : setRoutes(static_cast<uint8_t>(what >> 4));
      answer(exchange);
    }
  }

  bool answer(Exchange &exchange) {
    static constexpr uint16_t kStatuses[] = {200, 200, 404, 204, 304, 205, 500, 200};
    static constexpr size_t kSizes[] = {0, 10, 3000, 20'000, 70'000, 150'000, 65'536, 16'384};
    const auto found = open.find(exchange.handle());
    if (found == open.end()) {
      // The handler closed its own connection before.
      require(!exchange.respond({}, {}), "an exchange that ended takes no answer");
      return false;
    }
    const auto [fd, id, isOld] = found->second;
    answers++;
    const size_t size = kSizes[(mode >> 3) % 8];
    const std::string fields = "X-Id: " + std::to_string(id) + "\r\n";
    uwk::ResponseHead head;
    head.status = kStatuses[(answers + mode) % 8];
    head.closeAfter = answers % 11 == 0;
    head.fields = fields;
    const bool started = streams.count(exchange.handle()) != 0;
    if (!started && (answers + mode / 2) % 3 == 0) {
      const std::string whole = bodyOf(id, size);
      const size_t first = size / 3;
      const auto length = isOld || id % 2 == 0 ? static_cast<int64_t>(size) : int64_t{-1};
      // The stream is there before it starts: it may be told to go on, or be over, in that call.
      streams[exchange.handle()] = {whole, first};
      const auto result =
          exchange.startStream(head, length, std::string_view(whole).substr(0, first));
      if (result != uwk::StreamWrite::Gone) {
        accounts[fd].sizes[id] = size;
        if (result == uwk::StreamWrite::Ready) {
          waiting.push_back(exchange.handle());
        }
        return true;
      }
      streams.erase(exchange.handle());
    }
    uwk::ResponseBody body;
    const std::string text = bodyOf(id, size);
    body.bytes = text;
    if ((mode & 0x80) != 0) {
      auto *owner = new OwnedBody{text, owned};
      owned.push_back(owner);
      body = {owner->bytes, OwnedBody::refresh, OwnedBody::release, owner};
    }
    const bool accepted = exchange.respond(head, body);
    require(!accepted || !started, "a stream is the only answer");
    if (accepted) {
      const bool bodyless = head.status == 204 || head.status == 304 || head.status == 205;
      accounts[fd].sizes[id] = bodyless ? 0 : size;
    }
    return accepted;
  }

  // Writes a piece or several, ends, breaks off, or leaves it to the timeouts.
  void feedStream(Exchange &exchange, unsigned what) {
    static constexpr size_t kPieces[] = {0, 1, 100, 5000, 20'000, 70'000};
    const ExchangeHandle handle = exchange.handle();
    if (what % 8 == 6) {
      endStream(exchange);
      return;
    }
    if (what % 8 == 7) {
      mayCut(open[handle].fd);
      exchange.reset();
      return;
    }
    Stream &stream = streams[handle];
    for (unsigned i = 0; i <= (what >> 3) % 3; i++) {
      const size_t size = std::min(kPieces[what % 6], stream.body.size() - stream.sent);
      const std::string_view piece = std::string_view(stream.body).substr(stream.sent, size);
      stream.sent += size;
      const uwk::StreamWrite result = exchange.writeStream(piece);
      require(result != uwk::StreamWrite::Gone, "an open stream takes what fits its length");
      if (result == uwk::StreamWrite::Full) {
        return;
      }
    }
    if ((what & 32) != 0) {
      exchange.flushStream();
    }
    waiting.push_back(handle);
  }

  void endStream(Exchange &exchange) {
    const ExchangeHandle handle = exchange.handle();
    const Stream stream = std::move(streams[handle]);
    streams.erase(handle);
    const bool ended = exchange.endStream(std::string_view(stream.body).substr(stream.sent));
    require(ended, "an open stream can be ended");
  }

  // The bytes of a body whose chunks are not all there.
  static std::string partOf(std::string_view head, std::string_view rest) {
    if (head.find("Transfer-Encoding: chunked") == std::string_view::npos) {
      return std::string(rest);
    }
    std::string part;
    for (;;) {
      const size_t line = rest.find("\r\n");
      if (line == std::string_view::npos) {
        return part;
      }
      const size_t size = std::stoul(std::string(rest.substr(0, line)), nullptr, 16);
      part.append(rest.substr(line + 2, size));
      if (rest.size() < line + 2 + size + 2) {
        return part;
      }
      rest.remove_prefix(line + 2 + size + 2);
    }
  }

  // Whether the last response is incomplete, though its head is not.
  static bool checkOutput(const Account &account, const std::string &output, bool complete) {
    uwk::test::Replies replies = uwk::test::Replies::tellingBodiesByDate();
    replies.update(output);
    require(replies.fault().empty(), "the output is a sequence of responses");
    size_t next = 0;
    std::vector<unsigned> seen;
    for (size_t i = 0; i < replies.size(); i++) {
      const std::string name = replies[i].field("X-Id");
      if (name == "-") {
        require(replies[i].body == bodyOf(0, replies[i].body.size()), "a static body is whole");
        continue;
      }
      const auto id = static_cast<unsigned>(std::stoul(name));
      while (next < account.dispatched.size() && account.dispatched[next] != id) {
        next++;
      }
      require(next < account.dispatched.size(), "responses come in the order of requests");
      next++;
      const auto size = account.sizes.find(id);
      require(size != account.sizes.end(), "what is sent was accepted");
      require(replies[i].field("Date") == "-" || replies[i].body == bodyOf(id, size->second),
              "a body is whole");
      seen.push_back(id);
    }
    if (complete) {
      for (const unsigned id : account.due) {
        require(std::find(seen.begin(), seen.end(), id) != seen.end(), "what ended was sent");
      }
    }
    const std::string_view rest = std::string_view(output).substr(replies.used());
    const size_t start = rest.find("\r\n\r\n");
    if (start == std::string_view::npos) {
      return false;
    }
    const size_t name = rest.substr(0, start).find("X-Id: ");
    const unsigned id =
        name == std::string_view::npos
            ? 0
            : static_cast<unsigned>(std::stoul(std::string(rest.substr(name + 6, 9))));
    const std::string part = partOf(rest.substr(0, start + 2), rest.substr(start + 4));
    require(part == bodyOf(id, part.size()), "part of a body is right");
    return true;
  }

  std::map<int, Account> accounts;
  std::map<ExchangeHandle, Open> open;
  std::map<ExchangeHandle, Stream> streams; // that were started and not ended
  std::vector<OwnedBody *> owned;
  unsigned lastId = 0;
  unsigned answers = 0;
};

} // namespace fuzz

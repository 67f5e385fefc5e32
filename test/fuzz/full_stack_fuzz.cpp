// SPDX-License-Identifier: MIT
//
// The whole server over a scripted kernel: the bytes of an input are instructions that open
// connections, feed them requests in any pieces, take their output as slowly as they like, end or
// break them, let time pass, and tell the handlers what to do. What must hold is in
// support/full_stack.h; besides, no connection may outlive its timeouts, and no turn may be
// repeated for ever.
#include "support/full_stack.h"
#include "support/requests.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fuzz::require;
using uwk::test::chunk;
using uwk::test::get;
using uwk::test::post;
using uwk::test::postChunked;
using uwk::test::request;

constexpr size_t kMaxConnections = 6;
constexpr size_t kMaxTurns = 4000;
// What one input may feed: enough to pass every limit, not enough to take seconds.
constexpr size_t kMaxFed = 3'000'000;

const std::vector<std::string> &pieces() {
  static const std::vector<std::string> kPieces = {
      get("/h/1"),
      get("/static"),
      get("/large"),
      request("HEAD", "/h/2"),
      request("HEAD", "/static"),
      post("/h/3", "hello"),
      post("/static", "hello"),
      request("POST", "/h/4", "Content-Length: 200000\r\n"),
      postChunked("/h/5"),
      postChunked("/large"),
      chunk("hello"),
      chunk(""),
      "0\r\nX-Trailer: y\r\n\r\n",
      chunk(std::string(10'000, 'c')),
      std::string(100'000, 'x'),
      get("/h/6", "Connection: close\r\n"),
      "GET /h/7 HTTP/1.0\r\n\r\n",
      request("POST", "/h/8", "Content-Length: 5\r\nExpect: 100-continue\r\n"),
      "hello",
      "BAD\r\n\r\n",
      "GET /h/9 HTTP",
      "\r\n",
      request("TRACE", "/"),
      request("OPTIONS", "*"),
      get("/none"),
      get("/static", "If-None-Match: *\r\n"),
      request("GET", "/static", "Content-Length: 400000\r\n"),
      get("/h/1") + get("/large") + get("/h/2") + post("/h/3", "abc") + get("/static"),
      get("/h/" + std::string(17'000, 'u')),
      request("POST", "/h/4", "Content-Length: 400000\r\n"),
      "zz\r\n",
      get("/h/1", "X: " + std::string(3000, 'x') + "\r\n"),
  };
  return kPieces;
}

class Program {
public:
  Program(const uint8_t *data, size_t size) : data_(data), end_(data + size) {}

  void run() {
    while (data_ != end_) {
      step();
    }
    stack_.check(false);
    (finish_ & 1) != 0 ? endByTime() : endByForce();
    stack_.check(false);
    require(stack_.server.stopped(), "the server stops");
    require(stack_.server.ledger.open() == 0, "every exchange ended");
    require(stack_.server->connections() == 0, "no connection is left");
  }

private:
  uint8_t take() { return data_ == end_ ? uint8_t{0} : *data_++; }

  // A connection that is open or was; null before the first one.
  usk::test::FakeConnection *pick() {
    if (fds_.empty()) {
      return nullptr;
    }
    picked_ = fds_[take() % fds_.size()];
    return &stack_.net.connection(picked_);
  }

  void step() {
    const uint8_t what = take();
    switch (what % 16) {
    case 0:
      connect();
      break;
    case 1:
    case 2:
    case 3:
    case 4:
      feedPiece();
      break;
    case 5:
      feedRaw();
      break;
    case 6:
      if (auto *connection = pick()) {
        const uint8_t room = take();
        connection->room = room == 0xff ? SIZE_MAX : size_t{room} * room * 4;
      }
      break;
    case 7:
      if (auto *connection = pick()) {
        static constexpr ssize_t kResults[] = {0, 1, 100, 5000, -EPIPE, -ECONNRESET, 20'000, 0};
        connection->sends.push_back(kResults[take() % 8]);
        if (connection->sends.back() < 0) {
          stack_.mayCut(picked_);
        }
      }
      break;
    case 8:
      if (auto *connection = pick()) {
        connection->inputEnds = true;
      }
      break;
    case 9:
      if (auto *connection = pick()) {
        const uint8_t how = take();
        stack_.mayCut(picked_);
        (how % 3 == 0 ? connection->inputError : connection->error) = how % 3 < 2 ? ECONNRESET : 0;
        connection->hangup = how % 3 == 2;
      }
      break;
    case 10:
    case 11:
      (void)stack_.net.turn();
      break;
    case 12:
      settle();
      break;
    case 13:
      stack_.answerWaiting(take());
      break;
    case 14:
      stack_.mode = take();
      break;
    default:
      rare(take());
    }
  }

  void rare(uint8_t what) {
    switch (what % 8) {
    case 0:
    case 1:
      stack_.mayCutAll = true;
      stack_.net.pass(1 + what / 16);
      break;
    case 2:
      stack_.setRoutes(what / 8);
      break;
    case 3:
      stack_.takeBodiesBack();
      break;
    case 4:
      stack_.server->closeIdleConnections();
      break;
    case 5:
      finish_ ^= 1;
      break;
    case 6:
      for (const int fd : fds_) {
        stack_.net.connection(fd).room = SIZE_MAX;
        stack_.net.connection(fd).sends.clear();
      }
      settle();
      stack_.check(true);
      break;
    default:
      if (what > 200) {
        stack_.mayCutAll = stack_.mayCutAll || what % 16 == 15;
        stack_.server->stop(what % 16 == 15);
      }
    }
  }

  void connect() {
    if (fds_.size() < kMaxConnections && !stack_.server.stopped()) {
      fds_.push_back(stack_.connect());
    }
  }

  void feed(usk::test::FakeConnection &connection, std::string_view bytes) {
    if (bytes.empty() || connection.closed || connection.inputEnds ||
        fed_ + bytes.size() > kMaxFed) {
      return;
    }
    fed_ += bytes.size();
    connection.input.emplace_back(bytes);
    // Who goes on and on after a refusal, without reading, is cut off.
    size_t &fed = fedTo_[picked_];
    fed += bytes.size();
    if (fed > usk::Socket::kLingerBytes) {
      stack_.mayCut(picked_);
    }
  }

  void feedPiece() {
    usk::test::FakeConnection *connection = pick();
    if (connection == nullptr) {
      return;
    }
    const std::string &piece = pieces()[take() % pieces().size()];
    const size_t cut = piece.size() * take() / 256;
    feed(*connection, std::string_view(piece).substr(0, cut));
    feed(*connection, std::string_view(piece).substr(cut));
  }

  void feedRaw() {
    usk::test::FakeConnection *connection = pick();
    std::string bytes(take(), '\0');
    for (char &byte : bytes) {
      byte = static_cast<char>(take());
    }
    if (connection != nullptr) {
      feed(*connection, bytes);
    }
  }

  void settle() {
    size_t turns = 0;
    while (stack_.net.turn() != 0 || stack_.net.turnRequested()) {
      require(++turns < kMaxTurns, "a turn is not asked for again and again");
    }
  }

  // Peers that stay away but take everything: their connections must end by themselves.
  void endByTime() {
    stack_.mayCutAll = true;
    stack_.mode = 0;
    stack_.answerAll();
    for (const int fd : fds_) {
      usk::test::FakeConnection &connection = stack_.net.connection(fd);
      connection.room = SIZE_MAX;
      connection.sends.clear();
    }
    settle();
    for (int second = 0; second < 60; second++) {
      stack_.net.pass(1);
      settle();
      stack_.answerAll();
    }
    require(stack_.server->connections() == 0, "timeouts end every connection");
    stack_.server->stop(false);
    settle();
  }

  void endByForce() {
    stack_.mayCutAll = true;
    stack_.server->stop(true);
    settle();
  }

  const uint8_t *data_;
  const uint8_t *end_;
  fuzz::FullStack stack_;
  std::vector<int> fds_;
  int picked_ = 0;
  size_t fed_ = 0;
  std::map<int, size_t> fedTo_;
  unsigned finish_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Program(data, size).run();
  return 0;
}

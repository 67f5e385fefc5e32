// SPDX-License-Identifier: MIT
//
// WebSockets of a whole server over a scripted kernel: the bytes of an input open connections, feed
// them frames in any pieces, take their output as slowly as they like, break them, let time pass,
// and say what handlers do: send, publish, subscribe, pause, close each other. The output must be
// frames, in the order of publishing, without one too many; every socket that opened ends once.
#include "support/socket_stack.h"

#include "support/frames.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fuzz::require;

constexpr size_t kMaxConnections = 5;
constexpr size_t kMaxTurns = 4000;
constexpr size_t kMaxFed = 400'000;

const std::vector<std::string> &pieces() {
  static const std::vector<std::string> kPieces = {
      test::encode(0x81, "text"),
      test::encode(0x82, std::string("\0\xff", 2)),
      test::encode(0x81, ""),
      test::encode(0x01, "a") + test::encode(0x80, "b"),
      test::encode(0x01, "a") + test::encode(0x89, "p") + test::encode(0x80, "b"),
      test::encode(0x89, "ping"),
      test::encode(0x8a, "pong"),
      test::encode(0x88, std::string("\x03\xe8", 2)),
      test::encode(0x88, ""),
      test::encode(0x81, "\xff"),
      test::encode(0x82, std::string(70'000, 'x')),
      test::encode(0x82, std::string(3000, 'x')),
      test::encode(0xc1, std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7)),
      test::encode(0xc1, ""),
      test::encode(0xc1, std::string("\xff\xff\xff\xff", 4)),
      test::encode({.first = 0x81, .payload = "x", .masked = false}),
      test::encode(0x83, "x"),
      test::encode(0x80, "x"),
      test::encode(0x01, "unfinished"),
      test::encode(0x89, "a") + test::encode(0x89, "b") + test::encode(0x81, "c") +
          test::encode(0x81, "d"),
  };
  return kPieces;
}

class Program {
public:
  Program(const uint8_t *data, size_t size)
      : at_(data), end_(data + size), stack_(take(), [this] { return take(); }) {}

  void run() {
    while (at_ != end_) {
      step();
    }
    stack_.check();
    stack_.server->stop(true);
    settle();
    // Clients that do not answer a Close frame are waited for, but not for long.
    stack_.net.pass(usk::Socket::kLingerSeconds + 1);
    settle();
    stack_.check();
    stack_.checkEnd();
  }

private:
  uint8_t take() { return at_ == end_ ? uint8_t{0} : *at_++; }

  usk::test::FakeConnection *pick() {
    if (fds_.empty()) {
      return nullptr;
    }
    return &stack_.net.connection(fds_[take() % fds_.size()]);
  }

  void step() {
    const uint8_t what = take();
    switch (what % 16) {
    case 0:
      if (fds_.size() < kMaxConnections && !stack_.server.stopped()) {
        fds_.push_back(stack_.connect());
        feedTo(stack_.net.connection(fds_.back()), stack_.handshake(what));
      }
      break;
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      if (auto *connection = pick()) {
        const std::string &piece = pieces()[take() % pieces().size()];
        const size_t cut = piece.size() * take() / 256;
        feedTo(*connection, std::string_view(piece).substr(0, cut));
        feedTo(*connection, std::string_view(piece).substr(cut));
      }
      break;
    case 6:
      if (auto *connection = pick()) {
        const uint8_t room = take();
        connection->room = room == 0xff ? SIZE_MAX : size_t{room} * room * 4;
      }
      break;
    case 7:
      if (auto *connection = pick()) {
        static constexpr ssize_t kResults[] = {0, 1, 7, 100, -EPIPE, -ECONNRESET, 20'000, 0};
        connection->sends.push_back(kResults[take() % 8]);
      }
      break;
    case 8:
      if (auto *connection = pick()) {
        connection->inputEnds = true;
      }
      break;
    case 9:
      if (auto *connection = pick()) {
        connection->error = ECONNRESET;
      }
      break;
    case 10:
    case 11:
      (void)stack_.net.turn();
      break;
    case 12:
      settle();
      stack_.check();
      break;
    case 13:
      stack_.net.pass(1 + what / 16);
      break;
    case 14:
      stack_.actOnAny(take());
      break;
    default:
      stack_.setOptions(take());
    }
  }

  void feedTo(usk::test::FakeConnection &connection, std::string_view bytes) {
    if (bytes.empty() || connection.closed || connection.inputEnds ||
        fed_ + bytes.size() > kMaxFed) {
      return;
    }
    fed_ += bytes.size();
    connection.input.emplace_back(bytes);
  }

  void settle() {
    size_t turns = 0;
    while (stack_.net.turn() != 0 || stack_.net.turnRequested()) {
      require(++turns < kMaxTurns, "a turn is not asked for again and again");
    }
  }

  const uint8_t *at_;
  const uint8_t *end_;
  fuzz::SocketStack stack_;
  std::vector<int> fds_;
  size_t fed_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 4096) {
    return 0;
  }
  Program(data, size).run();
  return 0;
}

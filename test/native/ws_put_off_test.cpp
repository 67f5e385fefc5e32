// SPDX-License-Identifier: MIT
//
// Messages that the embedder puts off for later in the turn: it is asked for them before anything
// else of their socket happens, and those of a socket that was paused meanwhile come once more.
#include "support/frames.h"
#include "support/socket_server.h"

#include <uwk/WebSocket.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace uwk;
using uwk::test::SocketServer;

namespace {

// Answers at the end of the turn, or when it is asked to.
struct PuttingOff {
  explicit PuttingOff(SocketServer &server) : sockets(server) {
    sockets.onMessage = [this](WebSocket &socket) {
      waiting.emplace_back(socket.handle(), sockets.messages.back());
    };
    sockets.onCatchUp = [this] {
      log += 'c';
      answer();
    };
    loop().onTurnEnd([](void *user) { static_cast<PuttingOff *>(user)->answer(); }, this);
  }
  ~PuttingOff() { loop().onTurnEnd(nullptr, nullptr); }
  PuttingOff(const PuttingOff &) = delete;
  PuttingOff &operator=(const PuttingOff &) = delete;

  usk::Loop &loop() { return sockets.fake.net.loop(); }

  void answer() {
    for (const auto &[handle, message] : std::exchange(waiting, {})) {
      WebSocket *socket = WebSocket::find(loop(), handle);
      if (socket == nullptr) {
        log += 'x';
      } else if (socket->mayReturn()) {
        log += 'r';
        socket->returnMessage(MessageKind::Text, message);
      } else {
        log += message;
        socket->send(MessageKind::Text, message, false);
        if (message == "P") {
          socket->pause();
        } else if (message == "C") {
          socket->close(4000, "");
        }
      }
    }
  }

  SocketServer &sockets;
  std::vector<std::pair<WebSocketHandle, std::string>> waiting;
  std::string log;
};

std::string text(std::string_view message) { return ::test::encode(0x81, message); }

std::string sent(std::string_view messages) {
  std::string frames;
  for (const char message : messages) {
    frames += std::string("\x81\x01") + message;
  }
  return frames;
}

} // namespace

TEST_CASE("messages that were put off are answered before what follows them") {
  struct Case {
    std::string bytes;
    std::string_view log;
    std::string frames;
  };
  const std::string ping = ::test::encode(0x89, "p");
  const Case cases[] = {
      {text("1") + text("2"), "12", sent("12")},
      {text("1") + ping + text("2"), "1c2", sent("1") + "\x8a\x01p" + sent("2")},
      {text("1") + ::test::encode(0x88, ""), "1c", sent("1") + std::string("\x88\x00", 2)},
      {text("1") + std::string("\x81\x01x"), "1c",
       sent("1") + "\x88\x26\x03\xea" + "Received an incorrectly masked frame"},
      {text("C") + ping, "Cc", sent("C") + "\x88\x02\x0f\xa0"},
      {text("C") + text("2"), "Cx", sent("C") + "\x88\x02\x0f\xa0"},
  };
  for (const Case &one : cases) {
    CAPTURE(one.log);
    SocketServer sockets;
    PuttingOff late(sockets);
    const int fd = sockets.open();
    sockets.fake.send(fd, one.bytes);
    std::string log = late.log;
    // It is asked before, but has nothing more to say.
    std::erase(log, 'c');
    std::string wanted{one.log};
    std::erase(wanted, 'c');
    CHECK(log == wanted);
    CHECK((late.log.find('c') == std::string::npos) ==
          (one.log.find('c') == std::string_view::npos));
    CHECK(sockets.frames(fd) == one.frames);
  }
}

TEST_CASE("a client that leaves behind its message is told of it first") {
  SocketServer sockets;
  PuttingOff late(sockets);
  const int fd = sockets.open();
  sockets.fake.at(fd).inputEnds = true;
  sockets.fake.at(fd).hangup = true;
  sockets.fake.send(fd, text("1"));
  std::erase(late.log, 'c');
  CHECK(late.log == "1");
  CHECK(sockets.closes == std::vector<unsigned>{1006});
}

TEST_CASE("messages of a socket that was paused come once more after resume()") {
  SocketServer sockets;
  PuttingOff late(sockets);
  const int fd = sockets.open();
  SUBCASE("with what follows them") {
    sockets.fake.send(fd, text("1") + text("P") + text("3") + text("4") +
                              ::test::encode(0x89, "p") + text("5"));
    CHECK(late.log == "c1Prr");
    CHECK(sockets.frames(fd) == sent("1P"));
    sockets[0].resume();
    sockets.fake.net.settle();
    CHECK(sockets.frames(fd) == sent("1P34") + "\x8a\x01p" + sent("5"));
  }
  SUBCASE("and may be returned once more") {
    sockets.fake.send(fd, text("P") + text("P") + text("3"));
    CHECK(late.log == "Prr");
    sockets[0].resume();
    sockets.fake.net.settle();
    CHECK(late.log == "PrrPr");
    sockets[0].resume();
    sockets.fake.net.settle();
    CHECK(late.log == "PrrPr3");
  }
  SUBCASE("unless the socket is closed meanwhile") {
    sockets.fake.send(fd, text("P") + text("2"));
    sockets[0].close(4000, "");
    sockets.fake.net.settle();
    CHECK(late.log == "Pr");
  }
  SUBCASE("unless the client breaks the connection meanwhile, which is told") {
    sockets.fake.send(fd, text("P") + text("2"));
    CHECK(sockets.closes.empty());
    sockets.fake.at(fd).error = ECONNRESET;
    sockets.fake.net.settle();
    CHECK(late.log == "Prc");
    CHECK(sockets.closes == std::vector<unsigned>{1006});
  }
}

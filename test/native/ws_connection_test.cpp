// SPDX-License-Identifier: MIT
//
// WebSockets over the scripted kernel: the order of what leaves, request bodies in front of frames,
// and clients that take nothing.
#include "support/frames.h"
#include "support/socket_server.h"

#include <uwk/Limits.h>
#include <uwk/WebSocket.h>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace uwk;
using uwk::test::request;
using uwk::test::SocketServer;

namespace {

constexpr std::string_view kClose = "\x88\x02\x0f\xa0";

} // namespace

TEST_CASE("what was published leaves before a ping, a pong, a message and a close") {
  SocketServer sockets;
  sockets.onMessage = [&](WebSocket &socket) {
    socket.subscribe("t");
    Server &server = sockets.server();
    server.publish("t", MessageKind::Text, "1", false);
    socket.ping("a");
    server.publish("t", MessageKind::Text, "2", false);
    socket.pong("b");
    server.publish("t", MessageKind::Text, "3", false);
    socket.send(MessageKind::Text, "c", false);
    server.publish("t", MessageKind::Text, "4", false);
    socket.close(4000, "");
  };
  const int fd = sockets.open();
  sockets.fake.send(fd, ::test::encode(0x81, "go"));
  const std::string wanted = std::string("\x81\x01") + "1" + "\x89\x01" + "a" + "\x81\x01" + "2" +
                             "\x8a\x01" + "b" + "\x81\x01" + "3" + "\x81\x01" + "c" + "\x81\x01" +
                             "4" + std::string(kClose);
  CHECK(sockets.frames(fd) == wanted);
}

TEST_CASE("the answer to a ping does not overtake what was published before it came") {
  SocketServer sockets;
  sockets.onMessage = [&](WebSocket &socket) {
    socket.subscribe("t");
    sockets.server().publish("t", MessageKind::Text, "1", false);
  };
  const int fd = sockets.open();
  sockets.fake.send(fd, ::test::encode(0x81, "go") + ::test::encode(0x89, "p"));
  CHECK(sockets.frames(fd) == std::string("\x81\x01") + "1" + "\x8a\x01" + "p");
}

TEST_CASE("a request body is read past, however it comes") {
  for (const bool chunked : {false, true}) {
    const std::string body = chunked ? "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n" : "abcde";
    const std::string stream = body + ::test::encode(0x81, "first");
    for (size_t cut = 0; cut <= stream.size(); ++cut) {
      SocketServer sockets;
      const int fd = sockets.fake.connect();
      const std::string field =
          chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 5\r\n";
      sockets.fake.send(fd, request("GET", "/", field) + stream.substr(0, cut));
      sockets.fake.send(fd, stream.substr(cut));
      CHECK(sockets.messages == std::vector<std::string>{"first"});
    }
  }
}

TEST_CASE("a request body that is none ends the connection") {
  SocketServer sockets;
  const int fd = sockets.fake.connect();
  sockets.fake.send(fd, request("GET", "/", "Transfer-Encoding: chunked\r\n"));
  sockets.fake.send(fd, "zz\r\n");
  CHECK(sockets.fake.isClosed(fd));
  CHECK(sockets.closes == std::vector<unsigned>{1006});
}

TEST_CASE("publishing tells of those who are behind") {
  SocketServer sockets;
  const int fd = sockets.open();
  sockets.open();
  Server &server = sockets.server();
  CHECK(server.publish("t", MessageKind::Text, "x", false) == SendResult::Dropped);
  sockets[0].subscribe("t");
  sockets[1].subscribe("t");
  CHECK(server.publish("t", MessageKind::Text, "x", false) == SendResult::Sent);
  sockets.fake.net.settle();
  sockets.fake.at(fd).room = 0;
  const std::string large(Limits::kPublishedAtOnceBytes, 'l');
  CHECK(server.publish("t", MessageKind::Binary, large, false) == SendResult::Backpressure);
  CHECK(server.publish("t", MessageKind::Text, "x", false) == SendResult::Backpressure);
  CHECK(sockets[1].publish("t", MessageKind::Text, "x", false) == SendResult::Backpressure);
  CHECK(sockets[0].publish("t", MessageKind::Text, "x", false) == SendResult::Sent);
  sockets.fake.at(fd).room = SIZE_MAX;
  sockets.fake.net.settle();
  CHECK(server.publish("t", MessageKind::Text, "x", false) == SendResult::Sent);
}

TEST_CASE("a client that takes nothing of a close is not waited for") {
  SocketServer sockets;
  const int fd = sockets.open();
  sockets.fake.at(fd).room = 0;
  sockets[0].send(MessageKind::Binary, "waits", false);
  sockets[0].close(4000, "");
  sockets.fake.net.pass(Limits::kClosingSeconds / 2);
  CHECK(!sockets.fake.isClosed(fd));
  sockets.fake.net.pass(Limits::kClosingSeconds / 2 + 3);
  CHECK(sockets.fake.isClosed(fd));
}

TEST_CASE("a forced stop does not wait for a client that takes nothing") {
  SocketServer sockets;
  const int fd = sockets.open();
  sockets.fake.at(fd).room = 0;
  sockets[0].send(MessageKind::Binary, "waits", false);
  sockets.server().stop(true);
  sockets.fake.net.settle();
  CHECK(sockets.fake.server->stopped());
  CHECK(sockets.closes == std::vector<unsigned>{1001});
}

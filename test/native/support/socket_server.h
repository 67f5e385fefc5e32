// SPDX-License-Identifier: MIT
//
// A server over the scripted kernel that turns every request into a WebSocket.
#pragma once

#include "fake_server.h"

#include <uwk/WebSocket.h>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace uwk::test {

class SocketServer {
public:
  SocketServer() {
    WebSocketOptions options;
    options.idleTimeoutSeconds = 0;
    (*fake.server)
        ->setWebSocket(options, {.user = this,
                                 .onMessage = onMessageOf,
                                 .onCatchUp = onCatchUpOf,
                                 .onPing = ignore,
                                 .onPong = ignore,
                                 .onDrain = [](void *, WebSocket &) {},
                                 .onClose = onCloseOf});
    fake.server->onRequest = [this](const RequestEvent &event) {
      const UpgradeRequest wanted{.upgrade = "websocket",
                                  .connection = "Upgrade",
                                  .key = "dGhlIHNhbXBsZSBub25jZQ==",
                                  .version = "13",
                                  .extensions = "",
                                  .protocol = "",
                                  .fields = ""};
      WebSocketHandle handle = 0;
      CHECK(event.exchange.server().upgrade(event.exchange, wanted, handle) ==
            UpgradeResult::Upgraded);
      handles.push_back(handle);
    };
  }

  // Clients of these tests do not answer a Close frame, and are waited for.
  ~SocketServer() {
    server().stop(true);
    fake.net.pass(usk::Socket::kLingerSeconds + 1);
  }
  SocketServer(const SocketServer &) = delete;
  SocketServer &operator=(const SocketServer &) = delete;

  int open() {
    const int fd = fake.connect();
    fake.send(fd, request("GET", "/"));
    return fd;
  }
  Server &server() { return **fake.server; }
  WebSocket &operator[](size_t index) { return *WebSocket::find(fake.net.loop(), handles[index]); }
  // What came behind the 101.
  std::string frames(int fd) {
    const std::string &output = fake.at(fd).output;
    const size_t end = output.find("\r\n\r\n");
    return end == std::string::npos ? "no 101" : output.substr(end + 4);
  }

  std::vector<WebSocketHandle> handles; // in the order of upgrading
  std::vector<std::string> messages;
  std::vector<unsigned> closes; // codes
  std::function<void(WebSocket &)> onMessage;
  std::function<void()> onCatchUp;
  FakeServer fake;

private:
  static SocketServer &of(void *user) { return *static_cast<SocketServer *>(user); }

  static void onMessageOf(void *user, WebSocket &socket, MessageKind, std::string_view message,
                          bool) {
    of(user).messages.emplace_back(message);
    if (of(user).onMessage) {
      of(user).onMessage(socket);
    }
  }
  static void onCatchUpOf(void *user) {
    if (of(user).onCatchUp) {
      of(user).onCatchUp();
    }
  }
  static void ignore(void *, WebSocket &, std::string_view) {}
  static void onCloseOf(void *user, WebSocketHandle, unsigned code, std::string_view) {
    of(user).closes.push_back(code);
  }
};

} // namespace uwk::test

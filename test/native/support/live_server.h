// SPDX-License-Identifier: MIT
//
// A server on a standalone loop with real sockets, and the client's side of a conversation with it,
// all on one thread. Stops the server at the end and checks that every exchange was accounted for.
#pragma once

#include "live_loop.h"
#include "replies.h"
#include "requests.h"
#include "test_server.h"

#include <memory>
#include <string>
#include <string_view>

namespace uwk::test {

using usk::test::Client;

// For clients that read slowly. Much smaller, and the kernel waits for timers between segments.
inline constexpr int kSmallWindow = 64 * 1024;

class LiveServer {
public:
  explicit LiveServer(const ServerOptions &options = TestServer::withFallback())
      : server(std::make_unique<TestServer>(*loop, options)) {
    usk::ListenOptions listen;
    listen.host = "127.0.0.1";
    usk::SystemError error;
    listener_ = (*server)->listen(listen, error);
    REQUIRE(listener_ != nullptr);
    port_ = listener_->port();
  }
  LiveServer(const LiveServer &) = delete;
  LiveServer &operator=(const LiveServer &) = delete;
  ~LiveServer() { stop(); }

  void stop() {
    if (server != nullptr) {
      (*server)->stop(true);
      CHECK(loop.until([&] { return server->stopped(); }));
      CHECK(server->ledger.fault() == "");
      CHECK(server->ledger.open() == 0);
      CHECK(server->ledger.begun() == server->ledger.ended());
      server.reset();
    }
  }

  // With a TCP receive buffer of about `window` bytes when that is not 0.
  Client connect(int window = 0) {
    Client client;
    REQUIRE(client.connect("127.0.0.1", port_) == 0);
    if (window != 0) {
      ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    }
    return client;
  }

  // Until the server's side has read everything that was sent.
  void send(Client &client, std::string_view bytes) {
    while (!bytes.empty()) {
      bytes.remove_prefix(client.send(bytes));
      loop.stepWithoutWaiting();
    }
  }

  // Runs until `count` replies are there or the connection is over.
  Replies read(Client &client, size_t count, std::string_view kinds = {}) {
    Replies replies(kinds);
    loop.until([&] {
      client.receive();
      return replies.update(client.received) >= count || client.ended || client.error != 0 ||
             !replies.fault().empty();
    });
    CHECK(replies.fault() == "");
    return replies;
  }

  Replies talk(Client &client, std::string_view bytes, size_t count = 1,
               std::string_view kinds = {}) {
    send(client, bytes);
    return read(client, count, kinds);
  }

  // Whatever comes until the server's FIN.
  Replies readToEnd(Client &client, std::string_view kinds = {}) {
    Replies replies(kinds);
    CHECK(loop.until([&] { return client.receive().ended || client.error != 0; }));
    CHECK(client.error == 0);
    replies.update(client.received);
    CHECK(replies.fault() == "");
    CHECK(replies.used() == client.received.size());
    return replies;
  }

  // A request and its reply prove that the connection lives and is in step.
  bool isOpen(Client &client) {
    client.received.clear();
    const Replies replies = talk(client, get("/probe"));
    return replies.size() == 1 && replies[0].status == 200 && replies[0].body == "/probe";
  }

  usk::test::LiveLoop loop{usk::Backend::Standalone};
  std::unique_ptr<TestServer> server;

private:
  usk::Listener *listener_ = nullptr;
  uint16_t port_ = 0;
};

} // namespace uwk::test

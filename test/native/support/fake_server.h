// SPDX-License-Identifier: MIT
//
// A server over the scripted kernel: every byte, every EAGAIN and every second is the test's. Stops
// the server at the end and checks that every exchange was accounted for.
#pragma once

#include "fake_net.h"
#include "replies.h"
#include "requests.h"
#include "test_server.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace uwk::test {

class FakeServer {
public:
  explicit FakeServer(const ServerOptions &options = TestServer::withFallback())
      : server(std::make_unique<TestServer>(net.loop(), options)) {}
  FakeServer(const FakeServer &) = delete;
  FakeServer &operator=(const FakeServer &) = delete;
  ~FakeServer() { stop(); }

  void stop() {
    if (server != nullptr) {
      (*server)->stop(true);
      net.settle();
      CHECK(server->stopped());
      CHECK(server->ledger.fault() == "");
      CHECK(server->ledger.open() == 0);
      server.reset();
    }
  }

  // The descriptor stays the name of the connection after it is closed.
  int connect() { return net.connect(server->group())->fd(); }
  // Null once it is closed.
  usk::Socket *socket(int fd) {
    struct Search {
      int fd;
      usk::Socket *found;
    } search{fd, nullptr};
    server->group().forEach(
        [](usk::Socket &candidate, void *user) {
          auto &wanted = *static_cast<Search *>(user);
          wanted.found = candidate.fd() == wanted.fd ? &candidate : wanted.found;
        },
        &search);
    return search.found;
  }
  usk::test::FakeConnection &at(int fd) { return net.connection(fd); }
  [[nodiscard]] bool isClosed(int fd) { return at(fd).closed; }

  // Bytes as one read, then everything that follows from them.
  void send(int fd, std::string_view bytes) {
    at(fd).input.emplace_back(bytes);
    net.settle();
  }
  Replies replies(int fd, std::string_view kinds = {}) {
    Replies result(kinds);
    result.update(at(fd).output);
    CHECK(result.fault() == "");
    return result;
  }
  // The statuses of complete replies, and whether there is anything after them.
  std::string statuses(int fd) {
    const Replies result = replies(fd);
    return result.statuses() + (result.used() < at(fd).output.size() ? " and more" : "");
  }

  usk::test::FakeNet net;
  std::unique_ptr<TestServer> server;
};

} // namespace uwk::test

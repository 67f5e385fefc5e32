// SPDX-License-Identifier: MIT
//
// The same behaviour from every backend, with real sockets: echo, large transfers, endings as the
// peer sees them, churn, life outside turns, tear-down.
#include "support/live_loop.h"
#include "support/recorder.h"

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using usk::Backend;
using usk::CloseReason;
using usk::Listener;
using usk::Socket;
using usk::SystemError;
using usk::test::Client;
using usk::test::LiveLoop;
using usk::test::Recorder;

namespace {

struct Server {
  LiveLoop loop;
  Recorder recorder{*loop};
  SystemError error;
  Listener *listener;

  explicit Server(Backend backend) : loop(backend), listener(recorder.group.listen({}, error)) {
    REQUIRE(listener != nullptr);
  }
  void echo() {
    recorder.onData = [](Socket &socket, std::string_view data) { socket.write(data); };
  }
};

template <class Test> void onEachBackend(Test test) {
  for (const Backend backend : usk::test::backends()) {
    CAPTURE(usk::test::name(backend));
    Server server(backend);
    test(server);
  }
}

std::string numbers(size_t size) {
  std::string bytes(size, '\0');
  unsigned value = 0;
  for (char &byte : bytes) {
    byte = static_cast<char>(value++ * 7 % 253);
  }
  return bytes;
}

} // namespace

TEST_CASE("echo on many connections at once") {
  onEachBackend([](Server &server) {
    server.echo();
    std::vector<std::unique_ptr<Client>> clients;
    for (int count = 0; count < 50; count++) {
      clients.push_back(std::make_unique<Client>(*server.listener));
      clients.back()->send("first");
    }
    for (int round = 0; round < 20; round++) {
      for (const auto &client : clients) {
        REQUIRE(server.loop.until([&] { return client->receive().received == "first"; }));
        client->received.clear();
        client->send("first");
      }
    }
    CHECK(server.loop->socketCount() == 50);
    CHECK(server.recorder.opened == 50);
  });
}

TEST_CASE("a large response drains with backpressure, a large request arrives complete") {
  onEachBackend([](Server &server) {
    const std::string body = numbers(20'000'000);
    server.recorder.onOpen = [&](Socket &socket) { CHECK_FALSE(socket.write(body)); };
    Client client(*server.listener);
    client.send("x");
    REQUIRE(server.loop.until([&] { return client.receive().received.size() >= body.size(); }));
    CHECK(client.received == body);
    CHECK(server.loop.until([&] { return server.recorder.log.back() == 'w'; }));

    server.recorder.data.clear();
    size_t sent = 0;
    REQUIRE(server.loop.until([&] {
      sent += client.send(std::string_view(body).substr(sent));
      return server.recorder.data.size() >= body.size();
    }));
    CHECK(server.recorder.data == body);
  });
}

TEST_CASE("tryWrite and onDrain pump a large body without buffering") {
  onEachBackend([](Server &server) {
    const std::string body = numbers(10'000'000);
    size_t sent = 0;
    const auto pump = [&](Socket &socket) {
      sent += socket.tryWrite(std::string_view(body).substr(sent));
      CHECK(socket.backlog() == 0);
    };
    server.recorder.onOpen = pump;
    server.recorder.onDrain = pump;
    Client client(*server.listener);
    client.send("x");
    REQUIRE(server.loop.until([&] { return client.receive().received.size() >= body.size(); }));
    CHECK(client.received == body);
  });
}

TEST_CASE("pause leaves data in the kernel, resume delivers it") {
  onEachBackend([](Server &server) {
    Socket *accepted = nullptr;
    server.recorder.onOpen = [&](Socket &socket) {
      accepted = &socket;
      socket.pause();
    };
    Client client(*server.listener);
    client.send("hello");
    REQUIRE(server.loop.until([&] { return accepted != nullptr; }));
    for (int round = 0; round < 50; round++) {
      server.loop.stepWithoutWaiting();
    }
    CHECK(server.recorder.data.empty());
    accepted->resume();
    CHECK(server.loop.until([&] { return server.recorder.data == "hello"; }));
    accepted->pause();
    client.send(" world");
    for (int round = 0; round < 50; round++) {
      server.loop.stepWithoutWaiting();
    }
    CHECK(server.recorder.data == "hello");
    accepted->resume();
    CHECK(server.loop.until([&] { return server.recorder.data == "hello world"; }));
  });
}

TEST_CASE("a half-open peer still gets its answer") {
  onEachBackend([](Server &server) {
    server.recorder.onEnd = [](Socket &socket) {
      socket.write("answer to all of it");
      socket.shutdown();
    };
    Client client(*server.listener);
    client.send("request");
    client.shutdown();
    REQUIRE(server.loop.until([&] { return client.receive().ended; }));
    CHECK(client.received == "answer to all of it");
    CHECK(client.error == 0);
    CHECK(server.recorder.log == "odec");
    CHECK(server.recorder.reason == CloseReason::Peer);
  });
}

TEST_CASE("the end of an idle half-open connection is seen") {
  onEachBackend([](Server &server) {
    Client client(*server.listener);
    client.send("request");
    REQUIRE(server.loop.until([&] { return server.recorder.log == "od"; }));
    client.shutdown();
    REQUIRE(server.loop.until([&] { return server.recorder.log == "ode"; }));
    for (int round = 0; round < 20; round++) {
      server.loop.stepWithoutWaiting();
    }
    CHECK(server.recorder.log == "ode");
    CHECK(server.loop->socketCount() == 1);
  });
}

TEST_CASE("a reset by the peer arrives as an error") {
  onEachBackend([](Server &server) {
    Client client(*server.listener);
    client.send("request");
    REQUIRE(server.loop.until([&] { return server.recorder.log == "od"; }));
    client.reset();
    REQUIRE(server.loop.until([&] { return server.recorder.closed == 1; }));
    CHECK(server.recorder.reason == CloseReason::Error);
    CHECK(server.recorder.error == ECONNRESET);
  });
}

TEST_CASE(
    "finish with linger: the peer sees the response and FIN although its request was unread") {
  onEachBackend([](Server &server) {
    server.recorder.onData = [](Socket &socket, std::string_view) {
      socket.write("413 too large");
      socket.finish(true);
    };
    Client client(*server.listener);
    const std::string body(150'000, 'b');
    CHECK(client.send(body) > 0);
    REQUIRE(server.loop.until([&] { return client.receive().ended || client.error != 0; }));
    CHECK(client.error == 0);
    CHECK(client.received == "413 too large");
    // The server waits for the peer's end.
    CHECK(server.recorder.closed == 0);
    client.send("even more");
    client.close();
    REQUIRE(server.loop.until([&] { return server.recorder.closed == 1; }));
    CHECK(server.recorder.reason == CloseReason::Local);
  });
}

TEST_CASE("reset: the peer can tell that the response was cut off") {
  onEachBackend([](Server &server) {
    server.recorder.onData = [](Socket &socket, std::string_view) {
      socket.write("half of it");
      socket.reset();
    };
    Client client(*server.listener);
    client.send("request");
    REQUIRE(server.loop.until([&] { return client.receive().ended || client.error != 0; }));
    CHECK(client.error == ECONNRESET);
  });
}

TEST_CASE("1,000 connections come and go and leave nothing") {
  onEachBackend([](Server &server) {
    server.recorder.onData = [](Socket &socket, std::string_view data) {
      socket.write(data);
      socket.finish(false);
    };
    for (int count = 0; count < 1000; count++) {
      Client client(*server.listener);
      client.send("request");
      REQUIRE(server.loop.until([&] { return client.receive().ended; }));
      REQUIRE(client.received == "request");
    }
    CHECK(server.recorder.opened == 1000);
    CHECK(server.recorder.closed == 1000);
    CHECK(server.loop->socketCount() == 0);
    server.loop.stepWithoutWaiting();
    CHECK(server.loop->socketAt(0) == nullptr);
  });
}

TEST_CASE("sockets can be written and closed outside turns") {
  onEachBackend([](Server &server) {
    Socket *accepted = nullptr;
    server.recorder.onData = [&](Socket &socket, std::string_view) { accepted = &socket; };
    Client client(*server.listener);
    client.send("request");
    REQUIRE(server.loop.until([&] { return accepted != nullptr; }));
    CHECK(server.loop->depth() == 0);
    accepted->cork();
    accepted->write("promised ");
    accepted->write("answer");
    accepted->uncork();
    bool deferred = false;
    server.loop->defer([](void *user) { *static_cast<bool *>(user) = true; }, &deferred);
    accepted->close();
    const uint32_t index = accepted->index();
    CHECK(accepted->isClosed());
    CHECK(server.recorder.log == "odc");
    // The next turn comes by itself and frees the slot.
    REQUIRE(server.loop.until([&] { return server.loop->socketAt(index) == nullptr; }));
    CHECK(deferred);
    REQUIRE(server.loop.until([&] { return client.receive().ended; }));
    CHECK(client.received == "promised answer");
  });
}

TEST_CASE("a cork left outside a turn is flushed by itself") {
  onEachBackend([](Server &server) {
    Socket *accepted = nullptr;
    server.recorder.onData = [&](Socket &socket, std::string_view) { accepted = &socket; };
    Client client(*server.listener);
    client.send("request");
    REQUIRE(server.loop.until([&] { return accepted != nullptr; }));
    accepted->cork();
    accepted->write("forgotten");
    REQUIRE(server.loop.until([&] { return client.receive().received == "forgotten"; }));
    CHECK_FALSE(accepted->isCorked());
  });
}

TEST_CASE("timeouts run on the backend's timer, and the loop waits in between") {
  onEachBackend([](Server &server) {
    const uint64_t start = server.loop->now();
    uint64_t fired = 0;
    server.recorder.onTimeout = [&](Socket &socket) {
      fired = socket.loop().now();
      socket.close();
    };
    server.recorder.onData = [](Socket &socket, std::string_view) { socket.setTimeout(1); };
    Client client(*server.listener);
    client.send("request");
    unsigned steps = 0;
    while (server.recorder.closed == 0) {
      server.loop.step();
      steps++;
    }
    CHECK(fired >= start + 1000);
    CHECK(server.recorder.log == "odtc");
    // A busy loop would need thousands.
    CHECK(steps < 50);
  });
}

TEST_CASE("tear-down with open sockets and listeners leaves no handle behind") {
  onEachBackend([](Server &server) {
    server.recorder.onData = [](Socket &socket, std::string_view) {
      socket.setTimeout(100);
      socket.write(std::string(5'000'000, 'x'));
    };
    std::vector<std::unique_ptr<Client>> clients;
    for (int count = 0; count < 20; count++) {
      clients.push_back(std::make_unique<Client>(*server.listener));
      clients.back()->send("x");
    }
    REQUIRE(server.loop.until([&] { return server.recorder.data.size() == 20; }));
    server.loop.destroy();
    CHECK(server.recorder.closed == 20);
    CHECK(server.recorder.reason == CloseReason::Teardown);
    for (const auto &client : clients) {
      while (!client->ended && client->error == 0) {
        client->receive();
      }
    }
  });
}

TEST_CASE("50 loops one after the other") {
  for (const Backend backend : usk::test::backends()) {
    CAPTURE(usk::test::name(backend));
    for (int count = 0; count < 50; count++) {
      Server server(backend);
      server.echo();
      Client client(*server.listener);
      client.send("x");
      REQUIRE(server.loop.until([&] { return client.receive().received == "x"; }));
    }
  }
}

#ifdef USK_WITH_UV
TEST_CASE("a hosted loop keeps the host alive only while ref'd, and is not woken when idle") {
  for (const Backend backend : {Backend::Nested, Backend::PerSocket}) {
    CAPTURE(usk::test::name(backend));
    Server server(backend);
    server.echo();
    Client client(*server.listener);
    client.send("x");
    REQUIRE(server.loop.until([&] { return client.receive().received == "x"; }));
    CHECK(uv_loop_alive(&server.loop.uv()) != 0);
    server.loop->unref();
    // Listener and connection are open, yet this returns.
    uv_run(&server.loop.uv(), UV_RUN_DEFAULT);
    CHECK(uv_loop_alive(&server.loop.uv()) == 0);
    CHECK(uv_backend_timeout(&server.loop.uv()) == 0);
    server.loop->ref();
    server.loop.stepWithoutWaiting(); // libuv hands new interests to the kernel
    // Nothing armed: the host would wait for ever.
    CHECK(uv_backend_timeout(&server.loop.uv()) == -1);
    CHECK(server.loop->socketCount() == 1);
  }
}

TEST_CASE("host code that runs the uv loop inside a callback gets no turn of ours") {
  for (const Backend backend : {Backend::Nested, Backend::PerSocket}) {
    CAPTURE(usk::test::name(backend));
    Server server(backend);
    int depth = 0;
    int deepest = 0;
    server.recorder.onData = [&](Socket &socket, std::string_view data) {
      deepest = std::max(deepest, ++depth);
      const std::string before(data);
      for (int round = 0; round < 10; round++) {
        uv_run(&server.loop.uv(), UV_RUN_NOWAIT);
      }
      CHECK(before == data);
      socket.write(data);
      depth--;
    };
    Client first(*server.listener);
    Client second(*server.listener);
    first.send("first");
    second.send("second");
    REQUIRE(server.loop.until([&] {
      return first.receive().received == "first" && second.receive().received == "second";
    }));
    CHECK(deepest == 1);
  }
}

TEST_CASE("destroy from inside a callback") {
  for (const Backend backend : {Backend::Nested, Backend::PerSocket}) {
    CAPTURE(usk::test::name(backend));
    Server server(backend);
    bool done = false;
    server.recorder.onData = [&](Socket &socket, std::string_view) {
      socket.loop().destroy([](void *user) { *static_cast<bool *>(user) = true; }, &done);
      CHECK(socket.isClosed());
      CHECK_FALSE(done);
    };
    Client client(*server.listener);
    client.send("x");
    REQUIRE(server.loop.until([&] { return done; }));
    server.loop.forget();
    CHECK(server.recorder.log == "odc");
  }
}
#endif

TEST_CASE("a standalone loop runs until nothing is left") {
  LiveLoop loop(Backend::Standalone);
  Recorder recorder(*loop);
  loop->run();
  SystemError error;
  Listener *listener = recorder.group.listen({}, error);
  REQUIRE(listener != nullptr);
  recorder.onData = [&](Socket &socket, std::string_view data) {
    socket.write(data);
    socket.finish(false);
    if (data == "last") {
      listener->close();
    }
  };
  Client first(*listener);
  first.send("first");
  Client last(*listener);
  last.send("last");
  loop->run();
  CHECK(recorder.closed == 2);
  CHECK(first.receive().received == "first");
  CHECK(last.receive().received == "last");
}

TEST_CASE("stop ends run") {
  LiveLoop loop(Backend::Standalone);
  Recorder recorder(*loop);
  SystemError error;
  REQUIRE(recorder.group.listen({}, error) != nullptr);
  loop->defer([](void *user) { static_cast<usk::Loop *>(user)->stop(); }, &*loop);
  loop->run();
  CHECK(recorder.log.empty());
}

TEST_CASE("a callback may destroy the loop that run is running") {
  SystemError error;
  usk::Loop *loop = usk::Loop::create({}, error);
  REQUIRE(loop != nullptr);
  {
    Recorder recorder(*loop);
    REQUIRE(recorder.group.listen({}, error) != nullptr);
    bool done = false;
    recorder.onData = [&](Socket &socket, std::string_view) {
      socket.loop().destroy([](void *user) { *static_cast<bool *>(user) = true; }, &done);
      CHECK_FALSE(done);
    };
    Listener *listener = recorder.group.listen({}, error);
    REQUIRE(listener != nullptr);
    Client client(*listener);
    client.send("x");
    loop->run();
    CHECK(done);
    CHECK(recorder.log == "odc");
  }
}

TEST_CASE("work on another thread comes back on this one, in a turn") {
  struct Job {
    usk::Loop *loop;
    std::thread::id worker;
    std::thread::id home;
    unsigned depth = 0;
  };
  onEachBackend([](Server &server) {
    Job job{&*server.loop, {}, {}};
    server.loop->offload(
        [](void *user) { static_cast<Job *>(user)->worker = std::this_thread::get_id(); },
        [](void *user) {
          auto &done = *static_cast<Job *>(user);
          done.home = std::this_thread::get_id();
          done.depth = done.loop->depth();
        },
        &job);
    REQUIRE(server.loop.until([&] { return job.depth != 0; }));
    CHECK(job.depth == 1);
    CHECK(job.home == std::this_thread::get_id());
  });
}

TEST_CASE("a loop is destroyed only after the work it gave away") {
  struct Job {
    std::mutex mutex;
    bool worked = false;
    bool done = false;
  };
  for (const Backend backend : usk::test::backends()) {
    CAPTURE(usk::test::name(backend));
    Job job;
    {
      LiveLoop loop(backend);
      // Held until the loop is being destroyed; a standalone one works at once.
      std::unique_lock<std::mutex> hold(job.mutex, std::defer_lock);
      if (backend != Backend::Standalone) {
        hold.lock();
      }
      loop->offload(
          [](void *user) {
            auto &held = *static_cast<Job *>(user);
            const std::lock_guard<std::mutex> wait(held.mutex);
            held.worked = true;
          },
          [](void *user) { static_cast<Job *>(user)->done = true; }, &job);
      bool destroyed = false;
      struct Order {
        Job *job;
        bool *destroyed;
      } order{&job, &destroyed};
      loop->destroy(
          [](void *user) {
            auto &seen = *static_cast<Order *>(user);
            *seen.destroyed = true;
            CHECK(seen.job->worked);
            CHECK(seen.job->done);
          },
          &order);
      if (hold.owns_lock()) {
        CHECK_FALSE(destroyed);
        hold.unlock();
      }
#ifdef USK_WITH_UV
      if (backend != Backend::Standalone) {
        uv_run(&loop.uv(), UV_RUN_DEFAULT);
      }
#endif
      CHECK(destroyed);
      loop.forget();
    }
  }
}

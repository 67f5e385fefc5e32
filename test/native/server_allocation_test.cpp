// SPDX-License-Identifier: MIT
//
// Counts every allocation of the process, malloc and operator new alike: after start-up a request
// to a static route, and one that its handler answers at once, must need none. Replaces malloc,
// hence a program of its own; the client's side here allocates nothing either.
#include "support/live_loop.h"
#include "support/requests.h"

#include <uwk/Server.h>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNT_BY_HOOK
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNT_BY_HOOK
#endif

namespace {

size_t allocations = 0;

}

#ifdef COUNT_BY_HOOK

// Part of the runtimes of GCC and clang; GCC does not install the header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*onMalloc)(const volatile void *memory, size_t size),
    void (*onFree)(const volatile void *memory));

namespace {

// The sanitizers own malloc, and tell.
void countFromNowOn() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void *, size_t) { allocations++; }, [](const volatile void *) {});
  REQUIRE(installed > 0);
}

} // namespace

#elif defined(__GLIBC__)

// glibc's own names for what is replaced here; operator new calls malloc.
extern "C" {
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  allocations++;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  allocations++;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  allocations++;
  return __libc_realloc(memory, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  allocations++;
  return __libc_memalign(alignment, size);
}
}

namespace {
void countFromNowOn() {}
} // namespace

#else
#error "no way to count allocations with this C library"
#endif

using namespace uwk;
using namespace uwk::test;

namespace {

constexpr int kWarmUp = 300;
constexpr int kCounted = 3000;

struct Fixture {
  Fixture() {
    ServerOptions options;
    options.hasFallback = true;
    ServerHandlers handlers;
    handlers.user = this;
    // Text, field lines and a param: what a simple handler does, without JavaScript.
    handlers.onRequest = [](void *, const RequestEvent &event) {
      Exchange &exchange = event.exchange;
      ResponseHead head;
      head.fields = "content-type: text/plain;charset=utf-8\r\n";
      ResponseBody body;
      body.bytes = event.match.paramCount > 0 ? event.match.param(0) : exchange.path();
      const BodyBytes received = exchange.takeBody();
      if (!received.view().empty()) {
        body.bytes = received.view();
      }
      exchange.respond(head, body);
    };
    handlers.onBody = [](void *, Exchange &, BodyState) {};
    handlers.onWritable = [](void *, Exchange &) {};
    handlers.onAborted = [](void *, Exchange &) {};
    handlers.onEnded = [](void *, ExchangeHandle, void *) {};
    handlers.onStopped = [](void *user) { static_cast<Fixture *>(user)->stopped = true; };
    server = std::make_unique<Server>(*loop, options, handlers);

    auto table = std::make_unique<RouteTable>();
    StaticRoute fixed;
    fixed.fields = "Content-Type: text/plain;charset=utf-8\r\n";
    fixed.body = "static";
    REQUIRE(table->addStatic(kAnyMethod, "/static", fixed) == RouteError::None);
    const std::string large(100'000, 'L');
    fixed.body = large;
    REQUIRE(table->addStatic(kAnyMethod, "/large", fixed) == RouteError::None);
    REQUIRE(table->addHandler(kAnyMethod, "/users/:id", 1) == RouteError::None);
    REQUIRE(table->addHandler(kAnyMethod, "/a/:b/c/:d/*", 1) == RouteError::None);
    table->freeze();
    server->setRoutes(std::move(table), true);

    usk::ListenOptions listen;
    listen.host = "127.0.0.1";
    usk::SystemError error;
    listener = server->listen(listen, error);
    REQUIRE(listener != nullptr);
  }
  Fixture(const Fixture &) = delete;
  Fixture &operator=(const Fixture &) = delete;
  ~Fixture() {
    server->stop(true);
    CHECK(loop.until([this] { return stopped; }));
  }

  // Sends and takes until `size` bytes came back.
  void exchange(const usk::test::Client &client, std::string_view bytes, size_t size) {
    REQUIRE(::send(client.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
    size_t got = 0;
    loop.until([&] {
      const ssize_t count = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
      got += count > 0 ? static_cast<size_t>(count) : 0;
      return got >= size;
    });
    REQUIRE(got == size);
  }

  // Allocations of that many exchanges once everything has its size.
  size_t count(std::string_view bytes, size_t replies) {
    countFromNowOn();
    usk::test::Client client(*listener);
    // How long the answer is, as the first one shows.
    ::send(client.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    size_t size = 0;
    loop.until([&] {
      const ssize_t got = ::recv(client.fd(), buffer.data() + size, buffer.size() - size, 0);
      size += got > 0 ? static_cast<size_t>(got) : 0;
      return complete({buffer.data(), size}, bytes.substr(0, 4) == "HEAD") == replies;
    });
    CHECK(complete({buffer.data(), size}, bytes.substr(0, 4) == "HEAD") == replies);
    for (int i = 0; i < kWarmUp; i++) {
      exchange(client, bytes, size);
    }
    const size_t before = allocations;
    for (int i = 0; i < kCounted; i++) {
      exchange(client, bytes, size);
    }
    return allocations - before;
  }

  static size_t complete(std::string_view text, bool isHead) {
    size_t count = 0;
    for (;;) {
      const size_t end = text.find("\r\n\r\n");
      if (end == std::string_view::npos) {
        return count;
      }
      size_t length = 0;
      const size_t field = text.substr(0, end).find("Content-Length: ");
      if (field != std::string_view::npos && !isHead) {
        for (size_t at = field + 16; text[at] != '\r'; at++) {
          length = length * 10 + static_cast<size_t>(text[at] - '0');
        }
      }
      if (text.size() < end + 4 + length) {
        return count;
      }
      text.remove_prefix(end + 4 + length);
      count++;
    }
  }

  usk::test::LiveLoop loop{usk::Backend::Standalone};
  std::unique_ptr<Server> server;
  usk::Listener *listener = nullptr;
  std::array<char, 1 << 18> buffer{};
  bool stopped = false;
};

std::string times(size_t count, const std::string &text) {
  std::string all;
  for (size_t i = 0; i < count; i++) {
    all += text;
  }
  return all;
}

} // namespace

TEST_CASE("the counter counts") {
  countFromNowOn();
  const size_t before = allocations;
  auto one = std::make_unique<std::array<char, 100>>();
  std::string two(1000, 'x');
  void *three = ::operator new (64, std::align_val_t{64});
  void *four = std::malloc(10);
  void *volatile five = std::realloc(four, 100'000);
  CHECK(allocations - before >= 5);
  std::free(five);
  ::operator delete (three, std::align_val_t{64});
}

TEST_CASE("static routes allocate nothing per request") {
  Fixture fixture;
  const std::string tag = "\"d893f86a0f6b9450\"";
  CHECK(fixture.count(get("/static"), 1) == 0);
  CHECK(fixture.count(request("HEAD", "/static"), 1) == 0);
  CHECK(fixture.count(get("/static", "If-None-Match: " + tag + "\r\n"), 1) == 0);
  CHECK(fixture.count(get("/static", "If-Match: \"other\"\r\n"), 1) == 0);
  CHECK(fixture.count(post("/static", "ignored"), 1) == 0);
  CHECK(fixture.count(times(16, get("/static")), 16) == 0);
  CHECK(fixture.count(times(64, get("/static")), 64) == 0);
  CHECK(fixture.count(get("/large"), 1) == 0);
}

TEST_CASE("handlers that answer at once allocate nothing per request") {
  Fixture fixture;
  CHECK(fixture.count(get("/handler?with=query", "X-One: 1\r\nAccept: */*\r\n"), 1) == 0);
  CHECK(fixture.count(request("HEAD", "/handler"), 1) == 0);
  CHECK(fixture.count(get("/users/ann"), 1) == 0);
  CHECK(fixture.count(get("/a/1/c/2/and/more"), 1) == 0);
  CHECK(fixture.count(post("/handler", std::string(1000, 'b')), 1) == 0);
  CHECK(fixture.count(times(16, get("/users/ann")), 16) == 0);
}

TEST_CASE("nor does a 404") {
  Fixture fixture;
  fixture.server->setRoutes(nullptr, false);
  CHECK(fixture.count(get("/nothing"), 1) == 0);
}

TEST_CASE("a connection per request allocates nothing once the first ones have come and gone") {
  Fixture fixture;
  countFromNowOn();
  size_t before = 0;
  const std::string bytes = get("/static", "Connection: close\r\n");
  for (int i = 0; i < kWarmUp + 300; i++) {
    if (i == kWarmUp) {
      before = allocations;
    }
    const usk::test::Client client(*fixture.listener);
    ::send(client.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    CHECK(fixture.loop.until(
        [&] { return ::recv(client.fd(), fixture.buffer.data(), fixture.buffer.size(), 0) > 0; }));
  }
  CHECK(allocations - before == 0);
}

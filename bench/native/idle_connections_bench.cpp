// SPDX-License-Identifier: MIT
//
// Resident bytes per idle keep-alive connection of the server alone, without Node: 10,000
// connections from a second process, one request each, then nothing. Prints the growth while they
// are open, what is left after they are closed, and the same once more with everything warm.
// Usage: idle_connections_bench [CONNECTIONS]
#include <uwk/Server.h>

#include <http/HttpConnection.h>

#include <usk/loop.h>
#include <usk/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr size_t kReserve = 64; // descriptors for everything else

size_t residentBytes() {
  long total = 0;
  long resident = 0;
  std::FILE *file = std::fopen("/proc/self/statm", "r");
  if (file != nullptr) {
    if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) {
      resident = 0;
    }
    std::fclose(file);
  }
  return static_cast<size_t>(resident) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

size_t heapBytes() {
#ifdef __GLIBC__
  return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
#else
  return 0;
#endif
}

size_t raiseDescriptorLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// The client process: opens `count` connections, gets one answer on each, says so through `ready`
// and holds them until `release` is closed at the other end.
[[noreturn]] void hold(uint16_t port, size_t count, int ready, int release) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (size_t i = 0; i < count; i++) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    char answer[1024];
    if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        ::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0 ||
        ::recv(fd, answer, sizeof answer, 0) <= 0) {
      std::perror("connection");
      std::_Exit(1);
    }
  }
  char byte = 1;
  (void)!::write(ready, &byte, 1);
  (void)!::read(release, &byte, 1);
  std::_Exit(0);
}

struct Bench {
  explicit Bench(size_t wanted) : count(wanted) {
    usk::SystemError error;
    loop = usk::Loop::create({}, error);
    if (loop == nullptr) {
      std::exit(1);
    }
    uwk::ServerOptions options;
    options.hasFallback = true;
    options.idleTimeoutSeconds = 120;
    uwk::ServerHandlers handlers;
    handlers.onRequest = [](void *, const uwk::RequestEvent &event) {
      uwk::ResponseBody body;
      body.bytes = "Bun!";
      event.exchange.respond({}, body);
    };
    handlers.onBody = [](void *, uwk::Exchange &, uwk::BodyState) {};
    handlers.onWritable = [](void *, uwk::Exchange &) {};
    handlers.onAborted = [](void *, uwk::Exchange &) {};
    handlers.onEnded = [](void *, uwk::ExchangeHandle, void *) {};
    handlers.onStopped = [](void *) {};
    server = std::make_unique<uwk::Server>(*loop, options, handlers);
    usk::ListenOptions listen;
    listen.host = "127.0.0.1";
    listener = server->listen(listen, error);
    if (listener == nullptr) {
      std::exit(1);
    }
  }

  // One round; false when the client failed.
  bool round(const char *name) {
    int ready[2];
    int release[2];
    if (::pipe(ready) != 0 || ::pipe(release) != 0) {
      return false;
    }
    const size_t resident = residentBytes();
    const size_t heap = heapBytes();
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(release[1]);
      hold(listener->port(), count, ready[1], release[0]);
    }
    ::close(ready[1]);
    ::close(release[0]);
    while (server->connections() < count && ::waitpid(child, nullptr, WNOHANG) == 0) {
      loop->runOnce(100);
    }
    // The last answer may still be due.
    loop->runOnce(10);
    char byte = 0;
    const bool held = server->connections() == count && ::read(ready[0], &byte, 1) == 1;
    const size_t open = residentBytes();
    const size_t openHeap = heapBytes();
    ::close(release[1]);
    ::waitpid(child, nullptr, 0);
    while (server->connections() > 0) {
      loop->runOnce(100);
    }
    ::close(ready[0]);
    const size_t closed = residentBytes();
    std::printf("{\"bench\":\"idle-connections\",\"round\":\"%s\",\"connections\":%zu,"
                "\"residentPerConnection\":%.0f,\"heapPerConnection\":%.0f,"
                "\"residentAfterClose\":%lld,\"slot\":%zu,\"protocol\":%zu}\n",
                name, count, per(open, resident), per(openHeap, heap),
                static_cast<long long>(closed) - static_cast<long long>(resident),
                sizeof(usk::Socket), sizeof(uwk::HttpConnection));
    return held;
  }

  [[nodiscard]] double per(size_t after, size_t before) const {
    return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(count);
  }

  size_t count;
  usk::Loop *loop = nullptr;
  std::unique_ptr<uwk::Server> server;
  const usk::Listener *listener = nullptr;
};

} // namespace

int main(int argc, char **argv) {
  const size_t wanted = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const size_t possible = raiseDescriptorLimit() - kReserve;
  if (wanted > possible) {
    std::fprintf(stderr, "only %zu connections: the limit of descriptors is too low\n", possible);
  }
  Bench bench(wanted < possible ? wanted : possible);
  return bench.round("cold") && bench.round("warm") ? 0 : 1;
}

// SPDX-License-Identifier: MIT
//
// Real loops with real sockets: runs any backend until a condition holds, and a non-blocking client
// to talk to it from the same thread.
#pragma once

#include <usk/listener.h>
#include <usk/loop.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#ifdef USK_WITH_UV
#include <uv.h>
#endif

namespace usk::test {

inline std::vector<Backend> backends() {
#ifdef USK_WITH_UV
  return {Backend::Standalone, Backend::Nested, Backend::PerSocket};
#else
  return {Backend::Standalone};
#endif
}

inline std::string name(Backend backend) {
  return backend == Backend::Standalone ? "standalone"
         : backend == Backend::Nested   ? "nested"
                                        : "per socket";
}

class LiveLoop {
public:
  explicit LiveLoop(Backend backend) : backend_(backend) {
    LoopOptions options;
    options.backend = backend;
#ifdef USK_WITH_UV
    if (backend != Backend::Standalone) {
      uv_loop_init(&uv_);
      options.uvLoop = &uv_;
    }
#endif
    SystemError error;
    loop_ = Loop::create(options, error);
    REQUIRE(loop_ != nullptr);
    loop_->ref();
  }
  LiveLoop(const LiveLoop &) = delete;
  LiveLoop &operator=(const LiveLoop &) = delete;
  ~LiveLoop() { destroy(); }

  Loop &operator*() { return *loop_; }
  Loop *operator->() { return loop_; }

  // One iteration of whoever owns the thread, waiting for an event.
  void step() {
    if (backend_ == Backend::Standalone) {
      loop_->runOnce(kPatienceMs);
    } else {
#ifdef USK_WITH_UV
      uv_run(&uv_, UV_RUN_ONCE);
#endif
    }
  }
  void stepWithoutWaiting() {
    if (backend_ == Backend::Standalone) {
      loop_->runOnce(0);
    } else {
#ifdef USK_WITH_UV
      uv_run(&uv_, UV_RUN_NOWAIT);
#endif
    }
  }

  // False when the condition did not come true in a great many iterations; later ones make room for
  // whatever else the machine does.
  template <class Condition> bool until(Condition condition) {
    for (int round = 0; round < 20'000; round++) {
      if (condition()) {
        return true;
      }
      stepWithoutWaiting();
      if (round > 10'000) {
        ::poll(nullptr, 0, 1);
      }
    }
    return false;
  }

  // Destroys the loop as a host does: callback from a later iteration, nothing left open.
  void destroy() {
    if (loop_ == nullptr) {
      return;
    }
    bool done = false;
    loop_->destroy([](void *user) { *static_cast<bool *>(user) = true; }, &done);
    loop_ = nullptr;
#ifdef USK_WITH_UV
    if (backend_ != Backend::Standalone) {
      CHECK_FALSE(done);
      uv_run(&uv_, UV_RUN_DEFAULT);
      // EBUSY would mean a handle that was never closed.
      CHECK(uv_loop_close(&uv_) == 0);
    }
#endif
    CHECK(done);
  }

#ifdef USK_WITH_UV
  uv_loop_t &uv() { return uv_; }
#endif
  // The loop destroyed itself; only the host's half is left to close.
  void forget() {
    loop_ = nullptr;
#ifdef USK_WITH_UV
    if (backend_ != Backend::Standalone) {
      CHECK(uv_loop_close(&uv_) == 0);
    }
#endif
  }

private:
  static constexpr int kPatienceMs = 5000;

  Backend backend_;
  Loop *loop_ = nullptr;
#ifdef USK_WITH_UV
  uv_loop_t uv_{};
#endif
};

class Client {
public:
  Client() = default;
  explicit Client(const Listener &listener) {
    connect(listener.isIpv6() ? "::1" : "127.0.0.1", listener.port());
  }
  Client(Client &&other) noexcept
      : received(std::move(other.received)), ended(other.ended), error(other.error),
        fd_(std::exchange(other.fd_, -1)) {}
  Client(const Client &) = delete;
  Client &operator=(const Client &) = delete;
  ~Client() { close(); }

  // 0 or an errno value. Loopback connects are complete when the call returns.
  int connect(const char *host, uint16_t port) {
    const bool v6 = std::strchr(host, ':') != nullptr;
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (v6) {
      auto &address = reinterpret_cast<sockaddr_in6 &>(storage);
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      inet_pton(AF_INET6, host, &address.sin6_addr);
      size = sizeof address;
    } else {
      auto &address = reinterpret_cast<sockaddr_in &>(storage);
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      inet_pton(AF_INET, host, &address.sin_addr);
      size = sizeof address;
    }
    return connect(storage, size);
  }
  int connectUnix(std::string_view path) {
    sockaddr_storage storage{};
    auto &address = reinterpret_cast<sockaddr_un &>(storage);
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return connect(storage, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                                   (path[0] == '\0' ? 0 : 1)));
  }

  // As much as the kernel takes.
  size_t send(std::string_view bytes) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<size_t>(count);
  }
  // Takes what is there; `received`, `ended` and `error` tell.
  Client &receive() {
    char buffer[65536];
    for (;;) {
      const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
      if (count > 0) {
        received.append(buffer, static_cast<size_t>(count));
        continue;
      }
      if (count == 0) {
        ended = true;
      } else if (errno != EAGAIN) {
        error = errno;
      }
      return *this;
    }
  }
  void shutdown() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) {
      ::close(fd_);
      fd_ = -1;
    }
  }
  void reset() {
    const linger option{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &option, sizeof option);
    close();
  }
  [[nodiscard]] int fd() const { return fd_; }

  std::string received;
  bool ended = false;
  int error = 0;

private:
  int connect(const sockaddr_storage &storage, socklen_t size) {
    fd_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
      return errno;
    }
    const int result =
        ::connect(fd_, reinterpret_cast<const sockaddr *>(&storage), size) == 0 ? 0 : errno;
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
    return result;
  }

  int fd_ = -1;
};

// A directory of its own, removed with everything in it that tests put there.
class TempDirectory {
public:
  TempDirectory() {
    path_ = std::filesystem::temp_directory_path() / "usk-XXXXXX";
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  TempDirectory(const TempDirectory &) = delete;
  TempDirectory &operator=(const TempDirectory &) = delete;
  ~TempDirectory() {
    for (const std::string &file : files_) {
      ::unlink(file.c_str());
    }
    ::rmdir(path_.c_str());
  }
  std::string file(const std::string &name) {
    files_.push_back(path_ + "/" + name);
    return files_.back();
  }
  [[nodiscard]] const std::string &path() const { return path_; }

private:
  std::string path_;
  std::vector<std::string> files_;
};

} // namespace usk::test

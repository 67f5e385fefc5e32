// SPDX-License-Identifier: MIT
//
// Listening sockets: dual-stack TCP, IPv4 or IPv6 only, unix paths and Linux abstract names.
#pragma once

#include <usk/status.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace usk {

class SocketGroup;
class TlsContext;

struct ListenOptions {
  // TCP. An empty host binds the dual-stack wildcard `::` (0.0.0.0 where IPv6 is missing).
  std::string_view host;
  uint16_t port = 0; // 0 = chosen by the system
  bool reusePort = false;
  bool ipv6Only = false;
  // Unix: used when `isUnix`; a leading NUL byte means the abstract namespace.
  bool isUnix = false;
  std::string_view path;
  // The system cuts it to its own limit (net.core.somaxconn); a short queue costs a burst of
  // clients a second each, the time after which they try again.
  int backlog = 4096;
  // Connections are TLS (usk/tls.h) when set; the listener keeps a reference.
  TlsContext *tls = nullptr;
};

class Listener {
public:
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;

  // Stops accepting at once, closes the descriptor and removes a unix socket's file (only when it
  // is still the file this listener made). The object is freed; accepted sockets live on.
  void close();

  // For the connections to come; those that are open keep theirs.
  void setTls(TlsContext *context);

  [[nodiscard]] uint16_t port() const;           // 0 for unix sockets
  [[nodiscard]] const std::string &host() const; // numeric address bound to, "" for unix
  [[nodiscard]] bool isIpv6() const;
  [[nodiscard]] int fd() const;

  struct Internal;

private:
  friend struct Internal;
  Listener() = default;
  ~Listener() = default;

  SocketGroup *group_ = nullptr;
  TlsContext *tls_ = nullptr;
  uint32_t id_ = 0;
  int fd_ = -1;
  uint32_t lastTurn_ = 0; // in which connections were accepted
  uint16_t port_ = 0;
  uint8_t interest_ = 0; // what the poller watches for
  bool ipv6_ = false;
  std::string host_;
  // Where the socket's file is and what identified it when it was made; "" when there is none.
  std::string file_;
  uint64_t fileDevice_ = 0;
  uint64_t fileInode_ = 0;
};

} // namespace usk

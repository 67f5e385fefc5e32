// SPDX-License-Identifier: MIT
//
// One thin wrapper per socket system call: non-blocking, close-on-exec, no SIGPIPE, EINTR retried,
// failures returned as negative errno values. No policy. The calls on connected sockets and
// accept() go through a table that each loop points to, which is what tests replace; that costs one
// predictable indirect call beside a system call.
#pragma once

#include <usk/status.h>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace usk::net {

// What was handed to the kernel and has not reached the peer.
struct Unsent {
  uint32_t bytes = 0; // 0 also when the system does not tell
  // Milliseconds since the peer last made room for some of it; negative where that is not known.
  int64_t stalledMs = -1;
};

struct Calls {
  ssize_t (*receive)(int fd, char *to, size_t size); // 0 = the peer's FIN
  ssize_t (*send)(int fd, const char *bytes, size_t size);
  ssize_t (*sendParts)(int fd, const iovec *parts, size_t count);
  // Like send(), for bytes that sendFile() follows: they leave with the beginning of the file.
  ssize_t (*sendAhead)(int fd, const char *bytes, size_t size);
  // From `offset` of a regular file, whose position does not change; 0 = it ends there.
  ssize_t (*sendFile)(int fd, int file, uint64_t offset, size_t size);
  // Lets the kernel keep more of a large body, where that is ours to say. False when nothing
  // changed.
  bool (*widen)(int fd);
  int (*accept)(int listenFd);      // the new descriptor
  int (*acceptQueue)(int listenFd); // connections ready to be accepted, negative = unknown
  int (*shutdownWrite)(int fd);
  int (*resetOnClose)(int fd, bool on); // close() will send RST
  int (*pendingError)(int fd);          // SO_ERROR as a positive errno value, 0 = none
  Unsent (*unsent)(int fd);
  void (*close)(int fd);
};

extern const Calls kSystemCalls;

struct Bound {
  int fd = -1;
  sockaddr_storage address = {};
};

struct TcpOptions {
  std::string_view host; // "" = wildcard, dual-stack where IPv6 exists
  uint16_t port = 0;
  bool reusePort = false;
  bool ipv6Only = false;
  int backlog = 0;
};

// A bound, listening, non-blocking socket.
[[nodiscard]] SystemError listenTcp(const TcpOptions &options, Bound &bound);
// A leading NUL byte selects the abstract namespace. Whatever exists at `path` is left alone.
[[nodiscard]] SystemError listenUnix(std::string_view path, int backlog, int &fd);

// Identity of the file at `path`; false when there is none.
bool fileIdentity(const std::string &path, uint64_t &device, uint64_t &inode);
void removeFile(const std::string &path);
// `path` made independent of the working directory, or as given when that is unknown.
[[nodiscard]] std::string absolutePath(std::string_view path);

// False when the socket has no peer any more.
[[nodiscard]] bool peerAddress(int fd, sockaddr_storage &address);

} // namespace usk::net

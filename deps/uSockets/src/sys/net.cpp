// SPDX-License-Identifier: MIT
//
// The only file that performs socket system calls. First those on connected sockets, then the
// making of listening sockets, then the files of unix sockets.
#include "net.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#ifdef __linux__
#include "sigpipe.h"

#include <sys/sendfile.h>
#endif
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace usk::net {
namespace {

// macOS refuses larger sizes with EINVAL and Linux cuts them off near INT_MAX.
constexpr size_t kLargestCall = size_t{1} << 30;

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0; // SO_NOSIGPIPE is set after accept instead
#endif

ssize_t receive(int fd, char *to, size_t size) {
  for (;;) {
    const ssize_t count = ::recv(fd, to, size, 0);
    if (count >= 0) {
      return count;
    }
    if (errno != EINTR) {
      return -errno;
    }
  }
}

ssize_t sendWith(int fd, const char *bytes, size_t size, int flags) {
  for (;;) {
    const ssize_t count = ::send(fd, bytes, std::min(size, kLargestCall), flags);
    if (count >= 0) {
      return count;
    }
    if (errno != EINTR) {
      return -errno;
    }
  }
}

ssize_t send(int fd, const char *bytes, size_t size) {
  return sendWith(fd, bytes, size, kSendFlags);
}

ssize_t sendAhead(int fd, const char *bytes, size_t size) {
#ifdef MSG_MORE
  return sendWith(fd, bytes, size, kSendFlags | MSG_MORE);
#else
  return send(fd, bytes, size);
#endif
}

ssize_t sendFile(int fd, int file, uint64_t offset, size_t size) {
#ifdef __linux__
  SigpipeGuard guard;
  for (;;) {
    auto at = static_cast<off_t>(offset);
    const ssize_t count = ::sendfile(fd, file, &at, std::min(size, kLargestCall));
    if (count >= 0) {
      return count;
    }
    const int error = errno;
    if (error == EPIPE) {
      guard.raised();
    }
    if (error != EINTR) {
      return -error;
    }
  }
#else
  // The call of that name differs everywhere else.
  (void)fd, (void)file, (void)offset, (void)size;
  return -ENOSYS;
#endif
}

// A unix socket keeps 208 KB unless told otherwise, and says that it has room at a quarter of that:
// 1 MiB then takes five turns. TCP finds its size on its own, and stops to do so when it is told
// one.
bool widen(int fd) {
#ifdef SO_DOMAIN
  int domain = 0;
  socklen_t length = sizeof domain;
  if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0 || domain != AF_UNIX) {
    return false;
  }
  constexpr int kBytes = 1024 * 1024;
  return ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kBytes, sizeof kBytes) == 0;
#else
  (void)fd;
  return false;
#endif
}

ssize_t sendParts(int fd, const iovec *parts, size_t count) {
  // Parts above the limit of one call are cut; the caller sees a short count and tries again.
  iovec limited[32];
  size_t total = 0;
  size_t used = 0;
  while (used < std::min<size_t>(count, 32) && total < kLargestCall) {
    limited[used] = parts[used];
    limited[used].iov_len = std::min(parts[used].iov_len, kLargestCall - total);
    total += limited[used].iov_len;
    used++;
  }
  msghdr message{};
  message.msg_iov = limited;
  message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(used);
  for (;;) {
    const ssize_t sent = ::sendmsg(fd, &message, kSendFlags);
    if (sent >= 0) {
      return sent;
    }
    if (errno != EINTR) {
      return -errno;
    }
  }
}

int accept(int listenFd) {
  for (;;) {
#ifdef __linux__
    // TCP_NODELAY is inherited from the listening socket.
    const int fd = ::accept4(listenFd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    const int fd = ::accept(listenFd, nullptr, nullptr);
    if (fd >= 0) {
      const int on = 1;
      ::fcntl(fd, F_SETFL, O_NONBLOCK);
      ::fcntl(fd, F_SETFD, FD_CLOEXEC);
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
      ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    }
#endif
    if (fd >= 0) {
      return fd;
    }
    if (errno != EINTR) {
      return -errno;
    }
  }
}

int acceptQueue(int listenFd) {
#ifdef __linux__
  // On a listening TCP socket tcpi_unacked is the length of the accept queue.
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(listenFd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) {
    return static_cast<int>(info.tcpi_unacked);
  }
#else
  (void)listenFd;
#endif
  return -1;
}

int shutdownWrite(int fd) { return ::shutdown(fd, SHUT_WR) == 0 ? 0 : -errno; }

int resetOnClose(int fd, bool on) {
  linger option{};
  option.l_onoff = on ? 1 : 0;
  option.l_linger = 0;
  return ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option) == 0 ? 0 : -errno;
}

int pendingError(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Unsent unsent(int fd) {
  Unsent result;
  int bytes = 0;
#if defined(__linux__)
  if (::ioctl(fd, TIOCOUTQ, &bytes) != 0) {
    return result;
  }
#elif defined(SO_NWRITE)
  socklen_t length = sizeof bytes;
  if (::getsockopt(fd, SOL_SOCKET, SO_NWRITE, &bytes, &length) != 0) {
    return result;
  }
#else
  (void)fd;
#endif
  result.bytes = static_cast<uint32_t>(std::max(bytes, 0));
#ifdef __linux__
  // Probes of a closed window carry no data but are acknowledged; what is sent again to a peer that
  // has vanished is data but is not. Room is where there are both.
  tcp_info info{};
  socklen_t size = sizeof info;
  if (result.bytes != 0 && ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) {
    result.stalledMs = std::max(info.tcpi_last_data_sent, info.tcpi_last_ack_recv);
  }
#endif
  return result;
}

// Never repeated after EINTR: on Linux the descriptor is gone already.
void close(int fd) { ::close(fd); }

} // namespace

const Calls kSystemCalls = {receive,      send,   sendParts,   sendAhead,     sendFile,
                            widen,        accept, acceptQueue, shutdownWrite, resetOnClose,
                            pendingError, unsent, close};

bool peerAddress(int fd, sockaddr_storage &address) {
  socklen_t size = sizeof address;
  return ::getpeername(fd, reinterpret_cast<sockaddr *>(&address), &size) == 0;
}

namespace {

SystemError failed(const char *call) { return {errno, call, false}; }

bool enable(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

int newSocket(int family) {
#ifdef __linux__
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  const int fd = ::socket(family, SOCK_STREAM, 0);
  if (fd >= 0) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return fd;
#endif
}

bool isLoopback(const sockaddr *address) {
  if (address->sa_family == AF_INET) {
    const auto &v4 = *reinterpret_cast<const sockaddr_in *>(address);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  const in6_addr &v6 = reinterpret_cast<const sockaddr_in6 *>(address)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

// BBR, where it is the system's congestion control, paces between processes of one machine as well:
// a timer and an interrupt per segment, half of what a file of 1 MiB costs, and the receiver waits.
// Nothing can be congested there. Connections inherit it from the listener; later it is too late.
void avoidPacing([[maybe_unused]] int fd) {
#ifdef TCP_CONGESTION
  char name[16] = {};
  socklen_t size = sizeof name - 1;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) != 0 ||
      std::strncmp(name, "bbr", 3) != 0) {
    return;
  }
  // Every process may have Reno, and this one only where the system allows it.
  if (::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5) != 0) {
    ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
  }
#endif
}

SystemError listenAt(const sockaddr *address, socklen_t size, const TcpOptions &options,
                     Bound &bound) {
  const int fd = newSocket(address->sa_family);
  if (fd < 0) {
    return failed("socket");
  }
  SystemError error;
  if (!enable(fd, SOL_SOCKET, SO_REUSEADDR, 1) ||
      (options.reusePort && !enable(fd, SOL_SOCKET, SO_REUSEPORT, 1)) ||
      (address->sa_family == AF_INET6 &&
       !enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6Only ? 1 : 0)) ||
      !enable(fd, IPPROTO_TCP, TCP_NODELAY, 1)) {
    error = failed("setsockopt");
  } else if (::bind(fd, address, size) != 0) {
    error = failed("bind");
  } else if (::listen(fd, options.backlog) != 0) {
    error = failed("listen");
  }
#ifdef TCP_DEFER_ACCEPT
  // A connection is accepted with its first bytes, which saves an event per connection. It also
  // is when none came within a second or so. A hint: failure is of no consequence.
  if (error.ok()) {
    enable(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
  }
#endif
  if (error.ok() && isLoopback(address)) {
    avoidPacing(fd);
  }
  if (error.ok()) {
    socklen_t length = sizeof bound.address;
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&bound.address), &length) != 0) {
      error = failed("getsockname");
    }
  }
  if (!error.ok()) {
    ::close(fd);
    return error;
  }
  bound.fd = fd;
  return error;
}

SystemError listenAnywhere(const TcpOptions &options, Bound &bound) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_any;
  v6.sin6_port = htons(options.port);
  const SystemError error =
      listenAt(reinterpret_cast<const sockaddr *>(&v6), sizeof v6, options, bound);
  // A kernel without IPv6 says the first, one with IPv6 switched off the second.
  const bool missing = error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL;
  if (!missing || options.ipv6Only) {
    return error;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(options.port);
  return listenAt(reinterpret_cast<const sockaddr *>(&v4), sizeof v4, options, bound);
}

} // namespace

SystemError listenTcp(const TcpOptions &options, Bound &bound) {
  if (options.host.empty()) {
    return listenAnywhere(options, bound);
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  char port[8];
  std::snprintf(port, sizeof port, "%u", static_cast<unsigned>(options.port));
  addrinfo *found = nullptr;
  const int code = ::getaddrinfo(std::string(options.host).c_str(), port, &hints, &found);
  if (code == EAI_SYSTEM) {
    return failed("getaddrinfo");
  }
  if (code != 0) {
    return {code, "getaddrinfo", true};
  }
  // IPv6 first: such a socket may serve both families. The first refusal is the one to report.
  SystemError error{EADDRNOTAVAIL, "bind", false};
  bool tried = false;
  for (const int family : {AF_INET6, AF_INET}) {
    for (const addrinfo *entry = found; entry != nullptr && bound.fd < 0; entry = entry->ai_next) {
      if (entry->ai_family == family) {
        const SystemError result = listenAt(entry->ai_addr, entry->ai_addrlen, options, bound);
        error = tried && !result.ok() ? error : result;
        tried = true;
      }
    }
  }
  ::freeaddrinfo(found);
  return error;
}

SystemError listenUnix(std::string_view path, int backlog, int &fd) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool abstract = !path.empty() && path[0] == '\0';
#ifndef __linux__
  if (abstract) {
    return {EINVAL, "bind", false};
  }
#endif
  if (path.empty() || (!abstract && path.find('\0') != std::string_view::npos)) {
    return {EINVAL, "bind", false};
  }
  // A path needs its NUL, an abstract name is all bytes up to the given length.
  if (path.size() > sizeof address.sun_path - (abstract ? 0 : 1)) {
    return {ENAMETOOLONG, "bind", false};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  const int made = newSocket(AF_UNIX);
  if (made < 0) {
    return failed("socket");
  }
  if (::bind(made, reinterpret_cast<const sockaddr *>(&address), size) != 0) {
    const SystemError error = failed("bind");
    ::close(made);
    return error;
  }
  if (::listen(made, backlog) != 0) {
    const SystemError error = failed("listen");
    if (!abstract) {
      ::unlink(address.sun_path);
    }
    ::close(made);
    return error;
  }
  fd = made;
  return {};
}

bool fileIdentity(const std::string &path, uint64_t &device, uint64_t &inode) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return false;
  }
  device = static_cast<uint64_t>(status.st_dev);
  inode = static_cast<uint64_t>(status.st_ino);
  return true;
}

void removeFile(const std::string &path) { ::unlink(path.c_str()); }

std::string absolutePath(std::string_view path) {
  char directory[4096];
  if (path.empty() || path[0] == '/' || ::getcwd(directory, sizeof directory) == nullptr) {
    return std::string(path);
  }
  std::string result = directory;
  result += '/';
  result += path;
  return result;
}

} // namespace usk::net

// SPDX-License-Identifier: MIT
//
// Address conversions.
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace usk {

SocketAddress toAddress(const sockaddr_storage &storage) {
  SocketAddress address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    std::memcpy(address.bytes, &v4.sin_addr, 4);
    address.length = 4;
    address.port = ntohs(v4.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    std::memcpy(address.bytes, &v6.sin6_addr, 16);
    address.length = 16;
    address.port = ntohs(v6.sin6_port);
  }
  return address;
}

std::string toText(const SocketAddress &address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.length == 4 || address.length == 16) {
    ::inet_ntop(address.length == 4 ? AF_INET : AF_INET6, address.bytes, text, sizeof text);
  }
  return text;
}

} // namespace usk

// SPDX-License-Identifier: MIT
//
// Conversion of socket addresses: kernel form, the library's form, text. No system calls.
#pragma once

#include <usk/socket.h>

#include <string>

struct sockaddr_storage;

namespace usk {

// Length 0 for anything but IPv4 and IPv6. IPv4-mapped IPv6 addresses stay IPv6.
[[nodiscard]] SocketAddress toAddress(const sockaddr_storage &storage);

// RFC 5952 text without port or brackets; "" when there is no address.
[[nodiscard]] std::string toText(const SocketAddress &address);

} // namespace usk

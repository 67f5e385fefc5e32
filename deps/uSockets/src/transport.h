// SPDX-License-Identifier: MIT
//
// The two functions through which all stream bytes of a socket pass. Plain sockets go straight to
// the kernel; a TLS transport takes its place here without its callers noticing.
#pragma once

#include "socket_core.h"

namespace usk {

// Bytes read, 0 for the end of the stream, or a negative errno value.
inline ssize_t transportRead(Socket &socket, char *to, size_t size) {
  return Socket::Internal::loop(socket).net->receive(socket.fd(), to, size);
}

// Bytes taken, possibly fewer than given, or a negative errno value.
inline ssize_t transportWrite(Socket &socket, const iovec *parts, size_t count) {
  const net::Calls &net = *Socket::Internal::loop(socket).net;
  return count == 1
             ? net.send(socket.fd(), static_cast<const char *>(parts->iov_base), parts->iov_len)
             : net.sendParts(socket.fd(), parts, count);
}

// Whether a file's bytes may go to the kernel as they are.
inline bool transportSendsFiles(const Socket &) { return true; }

} // namespace usk

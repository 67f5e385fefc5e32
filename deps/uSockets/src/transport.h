// SPDX-License-Identifier: MIT
//
// The two functions through which all stream bytes of a socket pass. Plain sockets go straight to
// the kernel; TLS takes its place here without the callers noticing.
#pragma once

#include "socket_core.h"
#include "tls/session.h"

namespace usk {

// What TLS decrypts of one read, and of a record that began before it, goes to the loop's buffer.
static_assert(Loop::Internal::kReceiveBytes > TlsIo::kInputBytes + 2 * TlsIo::kRecordBytes);

// Bytes read, 0 for the end of the stream, or a negative errno value.
inline ssize_t transportRead(Socket &socket, char *to, size_t size) {
  const SocketCore &core = coreOf(socket);
  // What follows the end of a conversation is thrown away: no need to decrypt it first.
  if (core.tls != nullptr && core.finish == Socket::Internal::Finish::No) {
    return core.tls->read(to, size);
  }
  return Socket::Internal::loop(socket).net->receive(socket.fd(), to, size);
}

// Bytes taken, possibly fewer than given, or a negative errno value.
inline ssize_t transportWrite(Socket &socket, const iovec *parts, size_t count) {
  if (TlsSession *tls = coreOf(socket).tls; tls != nullptr) {
    return tls->write(parts, count);
  }
  const net::Calls &net = *Socket::Internal::loop(socket).net;
  return count == 1
             ? net.send(socket.fd(), static_cast<const char *>(parts->iov_base), parts->iov_len)
             : net.sendParts(socket.fd(), parts, count);
}

// Whether a file's bytes may go to the kernel as they are.
inline bool transportSendsFiles(Socket &socket) { return coreOf(socket).tls == nullptr; }

} // namespace usk

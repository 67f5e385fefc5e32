// SPDX-License-Identifier: MIT
//
// The inside of Socket for the files of this directory: access to its fields, and the operations
// that the loop, the groups and the listeners need but users do not. Implemented in socket.cpp
// (life and reading), write_path.cpp (writing and ending) and encrypted.cpp (TLS).
#pragma once

#include "loop_state.h"

#include <usk/socket.h>

#include <sys/uio.h>

namespace usk {

struct Socket::Internal {
  using Core = Socket::Core;
  using Finish = Socket::Finish;
  enum class Read : uint8_t {
    Stopped,    // closed, or the socket does not want more
    WouldBlock, // the kernel has nothing more
    More        // the round limit was reached, the poller reports the rest
  };

  static Core &core(Socket &socket) { return socket.core_; }
  static const Core &core(const Socket &socket) { return socket.core_; }
  static Loop::Internal &loop(Socket &socket) { return socket.core_.loop->internal(); }

  // Puts a connected descriptor into a slot, reports onOpen and tries to read. The result may be
  // closed already; null when memory ran out, the descriptor is closed then.
  static Socket *open(SocketGroup &group, int fd, TlsContext *tls = nullptr);
  static void onEvents(Socket &socket, unsigned events);
  static void close(Socket &socket, CloseReason reason, int error);
  // Ends a socket whose write failed: what the peer sent before is still delivered.
  static void closeFailed(Socket &socket);
  static void onDeadline(Socket &socket);
  // Seconds that are left of the timeout because the peer went on taking bytes; 0 = none.
  static unsigned graceOf(Socket &socket);
  // A handshake that waited for a quieter turn, or an end nobody was told of.
  static void carryOn(Socket &socket);
  // Frees the slot. Only when nothing on the stack can refer to the socket.
  static void release(Socket &socket);

  static void flushCork(Socket &socket);
  static void onWritable(Socket &socket);
  // Registers with the poller what the socket waits for at the end of open().
  static void startPolling(Socket &socket);
  static void watch(Socket &socket, unsigned interest);
  static void unwatch(Socket &socket, unsigned interest);
  static bool wantsRead(const Core &core);
  // Nothing more may be given to the transport before onWritable().
  static bool blocked(const Core &core);
  static void arm(Socket &socket, unsigned seconds);

private:
  static Read read(Socket &socket, bool untilEnd);
  static bool startTls(Socket &socket, TlsContext &context);
  static void endTls(Socket &socket, bool announce);
  static bool waitsForTurn(Socket &socket);
  static bool hasMore(const Core &core);
  static void drop(Socket &socket, size_t count);
  static void onFin(Socket &socket);
  static void onHangup(Socket &socket, unsigned events);
  static void setInterest(Socket &socket, unsigned interest);
  friend class Socket;

  static bool send(Socket &socket, iovec *parts, size_t count);
  static size_t offer(Socket &socket, const iovec *parts, size_t count);
  static bool keep(Socket &socket, std::string_view bytes);
  static void fail(Socket &socket, int error);
  static bool canWrite(const Core &core);
  static bool flushAhead(Socket &socket);
  static FileSend sendFileFailed(Socket &socket, int error);
  static void countBulk(Socket &socket, size_t taken);
  static bool flushTls(Socket &socket);
  static bool announceEnd(Socket &socket);
  static void sendFin(Socket &socket);
  static void finishFlushed(Socket &socket);
};

using SocketCore = Socket::Internal::Core;

inline SocketCore &coreOf(Socket &socket) { return Socket::Internal::core(socket); }

} // namespace usk

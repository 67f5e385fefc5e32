// SPDX-License-Identifier: MIT
//
// The TLS side of one connection, between the socket and the kernel: takes and gives plaintext,
// keeps only ciphertext the kernel has not taken. Every record that is written is complete at once,
// so there is nothing to be repeated; while ciphertext is kept nothing new is taken.
#pragma once

#include "../sys/net.h"

#include <usk/tls.h>

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

struct ssl_st;

namespace usk {

class TlsIo;

class TlsSession {
public:
  // Server side. Nothing is allocated for the handshake before the peer's first byte.
  TlsSession(Socket &socket, TlsContext &context, TlsIo &io, const net::Calls &net);
  ~TlsSession();
  TlsSession(const TlsSession &) = delete;
  TlsSession &operator=(const TlsSession &) = delete;

  // Like recv(): plaintext, 0 after close_notify, or a negative errno value: EPROTO for what is
  // not TLS or not acceptable, ECONNABORTED for a stream without an end. Runs the handshake.
  ssize_t read(char *to, size_t size);
  // Like sendmsg(). EAGAIN before the end of the handshake and while ciphertext is kept.
  ssize_t write(const iovec *parts, size_t count);
  // Offers the kept ciphertext to the kernel: 0 when none is left, EAGAIN or another errno value,
  // negative.
  int flush();
  // Tells the peer, once, that no more follows; result as of flush().
  int closeNotify();
  // The next write() is given all that is left: when it takes all of that at once, the peer is told
  // of the end in the same send.
  void endWithNextWrite() { endsWithWrite_ = true; }
  // Whether closeNotify() does nothing: for a stream whose end must not look like one.
  void withholdCloseNotify(bool on) { withheld_ = on; }

  [[nodiscard]] bool isEstablished() const { return established_; }
  // Ciphertext kept.
  [[nodiscard]] size_t pending() const { return pendingSize_ - pendingSent_; }
  // Before the end of the handshake a writable socket is no reason to do anything.
  [[nodiscard]] bool waitsForPeer() const { return !established_ && pending() == 0; }
  // read() has something to tell although the kernel has not.
  [[nodiscard]] bool hasMore() const { return ended_ || failure_ != 0; }

  // See tlsInfo() and isMisdirected() of usk/tls.h.
  [[nodiscard]] bool describe(TlsInfo &info) const;
  [[nodiscard]] bool isMisdirected(std::string_view host) const;

  // Whose certificates the client gets.
  void choose(size_t entry) { entry_ = static_cast<uint32_t>(entry); }
  [[nodiscard]] size_t entry() const { return entry_; }
  [[nodiscard]] TlsContext &context() { return context_; }
  [[nodiscard]] Socket &socket() { return socket_; }

  // Makes room in the batch that is being written. False when memory ran out.
  bool spill();

  // Links of the queue of sessions whose handshake waits (handshakes.h).
  TlsSession *queuePrevious = nullptr;
  TlsSession *queueNext = nullptr;
  bool isQueued = false;

private:
  bool start();
  void writeEnd();
  size_t decrypt(char *to, size_t size, std::string_view input);
  int sendOutput();
  bool keep(std::string_view bytes);

  Socket &socket_;
  TlsContext &context_;
  TlsIo &io_;
  const net::Calls &net_;
  ssl_st *ssl_ = nullptr;
  char *pending_ = nullptr;
  size_t pendingSize_ = 0;
  size_t pendingSent_ = 0;
  uint32_t entry_ = 0;
  int failure_ = 0;
  bool established_ = false;
  bool ended_ = false; // the peer's close_notify was read
  bool notified_ = false;
  bool withheld_ = false;
  bool endsWithWrite_ = false;
};

} // namespace usk

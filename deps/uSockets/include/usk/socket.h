// SPDX-License-Identifier: MIT
//
// A connected stream socket. It lives in a fixed slot of its loop and never moves; protocol state
// lives in its ext bytes, and changing protocol is destroy + construct in place followed by
// adopt(). Memory of a closed socket stays valid until the end of the turn, so callers test
// isClosed(), never a null pointer.
//
// Write policy, in this order: back buffer not empty -> append; corked and it fits -> cork buffer;
// otherwise kernel first, the rest into the back buffer. Bytes always leave in the order given.
#pragma once

#include <usk/status.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usk {

class BackBuffer;
class Loop;
class SocketGroup;
class TlsSession;

struct SocketAddress {
  // IPv6 (16 bytes), IPv4 (4 bytes) or neither (0: unix sockets).
  unsigned char bytes[16] = {};
  unsigned length = 0;
  uint16_t port = 0;
};

// What became of Socket::sendFile().
struct FileSend {
  enum class Outcome : uint8_t {
    Sent,        // `taken` bytes are on their way, maybe none
    Ended,       // the file has no byte at that offset (any more)
    Failed,      // the file cannot be read: `error`
    Unsupported, // not this file or not this socket: read and write instead
  };
  Outcome outcome = Outcome::Sent;
  size_t taken = 0;
  int error = 0; // errno
};

class Socket {
public:
  // An idle connection is little more than this and the core.
  static constexpr size_t kExtBytes = 160;

  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;

  [[nodiscard]] Loop &loop() const;
  [[nodiscard]] SocketGroup &group() const;
  [[nodiscard]] bool isClosed() const;
  // True once finish() or shutdown() was called: nothing more can be written.
  [[nodiscard]] bool isShutDown() const;
  [[nodiscard]] uint32_t index() const;
  // Changes each time the slot is reused.
  [[nodiscard]] uint32_t generation() const;
  [[nodiscard]] int fd() const;

  // 16-byte aligned memory for the protocol; at most kExtBytes. Construct in onOpen, destroy in
  // onClose.
  [[nodiscard]] void *ext();

  // Never loses bytes. True when everything went to the cork or the kernel; false when some bytes
  // wait in the back buffer (backpressure): onDrain follows when they have left. A write to a
  // closed or shut down socket is a no-op that returns true.
  bool write(std::string_view bytes);
  // The parts in one system call (writev) when neither cork nor back buffer is in the way.
  bool write(std::string_view head, std::string_view body, std::string_view tail = {});
  // Flushes the cork, then offers `bytes` to the kernel. Returns the number of bytes taken and
  // never buffers: the zero-copy path of large bodies. A short count arms onDrain.
  size_t tryWrite(std::string_view bytes);
  // Flushes the cork, then lets the kernel send from an open regular file without a copy; head and
  // first bytes leave together. Takes what the kernel takes and never buffers. When the outcome is
  // Sent and fewer than `size` bytes were taken, onDrain follows, or onClose.
  FileSend sendFile(int file, uint64_t offset, size_t size);
  // What a large body may give this socket now, so that many transfers share a turn and none of
  // them is left out. 0: others have used up this turn, awaitDrain() and go on then.
  [[nodiscard]] size_t bulkShare() const;
  // Asks for onDrain although everything given was taken: for a sender that lets others go first.
  void awaitDrain();
  // A write failed: what was "taken" since is lost, and onClose comes at the end of the turn.
  [[nodiscard]] bool hasFailed() const;
  // Space for `size` bytes at the end of the cork buffer, or null when the socket is not the cork
  // owner, has a back buffer, or the bytes do not fit. commit() makes `size` of them part of the
  // stream; without commit nothing happened.
  [[nodiscard]] char *reserve(size_t size);
  void commit(size_t size);

  // One socket per loop owns the cork; corking another one flushes the first owner. Ownership ends
  // at uncork(), at close and at the end of the turn.
  void cork();
  void uncork();
  [[nodiscard]] bool isCorked() const;

  // Bytes in cork and back buffer that the kernel has not taken yet.
  [[nodiscard]] size_t buffered() const;
  // Back buffer only, and ciphertext that waits.
  [[nodiscard]] size_t backlog() const;

  // Stops and resumes reading. Data already in the kernel stays there.
  void pause();
  void resume();
  [[nodiscard]] bool isPaused() const;

  // Flushes cork and back buffer, then sends FIN. Reading goes on; when the peer has sent FIN, too,
  // the socket is closed with CloseReason::Peer. Idempotent.
  void shutdown();
  // Orderly end of a conversation: flush, then close. With linger: flush, FIN, then read and drop
  // what the peer still sends until its FIN, at most kLingerBytes and kLingerSeconds, then close;
  // the peer then sees FIN rather than RST even when its request was not read to the end. After
  // finish() no more onData, onDrain, onEnd or onTimeout are delivered; onClose is. While the flush
  // lasts, the timeout still counts, from the last time the peer took something: then the
  // connection is reset. Without a timeout a peer that takes nothing keeps the socket open.
  void finish(bool linger);
  static constexpr size_t kLingerBytes = 256 * 1024;
  static constexpr unsigned kLingerSeconds = 2;
  // Closes at once; unsent bytes are dropped, the cork is flushed to the kernel first.
  void close();
  // Closes with RST: the peer can tell that the response was truncated.
  void reset();
  // Makes every end of this socket a reset, even one this library has no part in: for bytes whose
  // end is the end of the connection. A write side that was shut down is beyond it.
  void setResetOnClose(bool on);

  // Seconds until onTimeout, 0 = never; starts anew when the peer takes bytes that waited for it,
  // here or in the kernel. Re-arming is one store. Fires at the given time or up to one second
  // later, never earlier. Precision: one second. (A unix socket does not tell when its peer took
  // something, only that it did: one that stops may be noticed after twice the time.)
  void setTimeout(unsigned seconds);

  // Hands the socket to another group (same loop): the next events go there.
  void adopt(SocketGroup &group);

  [[nodiscard]] SocketAddress remoteAddress() const;
  // Whether the connection is TLS (usk/tls.h).
  [[nodiscard]] bool isEncrypted() const;

  struct Internal;

private:
  friend struct Internal;
  Socket() = default;
  ~Socket() = default;

  enum class Finish : uint8_t { No, Flush, Linger };

  // Everything the library knows about a connection, in two cache lines. Written by src/ only.
  struct Core {
    Loop *loop = nullptr;
    SocketGroup *group = nullptr;
    Socket *previous = nullptr; // neighbours in the group; `next` also chains closed sockets
    Socket *next = nullptr;
    Socket *timerNext = nullptr; // chain of a timeout wheel slot
    Socket **timerLink = nullptr;
    BackBuffer *back = nullptr; // exists only while it is not empty
    TlsSession *tls = nullptr;  // of encrypted connections
    uint32_t index = 0;
    uint32_t generation = 0;
    int fd = -1;
    uint32_t deadline = 0;  // wheel tick of onTimeout, 0 = none
    uint32_t timerTick = 0; // wheel tick at which the socket is looked at, 0 = not in the wheel
    uint32_t lingerLeft = 0;
    uint32_t unsent = 0; // bytes in the kernel when the timeout was last looked at
    int16_t failure = 0; // errno of a failed write; the socket is closed at the end of the turn
    uint16_t timeoutSeconds = 0;
    uint8_t interest = 0; // what the poller watches for
    Finish finish = Finish::No;
    bool closed = false;
    bool opening : 1 = false; // not handed to the poller yet
    bool paused : 1 = false;
    bool ended : 1 = false;    // the peer's FIN was read
    bool shutDown : 1 = false; // finish() or shutdown() was called
    bool finSent : 1 = false;
    bool wantsDrain : 1 = false;
    bool widened : 1 = false; // was asked to keep more of a large body
  };

  Core core_;
  alignas(16) unsigned char ext_[kExtBytes];
};

inline Loop &Socket::loop() const { return *core_.loop; }
inline SocketGroup &Socket::group() const { return *core_.group; }
inline bool Socket::isClosed() const { return core_.closed; }
inline bool Socket::isShutDown() const { return core_.shutDown; }
inline uint32_t Socket::index() const { return core_.index; }
inline uint32_t Socket::generation() const { return core_.generation; }
inline int Socket::fd() const { return core_.fd; }
inline void *Socket::ext() { return ext_; }
inline bool Socket::isPaused() const { return core_.paused; }
inline bool Socket::hasFailed() const { return core_.failure != 0; }
inline bool Socket::isEncrypted() const { return core_.tls != nullptr; }

} // namespace usk

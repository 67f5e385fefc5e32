// SPDX-License-Identifier: MIT
//
// Everything one loop owns, and the order of a turn: events, deferred callbacks, cork safety,
// failed sockets, then the memory of closed sockets. Nothing is shared between loops, so each
// thread can have its own.
#pragma once

#include "cork.h"
#include "date_cache.h"
#include "eventing/poller.h"
#include "handshakes.h"
#include "slab.h"
#include "sys/clock.h"
#include "sys/net.h"
#include "timeouts.h"
#include "tls/loop_io.h"

#include <usk/listener.h>
#include <usk/loop.h>
#include <usk/socket.h>

#include <memory>
#include <vector>

namespace usk {

struct Loop::Internal final : public PollSink {
  // Large enough that a body of some 100 KB arrives in one piece.
  static constexpr size_t kReceiveBytes = 512 * 1024;
  // Parsers write fences behind the data and put the rest of a message in front of it.
  static constexpr size_t kFrontPadding = 64;
  static constexpr size_t kBackPadding = 64;
  // What one turn sends of large bodies: some 5 ms at 3 GB/s, which is what sendfile(2) to the
  // loopback device was measured to do. Every ready socket gets the same share of it. Where sending
  // took longer the next turn sends half as much: to end a turn early instead would always be at
  // the cost of those who come last.
  static constexpr size_t kBulkPerTurn = 16 * 1024 * 1024;
  static constexpr size_t kMinBulkPerTurn = 2 * 1024 * 1024;
  static constexpr uint64_t kBulkMs = 8;
  static constexpr size_t kMinBulkShare = 32 * 1024;
  static constexpr size_t kMaxBulkShare = 1024 * 1024;
  // Rest of the listeners after descriptors ran out, unless one is freed sooner.
  static constexpr uint64_t kListenerRestMs = 1000;

  Internal() = default;
  ~Internal();

  // False when memory ran out.
  [[nodiscard]] bool init();

  // PollSink
  [[nodiscard]] bool isBusy() const override { return depth > 0; }
  void beginTurn(unsigned ready) override;
  void onEvents(uint64_t key, unsigned events) override;
  void onTimer() override;
  void endTurn() override;
  void onWorkDone(void (*done)(void *user), void *user) override;

  // Asks the backend for a turn when work is left over that only a turn does, and takes the request
  // back when it is done. Only outside a turn: the end of a turn does it by itself.
  void updateTurnRequest();
  // Sets the backend's timer to the earliest thing anybody waits for.
  void updateTimer();

  void addClosed(Socket &socket);
  void addFailed(Socket &socket);
  // True when the event's socket or listener still exists.
  [[nodiscard]] Listener *listenerById(uint32_t id) const;
  void pauseListeners();
  void resumeListeners();
  [[nodiscard]] bool hasWork() const;
  void teardown();
  // Only with no turn and no callback on the stack.
  void completeDestroy();

  [[nodiscard]] char *receiveBuffer() { return receive_.get() + kFrontPadding; }

  Loop loop;
  const net::Calls *net = &net::kSystemCalls;
  const clock::Source *clock = &clock::kSystemClock;
  Poller *poller = nullptr;
  Slab<Socket> slab;
  Cork cork;
  Timeouts timeouts;
  Handshakes handshakes;
  std::unique_ptr<TlsIo> tlsIo; // made for the first encrypted connection
  DateCache dates;
  std::vector<Listener *> listeners;
  uint32_t nextListenerId = 1;
  uint32_t lastGeneration = 0;
  uint64_t nowMs = 0;
  uint32_t turn = 0; // counts turns, wraps
  size_t bulkShare = kMaxBulkShare;
  size_t bulkPerTurn = kBulkPerTurn;
  size_t bulkLeft = kBulkPerTurn;
  // When the last of it was sent; 0 while a turn has sent nothing.
  uint64_t bulkSentMs = 0;
  unsigned depth = 0;
  unsigned refs = 0;
  bool stopped = false;
  bool destroying = false;
  bool *gone = nullptr; // tells run() that the loop was freed
  LoopCallback destroyed = nullptr;
  void *destroyedUser = nullptr;
  // Descriptors ran out while accepting: listeners rest until then. 0 = they do not.
  uint64_t listenersPausedUntilMs = 0;
  size_t closedCount = 0;

  struct Deferred {
    LoopCallback callback;
    void *user;
  };
  std::vector<Deferred> deferred;
  Deferred turnEnd{};
  bool inTurn = false;

private:
  // Sets bulkPerTurn by how long the turn before took to send its large bodies.
  void adaptBulk();
  void runDeferred();
  void callTurnEnd();
  void runHandshakes();
  // Leaves no cork owner and no failed socket behind, whatever their callbacks do.
  void settle();
  void freeClosed();

  std::unique_ptr<char[]> receive_;
  std::vector<Deferred> running_;
  std::vector<Socket *> failed_;
  Socket *closed_ = nullptr;
  uint64_t timerDueMs_ = Poller::kNoTimer;
  bool turnRequested_ = false;
};

// Marks that callbacks run although no turn does (a socket closed from a timer or a promise):
// memory stays, and a turn that host code starts underneath does nothing.
class CallbackScope {
public:
  explicit CallbackScope(Loop::Internal &loop) : loop_(loop) { loop_.depth++; }
  ~CallbackScope() {
    if (--loop_.depth == 0) {
      loop_.updateTurnRequest();
    }
  }
  CallbackScope(const CallbackScope &) = delete;
  CallbackScope &operator=(const CallbackScope &) = delete;

private:
  Loop::Internal &loop_;
};

// A key for the poller: sockets have a generation above 0, listeners have none.
inline uint64_t pollKey(uint32_t generation, uint32_t index) {
  return (uint64_t{generation} << 32) | index;
}

} // namespace usk

// SPDX-License-Identifier: MIT
//
// The event loop: one per thread. It owns the poller (one of three backends), the socket slab, the
// receive buffer, the cork, the timeout wheel and the cached Date. Hosted loops never run or own
// the libuv loop they live in; a standalone loop runs itself (native tests, fuzzers, benches).
#pragma once

#include <usk/status.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

struct uv_loop_s;

namespace usk {

class Socket;

enum class Backend : uint8_t {
  Standalone, // own epoll, run by Loop::run
  Nested,     // own epoll watched by one uv_poll (Linux default)
  PerSocket   // one uv_poll per descriptor (portable)
};

struct LoopOptions {
  Backend backend = Backend::Standalone;
  uv_loop_s *uvLoop = nullptr; // required unless Standalone
};

using LoopCallback = void (*)(void *user);

class Loop {
public:
  // Returns null and fills `error` on failure.
  [[nodiscard]] static Loop *create(const LoopOptions &options, SystemError &error);

  Loop(const Loop &) = delete;
  Loop &operator=(const Loop &) = delete;

  // Closes all listeners and sockets (onClose runs with CloseReason::Teardown), then the backend's
  // handles, then calls `done` and frees the loop. With libuv `done` comes from a later turn of the
  // uv loop, standalone it comes before this returns. The loop must not be used afterwards.
  void destroy(LoopCallback done, void *user);

  // Standalone only: runs until nothing is left to wait for (no listener, socket or armed
  // timeout), or stop() was called.
  void run();
  void stop();
  // Standalone only: one turn, waiting at most `timeoutMs` (-1 = for ever). Returns events handled.
  int runOnce(int timeoutMs);

  // Counted. The host process is kept alive while the count is above zero (hosted backends).
  // Neither sockets nor listeners count by themselves.
  void ref();
  void unref();

  // Milliseconds of the monotonic clock, cached per turn.
  [[nodiscard]] uint64_t now() const;
  // IMF-fixdate of the current second, 29 bytes; refreshed lazily, so no timer wakes an idle loop.
  [[nodiscard]] std::string_view date();

  // Calls `callback(user)` once at the end of the current turn, or of the next one when called
  // outside a turn. Order is kept.
  void defer(LoopCallback callback, void *user);

  // `callback(user)` runs twice at the end of every turn: before what was deferred, also by itself,
  // and behind that, before corked bytes leave. One per loop; null takes it back.
  void onTurnEnd(LoopCallback callback, void *user);

  // Runs `work(user)` on a thread of libuv's pool, for what would keep this one waiting; then
  // `done(user)` comes on this one, in any case, be it while the loop is being destroyed: what it
  // is about may be gone by then. A standalone loop has no other threads: it waits.
  void offload(LoopCallback work, LoopCallback done, void *user);

  // Socket slots never move. A slot's index is stable for the life of the socket and reused later;
  // pair it with Socket::generation() to detect reuse. Null for a free slot.
  [[nodiscard]] Socket *socketAt(uint32_t index);
  [[nodiscard]] size_t socketCount() const;

  // A number that differs from the 2^30 ones given out before it on this loop; never 0. What is
  // known by slot alone would be mistaken for the slot's next user.
  [[nodiscard]] uint32_t nextSerial() { return serial_ = serial_ == kLastSerial ? 1 : serial_ + 1; }
  static constexpr uint32_t kLastSerial = (1u << 30) - 1;

  // Events of a turn are being handled, so that its end is still to come (see onTurnEnd).
  [[nodiscard]] bool isInTurn() const;

  // Depth > 0 while a turn's callbacks run.
  [[nodiscard]] unsigned depth() const;

  struct Internal;
  Internal &internal() { return *internal_; }

private:
  Loop() = default;
  ~Loop() = default;
  friend struct Internal;
  Internal *internal_ = nullptr;
  uint32_t serial_ = 0;
};

} // namespace usk

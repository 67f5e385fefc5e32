// SPDX-License-Identifier: MIT
//
// What a backend does: watch descriptors, keep one timer, ask for a turn, hold the host process.
// A backend knows descriptors and keys only. Everything level-triggered: what a turn leaves
// unread is reported again.
#pragma once

#include <usk/status.h>

#include <cstddef>
#include <cstdint>

struct uv_loop_s;

namespace usk {

// What to watch for.
inline constexpr unsigned kWatch = 1; // known to the poller; errors are reported even without more
inline constexpr unsigned kRead = 2;
inline constexpr unsigned kWrite = 4;

// What happened.
inline constexpr unsigned kReadable = 1;
inline constexpr unsigned kWritable = 2;
inline constexpr unsigned kHangup = 4;
inline constexpr unsigned kError = 8;

// The loop as backends see it. Events come between beginTurn() and endTurn().
class PollSink {
public:
  // A turn is running already, further up the stack: no other may begin, its events would overwrite
  // the buffers that the first one is working on.
  [[nodiscard]] virtual bool isBusy() const = 0;
  // `ready`: descriptors about to be reported, or as many as there may be.
  virtual void beginTurn(unsigned ready) = 0;
  virtual void onEvents(uint64_t key, unsigned events) = 0;
  virtual void onTimer() = 0;
  virtual void endTurn() = 0;
  // Work that was given away is done: `done(user)` is due on this thread.
  virtual void onWorkDone(void (*done)(void *user), void *user) = 0;

protected:
  ~PollSink() = default;
};

class Poller {
public:
  // Ready descriptors taken in one turn; the rest waits, so that the host's timers get theirs.
  static constexpr int kMaxEvents = 1024;
  static constexpr uint64_t kNoTimer = 0;

  // Changes what is watched from `before` to `after`; 0 or a negative errno value. `key` comes back
  // with the events and may be stale there.
  virtual int change(int fd, uint64_t key, unsigned before, unsigned after) = 0;
  // `fd` is about to be closed while it is watched.
  virtual void forget(int fd) = 0;
  // onTimer() once the monotonic clock shows `dueMs`. Replaces the timer before.
  virtual void setTimer(uint64_t dueMs) = 0;
  // An empty turn as soon as possible, or no longer needed.
  virtual void requestTurn(bool wanted) = 0;
  virtual void keepHostAlive(bool alive) = 0;
  // Runs `work(user)` on another thread and reports onWorkDone(). False when there is none.
  virtual bool offload(void (*work)(void *user), void (*done)(void *user), void *user) = 0;
  // Standalone only: one turn; returns the number of events.
  virtual int wait(int timeoutMs) = 0;
  // Frees the poller, at once or when its handles are closed, and calls `done` last.
  virtual void destroy(void (*done)(void *user), void *user) = 0;

protected:
  ~Poller() = default;
};

// Null on failure. All memory for `sink` must outlive destroy()'s callback.
[[nodiscard]] Poller *createStandalonePoller(PollSink &sink, SystemError &error);
[[nodiscard]] Poller *createNestedPoller(PollSink &sink, uv_loop_s *loop, SystemError &error);
[[nodiscard]] Poller *createPerSocketPoller(PollSink &sink, uv_loop_s *loop, SystemError &error);

} // namespace usk

// SPDX-License-Identifier: MIT
//
// What both libuv backends need besides descriptors: a timer, a way to ask for a turn, and handles
// that are all closed before memory is freed. All handles are unref'd, so that they never keep
// the host process alive by themselves. Only the hosted backends may include this, or <uv.h>.
#pragma once

#include "poller.h"

#include <uv.h>

namespace usk {

class UvHandles {
public:
  explicit UvHandles(PollSink &sink) : sink_(sink) {}
  UvHandles(const UvHandles &) = delete;
  UvHandles &operator=(const UvHandles &) = delete;

  // 0 or a negative errno value; these two cannot fail half-way.
  [[nodiscard]] int init(uv_loop_t *loop);

  void setTimer(uint64_t dueMs);
  void requestTurn(bool wanted);

  // See Poller::offload().
  bool offload(void (*work)(void *user), void (*done)(void *user), void *user);

  // Every handle of the backend is counted until its close callback has run, and so is work under
  // way.
  void opened() { open_++; }
  // True for the last one while closing.
  [[nodiscard]] bool closed() { return --open_ == 0 && closing_; }
  // Closes the timer and the idle handle; `onClosed` is called for each, with `data` in place.
  void close(void *data, uv_close_cb onClosed);

private:
  struct Work {
    uv_work_t request{};
    UvHandles *handles;
    void (*work)(void *user);
    void (*done)(void *user);
    void *user;
  };
  void finished(const Work &work);

  void onTimer();

  PollSink &sink_;
  uv_timer_t timer_{};
  // When the timer is due on the clock of the loop, and whether it has let others go first.
  uint64_t dueMs_ = 0;
  bool hasWaited_ = false;
  // An active idle handle makes libuv poll without waiting and calls us in the next iteration.
  uv_idle_t idle_{};
  unsigned open_ = 0;
  bool closing_ = false;
  uv_close_cb onClosed_ = nullptr;
};

} // namespace usk

// SPDX-License-Identifier: MIT
//
// An epoll instance: the standalone backend, and the inner half of the nested one.
#pragma once

#include "poller.h"

#ifdef __linux__

#include <sys/epoll.h>

namespace usk {

class EpollPoller : public Poller {
public:
  explicit EpollPoller(PollSink &sink) : sink_(sink) {}
  EpollPoller(const EpollPoller &) = delete;
  EpollPoller &operator=(const EpollPoller &) = delete;

  // 0 or a negative errno value.
  [[nodiscard]] int init();

  int change(int fd, uint64_t key, unsigned before, unsigned after) override;
  void forget(int fd) override;
  void setTimer(uint64_t dueMs) override { timerDueMs_ = dueMs; }
  void requestTurn(bool wanted) override { turnWanted_ = wanted; }
  void keepHostAlive(bool) override {}
  bool offload(void (*)(void *user), void (*)(void *user), void *) override { return false; }
  int wait(int timeoutMs) override;
  void destroy(void (*done)(void *user), void *user) override;

  virtual ~EpollPoller();

protected:
  // Takes what is ready within `timeoutMs`; the number of events.
  int collect(int timeoutMs);
  void report(int count);

  PollSink &sink_;
  int fd_ = -1;

private:
  uint64_t timerDueMs_ = kNoTimer;
  bool turnWanted_ = false;
  epoll_event events_[kMaxEvents];
};

} // namespace usk

#endif // __linux__

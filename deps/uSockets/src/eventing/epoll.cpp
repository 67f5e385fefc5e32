// SPDX-License-Identifier: MIT
//
// epoll, level-triggered. Closing a descriptor removes it from the set, so there is no call for
// that; a copy of it in a child process between fork and exec can keep the entry alive for a
// moment, which is why events carry a key with a generation and not a pointer.
#include "epoll.h"

#include <cerrno>

#ifdef __linux__

#include "../sys/clock.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <new>

namespace usk {

EpollPoller::~EpollPoller() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

int EpollPoller::init() {
  fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  return fd_ < 0 ? -errno : 0;
}

int EpollPoller::change(int fd, uint64_t key, unsigned before, unsigned after) {
  epoll_event event{};
  event.events = ((after & kRead) != 0 ? uint32_t{EPOLLIN} : 0) |
                 ((after & kWrite) != 0 ? uint32_t{EPOLLOUT} : 0);
  event.data.u64 = key;
  const int operation = (before & kWatch) == 0  ? EPOLL_CTL_ADD
                        : (after & kWatch) == 0 ? EPOLL_CTL_DEL
                                                : EPOLL_CTL_MOD;
  return ::epoll_ctl(fd_, operation, fd, &event) == 0 ? 0 : -errno;
}

void EpollPoller::forget(int) {}

int EpollPoller::collect(int timeoutMs) {
  return std::max(0, ::epoll_wait(fd_, events_, kMaxEvents, timeoutMs));
}

void EpollPoller::report(int count) {
  for (int index = 0; index < count; index++) {
    const epoll_event &event = events_[index];
    unsigned happened = (event.events & EPOLLIN) != 0 ? kReadable : 0;
    if (event.events != EPOLLIN) {
      happened |= ((event.events & EPOLLOUT) != 0 ? kWritable : 0) |
                  ((event.events & EPOLLHUP) != 0 ? kHangup : 0) |
                  ((event.events & EPOLLERR) != 0 ? kError : 0);
    }
    sink_.onEvents(event.data.u64, happened);
  }
}

int EpollPoller::wait(int timeoutMs) {
  if (sink_.isBusy()) {
    return 0;
  }
  if (turnWanted_) {
    timeoutMs = 0;
  } else if (timerDueMs_ != kNoTimer) {
    const uint64_t now = clock::monotonicMs();
    const uint64_t left = timerDueMs_ > now ? std::min<uint64_t>(timerDueMs_ - now, INT_MAX) : 0;
    timeoutMs =
        timeoutMs < 0 ? static_cast<int>(left) : std::min(timeoutMs, static_cast<int>(left));
  }
  const int count = collect(timeoutMs);
  sink_.beginTurn(static_cast<unsigned>(count));
  report(count);
  if (timerDueMs_ != kNoTimer && timerDueMs_ <= clock::monotonicMs()) {
    timerDueMs_ = kNoTimer;
    sink_.onTimer();
  }
  sink_.endTurn();
  return count;
}

void EpollPoller::destroy(void (*done)(void *user), void *user) {
  delete this;
  done(user);
}

Poller *createStandalonePoller(PollSink &sink, SystemError &error) {
  auto *poller = new (std::nothrow) EpollPoller(sink);
  const int result = poller == nullptr ? -ENOMEM : poller->init();
  if (result < 0) {
    delete poller;
    error = {-result, "epoll_create1", false};
    return nullptr;
  }
  return poller;
}

} // namespace usk

#else

namespace usk {

Poller *createStandalonePoller(PollSink &, SystemError &error) {
  error = {ENOTSUP, "epoll_create1", false};
  return nullptr;
}

} // namespace usk

#endif // __linux__

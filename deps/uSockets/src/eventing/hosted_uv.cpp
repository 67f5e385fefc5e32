// SPDX-License-Identifier: MIT
//
// The nested backend (Linux): libuv watches one descriptor, our epoll instance, and a turn takes
// what is ready there with a single epoll_wait. An epoll instance with nothing ready never wakes
// anybody.
#include "hosted_uv.h"

#include "../sys/clock.h"
#include "epoll.h"

#include <cerrno>
#include <memory>
#include <new>

namespace usk {

namespace {
constexpr uint64_t kLateMs = 50;
}

int UvHandles::init(uv_loop_t *loop) {
  uv_timer_init(loop, &timer_);
  uv_idle_init(loop, &idle_);
  uv_unref(reinterpret_cast<uv_handle_t *>(&timer_));
  uv_unref(reinterpret_cast<uv_handle_t *>(&idle_));
  timer_.data = this;
  idle_.data = this;
  open_ += 2;
  return 0;
}

void UvHandles::setTimer(uint64_t dueMs) {
  if (dueMs == Poller::kNoTimer) {
    uv_timer_stop(&timer_);
    return;
  }
  // libuv counts from its own cached time, which may be old when host code ran for long.
  uv_update_time(timer_.loop);
  const uint64_t now = clock::monotonicMs();
  dueMs_ = dueMs;
  hasWaited_ = false;
  uv_timer_start(
      &timer_, [](uv_timer_t *timer) { static_cast<UvHandles *>(timer->data)->onTimer(); },
      dueMs > now ? dueMs - now : 0, 0);
}

void UvHandles::onTimer() {
  if (sink_.isBusy()) {
    // Host code runs the uv loop inside a callback of ours.
    uv_timer_start(&timer_, timer_.timer_cb, 10, 0);
    return;
  }
  // libuv runs timers before it polls. A host that kept the loop for long has not read what came in
  // time: that goes first, in the iteration that this timer brings about.
  if (!hasWaited_ && clock::monotonicMs() > dueMs_ + kLateMs) {
    hasWaited_ = true;
    uv_timer_start(&timer_, timer_.timer_cb, 1, 0);
    return;
  }
  sink_.beginTurn(0);
  sink_.onTimer();
  sink_.endTurn();
}

void UvHandles::requestTurn(bool wanted) {
  if (!wanted) {
    uv_idle_stop(&idle_);
    return;
  }
  uv_idle_start(&idle_, [](uv_idle_t *idle) {
    auto &handles = *static_cast<UvHandles *>(idle->data);
    if (!handles.sink_.isBusy()) {
      handles.sink_.beginTurn(0);
      handles.sink_.endTurn();
    }
  });
}

bool UvHandles::offload(void (*work)(void *user), void (*done)(void *user), void *user) {
  auto *given = new (std::nothrow) Work{{}, this, work, done, user};
  if (given == nullptr) {
    return false;
  }
  given->request.data = given;
  const int result = uv_queue_work(
      timer_.loop, &given->request,
      [](uv_work_t *request) {
        auto *running = static_cast<Work *>(request->data);
        running->work(running->user);
      },
      [](uv_work_t *request, int) {
        const std::unique_ptr<Work> over(static_cast<Work *>(request->data));
        over->handles->finished(*over);
      });
  if (result != 0) {
    delete given;
    return false;
  }
  opened();
  return true;
}

void UvHandles::finished(const Work &work) {
  if (closing_) {
    // The loop has no turns any more, but it and its memory are still there.
    work.done(work.user);
    onClosed_(reinterpret_cast<uv_handle_t *>(&timer_));
    return;
  }
  open_--;
  sink_.onWorkDone(work.done, work.user);
}

void UvHandles::close(void *data, uv_close_cb onClosed) {
  closing_ = true;
  onClosed_ = onClosed;
  timer_.data = data;
  idle_.data = data;
  uv_close(reinterpret_cast<uv_handle_t *>(&timer_), onClosed);
  uv_close(reinterpret_cast<uv_handle_t *>(&idle_), onClosed);
}

#ifdef __linux__

namespace {

class NestedPoller final : public EpollPoller {
public:
  explicit NestedPoller(PollSink &sink) : EpollPoller(sink), handles_(sink) {}

  [[nodiscard]] int init(uv_loop_t *loop) {
    int result = EpollPoller::init();
    if (result == 0) {
      result = uv_poll_init(loop, &poll_, fd_);
    }
    if (result != 0) {
      return result;
    }
    poll_.data = this;
    handles_.opened();
    uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t *poll, int, int) {
      static_cast<NestedPoller *>(poll->data)->turn();
    });
    uv_unref(reinterpret_cast<uv_handle_t *>(&poll_));
    return handles_.init(loop);
  }

  void setTimer(uint64_t dueMs) override { handles_.setTimer(dueMs); }
  void requestTurn(bool wanted) override { handles_.requestTurn(wanted); }
  bool offload(void (*work)(void *user), void (*done)(void *user), void *user) override {
    return handles_.offload(work, done, user);
  }

  void keepHostAlive(bool alive) override {
    auto *handle = reinterpret_cast<uv_handle_t *>(&poll_);
    alive ? uv_ref(handle) : uv_unref(handle);
  }

  int wait(int) override { return 0; }

  void destroy(void (*done)(void *user), void *user) override {
    done_ = done;
    user_ = user;
    const uv_close_cb onClosed = [](uv_handle_t *handle) {
      auto *self = static_cast<NestedPoller *>(handle->data);
      if (self->handles_.closed()) {
        const auto doneCallback = self->done_;
        void *doneUser = self->user_;
        delete self;
        doneCallback(doneUser);
      }
    };
    uv_close(reinterpret_cast<uv_handle_t *>(&poll_), onClosed);
    handles_.close(this, onClosed);
  }

private:
  void turn() {
    if (!sink_.isBusy()) {
      const int count = collect(0);
      sink_.beginTurn(static_cast<unsigned>(count));
      report(count);
      sink_.endTurn();
    }
  }

  UvHandles handles_;
  uv_poll_t poll_{};
  void (*done_)(void *user) = nullptr;
  void *user_ = nullptr;
};

} // namespace

Poller *createNestedPoller(PollSink &sink, uv_loop_t *loop, SystemError &error) {
  auto *poller = new (std::nothrow) NestedPoller(sink);
  const int result = poller == nullptr ? -ENOMEM : poller->init(loop);
  if (result < 0) {
    // No handle was initialised when this failed.
    delete poller;
    error = {-result, "uv_poll_init", false};
    return nullptr;
  }
  return poller;
}

#else

Poller *createNestedPoller(PollSink &, uv_loop_t *, SystemError &error) {
  error = {ENOTSUP, "epoll_create1", false};
  return nullptr;
}

#endif // __linux__

} // namespace usk

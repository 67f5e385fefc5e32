// SPDX-License-Identifier: MIT
//
// The portable backend: one uv_poll handle per descriptor, nothing but libuv. Each event is a turn
// of its own. Descriptors that are watched for nothing are unknown to libuv meanwhile, so a reset
// of a paused connection is seen when it resumes and not at once.
#include "hosted_uv.h"

#include <cerrno>
#include <new>
#include <vector>

namespace usk {
namespace {

class PerSocketPoller final : public Poller {
public:
  explicit PerSocketPoller(PollSink &sink) : sink_(sink), handles_(sink) {}

  [[nodiscard]] int init(uv_loop_t *loop) {
    loop_ = loop;
    // Never sent to: it is there to be ref'd while somebody wants the host process kept alive.
    const int result = uv_async_init(loop, &alive_, nullptr);
    if (result != 0) {
      return result;
    }
    uv_unref(reinterpret_cast<uv_handle_t *>(&alive_));
    handles_.opened();
    return handles_.init(loop);
  }

  int change(int fd, uint64_t key, unsigned before, unsigned after) override {
    const auto slot = static_cast<size_t>(fd);
    if ((before & kWatch) == 0) {
      const int result = add(fd, key);
      if (result != 0) {
        return result;
      }
    } else if ((after & kWatch) == 0) {
      forget(fd);
      return 0;
    }
    const int events =
        ((after & kRead) != 0 ? UV_READABLE : 0) | ((after & kWrite) != 0 ? UV_WRITABLE : 0);
    uv_poll_t *poll = &entries_[slot]->poll;
    return events == 0 ? uv_poll_stop(poll) : uv_poll_start(poll, events, onPoll);
  }

  void forget(int fd) override {
    Entry *&entry = entries_[static_cast<size_t>(fd)];
    uv_close(reinterpret_cast<uv_handle_t *>(&entry->poll), [](uv_handle_t *handle) {
      auto *closed = static_cast<Entry *>(handle->data);
      PerSocketPoller *owner = closed->owner;
      delete closed;
      owner->handleClosed();
    });
    entry = nullptr;
  }

  void setTimer(uint64_t dueMs) override { handles_.setTimer(dueMs); }
  void requestTurn(bool wanted) override { handles_.requestTurn(wanted); }
  bool offload(void (*work)(void *user), void (*done)(void *user), void *user) override {
    return handles_.offload(work, done, user);
  }

  void keepHostAlive(bool alive) override {
    auto *handle = reinterpret_cast<uv_handle_t *>(&alive_);
    alive ? uv_ref(handle) : uv_unref(handle);
  }

  int wait(int) override { return 0; }

  void destroy(void (*done)(void *user), void *user) override {
    done_ = done;
    user_ = user;
    const uv_close_cb onClosed = [](uv_handle_t *handle) {
      static_cast<PerSocketPoller *>(handle->data)->handleClosed();
    };
    alive_.data = this;
    uv_close(reinterpret_cast<uv_handle_t *>(&alive_), onClosed);
    handles_.close(this, onClosed);
  }

private:
  struct Entry {
    uv_poll_t poll;
    PerSocketPoller *owner;
    uint64_t key;
  };

  int add(int fd, uint64_t key) {
    const auto slot = static_cast<size_t>(fd);
    if (slot >= entries_.size()) {
      entries_.resize(slot + 1, nullptr);
    }
    auto *entry = new (std::nothrow) Entry{{}, this, key};
    if (entry == nullptr) {
      return -ENOMEM;
    }
    const int result = uv_poll_init(loop_, &entry->poll, fd);
    if (result != 0) {
      delete entry;
      return result;
    }
    entry->poll.data = entry;
    uv_unref(reinterpret_cast<uv_handle_t *>(&entry->poll));
    handles_.opened();
    entries_[slot] = entry;
    return 0;
  }

  static void onPoll(uv_poll_t *poll, int status, int events) {
    auto &entry = *static_cast<Entry *>(poll->data);
    PollSink &sink = entry.owner->sink_;
    if (sink.isBusy()) {
      return;
    }
    // After an error libuv has stopped the handle; the socket reads the cause and closes.
    const unsigned happened = status < 0 ? kReadable | kError
                                         : ((events & UV_READABLE) != 0 ? kReadable : 0) |
                                               ((events & UV_WRITABLE) != 0 ? kWritable : 0);
    // libuv does not tell how many more it is about to report.
    sink.beginTurn(kMaxEvents);
    sink.onEvents(entry.key, happened);
    sink.endTurn();
  }

  void handleClosed() {
    if (handles_.closed()) {
      const auto done = done_;
      void *user = user_;
      delete this;
      done(user);
    }
  }

  PollSink &sink_;
  UvHandles handles_;
  uv_loop_t *loop_ = nullptr;
  uv_async_t alive_{};
  std::vector<Entry *> entries_; // by descriptor
  void (*done_)(void *user) = nullptr;
  void *user_ = nullptr;
};

} // namespace

Poller *createPerSocketPoller(PollSink &sink, uv_loop_t *loop, SystemError &error) {
  auto *poller = new (std::nothrow) PerSocketPoller(sink);
  const int result = poller == nullptr ? -ENOMEM : poller->init(loop);
  if (result < 0) {
    delete poller;
    error = {-result, "uv_async_init", false};
    return nullptr;
  }
  return poller;
}

} // namespace usk

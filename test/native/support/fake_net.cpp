// SPDX-License-Identifier: MIT
//
// The scripted kernel behind FakeNet: a table of net::Calls, a clock, and a poller that works out
// readiness from the scripts.
#include "fake_net.h"

#include <eventing/poller.h>
#include <loop_state.h>
#include <socket_core.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace usk::test {
namespace {

thread_local FakeNet *theNet = nullptr;
thread_local uint64_t theTimeMs = 0;

constexpr uint64_t kStartMs = 1'000'000;

} // namespace

struct FakeNet::Calls {
  static bool isFake(int fd) { return fd >= kFirstFd; }

  static ssize_t receive(int fd, char *to, size_t size) {
    FakeConnection &connection = theNet->connection(fd);
    connection.receives++;
    connection.lateCalls += connection.closed;
    if (connection.input.empty()) {
      if (connection.inputError != 0) {
        return -connection.inputError;
      }
      return connection.inputEnds ? 0 : -EAGAIN;
    }
    std::string &front = connection.input.front();
    const size_t count = std::min(size, front.size());
    std::memcpy(to, front.data(), count);
    front.erase(0, count);
    if (front.empty()) {
      connection.input.pop_front();
    }
    return static_cast<ssize_t>(count);
  }

  static ssize_t sendParts(int fd, const iovec *parts, size_t count) {
    FakeConnection &connection = theNet->connection(fd);
    connection.sendCalls++;
    connection.lateCalls += connection.closed || connection.finSent;
    size_t limit = connection.room;
    if (!connection.sends.empty()) {
      const ssize_t scripted = connection.sends.front();
      connection.sends.pop_front();
      if (scripted < 0) {
        return scripted;
      }
      limit = static_cast<size_t>(scripted);
    }
    const size_t before = connection.output.size();
    for (size_t index = 0; index < count && limit > 0; index++) {
      const size_t taken = std::min(limit, parts[index].iov_len);
      connection.output.append(static_cast<const char *>(parts[index].iov_base), taken);
      limit -= taken;
    }
    const size_t total = connection.output.size() - before;
    if (connection.room != SIZE_MAX) {
      connection.room -= std::min(connection.room, total);
    }
    return total == 0 ? -EAGAIN : static_cast<ssize_t>(total);
  }

  static ssize_t send(int fd, const char *bytes, size_t size) {
    const iovec part{const_cast<char *>(bytes), size};
    return sendParts(fd, &part, 1);
  }

  static ssize_t sendAhead(int fd, const char *bytes, size_t size) {
    theNet->connection(fd).aheadCalls++;
    return send(fd, bytes, size);
  }

  static ssize_t sendFile(int fd, int file, uint64_t offset, size_t size) {
    FakeConnection &connection = theNet->connection(fd);
    connection.fileCalls++;
    if (connection.fileError != 0) {
      return -connection.fileError;
    }
    std::string bytes(size, '\0');
    const ssize_t count = ::pread(file, bytes.data(), size, static_cast<off_t>(offset));
    if (count <= 0) {
      return count < 0 ? -errno : 0;
    }
    return send(fd, bytes.data(), static_cast<size_t>(count));
  }

  static bool widen(int fd) {
    FakeConnection &connection = theNet->connection(fd);
    connection.widened++;
    if (connection.room != SIZE_MAX) {
      connection.room += connection.roomWhenWide;
    }
    return connection.roomWhenWide != 0;
  }

  static int accept(int listenFd) {
    if (theNet->acceptError_ != 0) {
      return -theNet->acceptError_;
    }
    std::deque<int> &queue = theNet->acceptQueues_[listenFd];
    if (queue.empty()) {
      return -EAGAIN;
    }
    const int fd = queue.front();
    queue.pop_front();
    return fd;
  }

  static int acceptQueue(int listenFd) {
    return static_cast<int>(theNet->acceptQueues_[listenFd].size());
  }

  static int shutdownWrite(int fd) {
    theNet->connection(fd).finSent = true;
    return 0;
  }

  static int resetOnClose(int fd, bool on) {
    theNet->connection(fd).reset = on;
    return 0;
  }

  static int pendingError(int fd) { return theNet->connection(fd).error; }

  static net::Unsent unsent(int fd) {
    const FakeConnection &connection = theNet->connection(fd);
    return {connection.unsent, connection.stalledMs};
  }

  static void close(int fd) {
    if (isFake(fd)) {
      theNet->connection(fd).closed = true;
      theNet->connection(fd).interest = 0;
    } else {
      net::kSystemCalls.close(fd);
    }
  }
};

class FakePoller final : public Poller {
public:
  explicit FakePoller(PollSink &sink) : sink_(sink) {}

  int change(int fd, uint64_t key, unsigned, unsigned after) override {
    FakeConnection &connection = theNet->connection(fd);
    connection.key = key;
    connection.interest = after;
    connection.changes++;
    return 0;
  }
  void forget(int fd) override { theNet->connection(fd).interest = 0; }
  void setTimer(uint64_t dueMs) override { timerDueMs = dueMs; }
  void requestTurn(bool wanted) override { turnRequested = wanted; }
  void keepHostAlive(bool alive) override { hostAlive = alive; }
  bool offload(void (*work)(void *user), void (*done)(void *user), void *user) override {
    works.push_back({work, done, user});
    return true;
  }

  int wait(int) override {
    if (sink_.isBusy()) {
      return 0;
    }
    const size_t finished = theNet->holdsWork_ ? 0 : finishWorks();
    // Taken before anything is reported, as a kernel would.
    std::vector<std::pair<uint64_t, unsigned>> ready;
    for (const auto &[fd, connection] : theNet->connections_) {
      const unsigned events = readiness(fd, connection);
      if (events != 0) {
        ready.emplace_back(connection.key, events);
      }
    }
    sink_.beginTurn(static_cast<unsigned>(ready.size()));
    for (const auto &[key, events] : ready) {
      sink_.onEvents(key, events);
    }
    if (timerDueMs != kNoTimer && timerDueMs <= theTimeMs) {
      timerDueMs = kNoTimer;
      sink_.onTimer();
    }
    sink_.endTurn();
    return static_cast<int>(ready.size() + finished);
  }

  // The number of works that were finished; what they give away in turn is not among them.
  size_t finishWorks() {
    const std::vector<Work> given = std::exchange(works, {});
    for (const Work &each : given) {
      each.work(each.user);
      sink_.onWorkDone(each.done, each.user);
    }
    return given.size();
  }

  void destroy(void (*done)(void *user), void *user) override {
    for (const Work &each : works) {
      each.work(each.user);
      each.done(each.user);
    }
    delete this;
    done(user);
  }

  struct Work {
    void (*work)(void *user);
    void (*done)(void *user);
    void *user;
  };
  std::vector<Work> works;
  uint64_t timerDueMs = kNoTimer;
  bool turnRequested = false;
  bool hostAlive = false;

private:
  static unsigned readiness(int fd, const FakeConnection &connection) {
    if ((connection.interest & kWatch) == 0) {
      return 0;
    }
    if (!FakeNet::Calls::isFake(fd)) {
      return theNet->acceptQueues_[fd].empty() && theNet->acceptError_ == 0 ? 0 : kReadable;
    }
    const bool readable =
        !connection.input.empty() || connection.inputEnds || connection.inputError != 0;
    const bool writable =
        connection.sends.empty() ? connection.room > 0 : connection.sends.front() != 0;
    if ((connection.interest & kWrite) != 0 && !writable && !connection.sends.empty()) {
      // A scripted EAGAIN holds for one turn.
      theNet->connections_[fd].sends.pop_front();
    }
    return ((connection.interest & kRead) != 0 && readable ? kReadable : 0) |
           ((connection.interest & kWrite) != 0 && writable ? kWritable : 0) |
           (connection.hangup ? kHangup : 0) | (connection.error != 0 ? kError : 0);
  }

  PollSink &sink_;
};

FakeNet::FakeNet() {
  static constexpr net::Calls kCalls = {
      Calls::receive,       Calls::send,         Calls::sendParts,    Calls::sendAhead,
      Calls::sendFile,      Calls::widen,        Calls::accept,       Calls::acceptQueue,
      Calls::shutdownWrite, Calls::resetOnClose, Calls::pendingError, Calls::unsent,
      Calls::close};
  static constexpr clock::Source kClock = {[] { return theTimeMs; }, [] { return theTimeMs; },
                                           [] { return static_cast<int64_t>(theTimeMs / 1000); }};
  if (theNet != nullptr) {
    std::abort();
  }
  theNet = this;
  theTimeMs = kStartMs;
  SystemError error;
  loop_ = Loop::create({}, error);
  if (loop_ == nullptr) {
    std::abort();
  }
  Loop::Internal &state = loop_->internal();
  state.poller->destroy([](void *) {}, nullptr);
  poller_ = new FakePoller(state);
  state.poller = poller_;
  state.net = &kCalls;
  state.clock = &kClock;
  state.nowMs = theTimeMs;
}

FakeNet::~FakeNet() {
  if (loop_ != nullptr) {
    destroyLoop();
  }
  theNet = nullptr;
}

void FakeNet::destroyLoop() {
  loop_->destroy(nullptr, nullptr);
  loop_ = nullptr;
  poller_ = nullptr;
}

Socket *FakeNet::connect(SocketGroup &group, void (*prepare)(FakeConnection &connection),
                         TlsContext *tls) {
  const int fd = nextFd_++;
  FakeConnection &made = connections_[fd];
  if (prepare != nullptr) {
    prepare(made);
  }
  return Socket::Internal::open(group, fd, tls);
}

int FakeNet::connectTo(const Listener &listener) {
  const int fd = nextFd_++;
  connections_[fd] = {};
  acceptQueues_[listener.fd()].push_back(fd);
  return fd;
}

void FakeNet::feed(const Socket &socket, std::string_view bytes) {
  connection(socket).input.emplace_back(bytes);
}

int FakeNet::turn() { return loop_->runOnce(0); }

void FakeNet::settle() {
  while (turn() != 0 || poller_->turnRequested) {
  }
}

void FakeNet::pass(unsigned seconds) {
  for (unsigned second = 0; second < seconds; second++) {
    theTimeMs += 1000;
    turn();
  }
}

void FakeNet::spend(uint64_t ms) { theTimeMs += ms; }

size_t FakeNet::works() const { return poller_->works.size(); }
bool FakeNet::turnRequested() const { return poller_->turnRequested; }
uint64_t FakeNet::timerDueMs() const { return poller_->timerDueMs; }
bool FakeNet::keepsHostAlive() const { return poller_->hostAlive; }
uint64_t FakeNet::nowMs() { return theTimeMs; }

} // namespace usk::test

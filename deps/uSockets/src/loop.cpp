// SPDX-License-Identifier: MIT
//
// The turn of the loop and the public face of Loop. Where events come from is the poller's matter,
// what they mean is the socket's or the listener's.
#include "loop_state.h"

#include "listener_internal.h"
#include "socket_core.h"

#include <algorithm>
#include <cerrno>
#include <new>

// node-gyp defines the second one for every addon; other builds that add the two files of the
// hosted backends define the first.
#if defined(USK_WITH_UV) || defined(USING_UV_SHARED)
#define USK_HAS_UV
#endif

namespace usk {

Loop::Internal::~Internal() = default;

bool Loop::Internal::init() {
  loop.internal_ = this;
  nowMs = clock->monotonicMs();
  receive_.reset(new (std::nothrow) char[kFrontPadding + kReceiveBytes + kBackPadding]);
  return receive_ != nullptr && cork.init();
}

void Loop::Internal::beginTurn(unsigned ready) {
  depth++;
  turn++;
  inTurn = true;
  adaptBulk();
  bulkLeft = bulkPerTurn;
  bulkShare = std::clamp(bulkPerTurn / std::max(ready, 1u), kMinBulkShare, kMaxBulkShare);
  handshakes.beginTurn();
  nowMs = clock->monotonicMs();
}

void Loop::Internal::adaptBulk() {
  if (bulkSentMs == 0) {
    return;
  }
  // nowMs is still when that turn began.
  const uint64_t tookMs = bulkSentMs - std::min(nowMs, bulkSentMs);
  bulkSentMs = 0;
  if (tookMs > kBulkMs) {
    bulkPerTurn = std::max(bulkPerTurn / 2, kMinBulkPerTurn);
  } else if (tookMs < kBulkMs / 2) {
    bulkPerTurn = std::min(bulkPerTurn * 2, kBulkPerTurn);
  }
}

void Loop::Internal::onEvents(uint64_t key, unsigned events) {
  const auto index = static_cast<uint32_t>(key);
  const auto generation = static_cast<uint32_t>(key >> 32);
  if (generation == 0) {
    if (Listener *listener = listenerById(index)) {
      Listener::Internal::acceptReady(*listener);
    }
    return;
  }
  Socket *socket = slab.at(index);
  if (socket != nullptr && socket->generation() == generation && !socket->isClosed()) {
    Socket::Internal::onEvents(*socket, events);
  }
}

void Loop::Internal::onTimer() {
  timerDueMs_ = Poller::kNoTimer;
  if (listenersPausedUntilMs != 0 && listenersPausedUntilMs <= nowMs) {
    resumeListeners();
  }
  timeouts.advance(
      nowMs, [](Socket &socket, void *) { Socket::Internal::onDeadline(socket); }, nullptr);
}

void Loop::Internal::endTurn() {
  runHandshakes();
  callTurnEnd();
  runDeferred();
  inTurn = false;
  callTurnEnd();
  settle();
  freeClosed();
  depth--;
  if (destroying) {
    completeDestroy();
    return;
  }
  updateTimer();
  updateTurnRequest();
}

void Loop::Internal::onWorkDone(void (*done)(void *user), void *user) {
  if (isBusy()) {
    // Host code runs the uv loop inside a callback of ours.
    loop.defer(done, user);
    return;
  }
  beginTurn(0);
  done(user);
  endTurn();
}

void Loop::Internal::runHandshakes() {
  while (TlsSession *session = handshakes.next()) {
    Socket::Internal::carryOn(session->socket());
  }
}

void Loop::Internal::runDeferred() {
  // What is deferred meanwhile belongs to the next turn: a callback that defers itself again must
  // not keep this one from ending.
  running_.swap(deferred);
  for (const Deferred &entry : running_) {
    entry.callback(entry.user);
  }
  running_.clear();
}

void Loop::Internal::callTurnEnd() {
  if (turnEnd.callback != nullptr) {
    turnEnd.callback(turnEnd.user);
  }
}

void Loop::Internal::settle() {
  while (cork.owner() != nullptr || !failed_.empty()) {
    if (Socket *owner = cork.owner()) {
      owner->uncork();
    } else {
      Socket *socket = failed_.back();
      failed_.pop_back();
      if (!socket->isClosed()) {
        Socket::Internal::closeFailed(*socket);
      }
    }
  }
}

void Loop::Internal::freeClosed() {
  while (closed_ != nullptr) {
    Socket &socket = *closed_;
    closed_ = coreOf(socket).next;
    closedCount--;
    Socket::Internal::release(socket);
  }
}

void Loop::Internal::updateTurnRequest() {
  const bool wanted = closed_ != nullptr || cork.owner() != nullptr || !failed_.empty() ||
                      !deferred.empty() || !handshakes.empty() || destroying;
  if (depth == 0 && wanted != turnRequested_) {
    turnRequested_ = wanted;
    poller->requestTurn(wanted);
  }
}

void Loop::Internal::updateTimer() {
  uint64_t due = Poller::kNoTimer;
  if (timeouts.size() != 0) {
    due = uint64_t{timeouts.nextTick()} * 1000;
  }
  if (listenersPausedUntilMs != 0 && (due == Poller::kNoTimer || listenersPausedUntilMs < due)) {
    due = listenersPausedUntilMs;
  }
  if (due != timerDueMs_) {
    timerDueMs_ = due;
    poller->setTimer(due);
  }
}

void Loop::Internal::addClosed(Socket &socket) {
  coreOf(socket).next = closed_;
  closed_ = &socket;
  closedCount++;
  // A descriptor is free again: no need to wait for the rest of the second.
  if (listenersPausedUntilMs != 0) {
    resumeListeners();
  }
}

void Loop::Internal::addFailed(Socket &socket) {
  failed_.push_back(&socket);
  updateTurnRequest();
}

Listener *Loop::Internal::listenerById(uint32_t id) const {
  for (Listener *listener : listeners) {
    if (Listener::Internal::id(*listener) == id) {
      return listener;
    }
  }
  return nullptr;
}

void Loop::Internal::pauseListeners() {
  listenersPausedUntilMs = nowMs + kListenerRestMs;
  for (Listener *listener : listeners) {
    Listener::Internal::setPolling(*listener, false);
  }
  updateTimer();
}

void Loop::Internal::resumeListeners() {
  listenersPausedUntilMs = 0;
  for (Listener *listener : listeners) {
    if (Listener::Internal::setPolling(*listener, true) != 0) {
      listenersPausedUntilMs = nowMs + kListenerRestMs;
    }
  }
}

bool Loop::Internal::hasWork() const {
  return slab.used() != 0 || !listeners.empty() || timeouts.size() != 0 || !deferred.empty();
}

void Loop::Internal::teardown() {
  while (!listeners.empty()) {
    listeners.back()->close();
  }
  for (uint32_t index = 0; index < slab.indexLimit(); index++) {
    if (Socket *socket = slab.at(index)) {
      Socket::Internal::close(*socket, CloseReason::Teardown, 0);
    }
  }
}

void Loop::Internal::completeDestroy() {
  depth++;
  teardown();
  // Bounded: a callback that defers itself for ever gets no further turn.
  for (int round = 0; round < 16 && !deferred.empty(); round++) {
    runDeferred();
  }
  settle();
  freeClosed();
  depth--;
  poller->destroy(
      [](void *user) {
        auto *state = static_cast<Internal *>(user);
        const LoopCallback done = state->destroyed;
        void *doneUser = state->destroyedUser;
        if (state->gone != nullptr) {
          *state->gone = true;
        }
        delete state;
        if (done != nullptr) {
          done(doneUser);
        }
      },
      this);
}

Loop *Loop::create(const LoopOptions &options, SystemError &error) {
  error = {};
  auto *state = new (std::nothrow) Internal;
  if (state == nullptr || !state->init()) {
    delete state;
    error = {ENOMEM, "malloc", false};
    return nullptr;
  }
  switch (options.backend) {
  case Backend::Standalone:
    state->poller = createStandalonePoller(*state, error);
    break;
#ifdef USK_HAS_UV
  case Backend::Nested:
    state->poller = createNestedPoller(*state, options.uvLoop, error);
    break;
  case Backend::PerSocket:
    state->poller = createPerSocketPoller(*state, options.uvLoop, error);
    break;
#else
  default:
    error = {ENOTSUP, "uv_poll_init", false};
    break;
#endif
  }
  if (state->poller == nullptr) {
    delete state;
    return nullptr;
  }
  return &state->loop;
}

void Loop::destroy(LoopCallback done, void *user) {
  Internal &state = *internal_;
  if (state.destroying) {
    return;
  }
  state.destroying = true;
  state.destroyed = done;
  state.destroyedUser = user;
  if (state.depth > 0) {
    // The turn on the stack still works with the loop: its end completes this.
    state.teardown();
    return;
  }
  state.completeDestroy();
}

void Loop::run() {
  Internal &state = *internal_;
  // A callback may destroy the loop; then nothing of it may be looked at again.
  bool gone = false;
  state.gone = &gone;
  while (!state.stopped && state.hasWork()) {
    state.poller->wait(-1);
    if (gone) {
      return;
    }
  }
  state.gone = nullptr;
  state.stopped = false;
}

void Loop::stop() { internal_->stopped = true; }

int Loop::runOnce(int timeoutMs) { return internal_->poller->wait(timeoutMs); }

void Loop::ref() {
  if (internal_->refs++ == 0) {
    internal_->poller->keepHostAlive(true);
  }
}

void Loop::unref() {
  if (internal_->refs > 0 && --internal_->refs == 0) {
    internal_->poller->keepHostAlive(false);
  }
}

uint64_t Loop::now() const {
  return internal_->depth > 0 ? internal_->nowMs : internal_->clock->monotonicMs();
}

std::string_view Loop::date() { return internal_->dates.at(internal_->clock->wallSeconds()); }

void Loop::defer(LoopCallback callback, void *user) {
  internal_->deferred.push_back({callback, user});
  internal_->updateTurnRequest();
}

void Loop::onTurnEnd(LoopCallback callback, void *user) { internal_->turnEnd = {callback, user}; }

void Loop::offload(LoopCallback work, LoopCallback done, void *user) {
  if (!internal_->poller->offload(work, done, user)) {
    work(user);
    defer(done, user);
  }
}

Socket *Loop::socketAt(uint32_t index) { return internal_->slab.at(index); }

size_t Loop::socketCount() const { return internal_->slab.used() - internal_->closedCount; }

bool Loop::isInTurn() const { return internal_->inTurn; }

unsigned Loop::depth() const { return internal_->depth; }

} // namespace usk

// SPDX-License-Identifier: MIT
//
// Accounts for the exchanges of a server: which are open, and the first call of a handler that the
// contract of ServerHandlers does not allow. No test framework, so that the fuzzer uses it too.
#pragma once

#include <uwk/Server.h>

#include <cstddef>
#include <map>
#include <string>

namespace uwk::test {

class ExchangeLedger {
public:
  void began(ExchangeHandle handle) {
    begun_++;
    if (handle == 0 || !open_.emplace(handle, State{}).second) {
      fault("onRequest for a handle that is open");
    }
  }
  void asked(ExchangeHandle handle) { ask(handle, Asked::Whole); }
  void pulled(ExchangeHandle handle) { ask(handle, Asked::Next); }
  void body(ExchangeHandle handle, BodyState result, BodyFault why) {
    State *state = find(handle, "onBody without onRequest");
    if (state == nullptr) {
      return;
    }
    if (state->asked == Asked::Nothing) {
      fault("onBody although nobody asked");
    }
    if (result == BodyState::Partial && state->asked != Asked::Next) {
      fault("part of a body although all of it was asked for");
    }
    if (result != BodyState::Complete && result != BodyState::Failed &&
        result != BodyState::Partial) {
      fault("onBody with another state than Complete, Partial and Failed");
    }
    if ((result == BodyState::Failed) != (why != BodyFault::None)) {
      fault("a fault without a failure, or a failure without a fault");
    }
    if (state->aborted && result != BodyState::Failed) {
      fault("a body after onAborted");
    }
    state->asked = Asked::Nothing;
  }
  void writable(ExchangeHandle handle) {
    State *state = find(handle, "onWritable without onRequest");
    if (state != nullptr && state->aborted) {
      fault("onWritable after onAborted");
    }
  }
  void aborted(ExchangeHandle handle) {
    aborts_++;
    State *state = find(handle, "onAborted without onRequest");
    if (state != nullptr && state->aborted) {
      fault("onAborted twice");
    }
    if (state != nullptr) {
      state->aborted = true;
    }
  }
  void watched(ExchangeHandle handle) {
    if (State *state = find(handle, "watch() after the end")) {
      state->watched = true;
    }
  }
  // After ended(), before any other event.
  void sent(ExchangeHandle handle) {
    if (handle != expectsSent_) {
      fault("onSent for an exchange that nobody watched, or not after its onEnded");
    }
    expectsSent_ = 0;
    sent_++;
  }
  void ended(ExchangeHandle handle) {
    ended_++;
    if (State *state = find(handle, "onEnded twice or without onRequest")) {
      if (state->asked != Asked::Nothing) {
        unanswered_++;
      }
      if (expectsSent_ != 0) {
        fault("onSent did not follow onEnded of a watched exchange");
      }
      expectsSent_ = state->watched && !state->aborted ? handle : 0;
      open_.erase(handle);
    }
  }
  void fault(const char *what) {
    if (fault_.empty()) {
      fault_ = what;
    }
  }

  // Empty as long as everything was in order.
  [[nodiscard]] const std::string &fault() const { return fault_; }
  [[nodiscard]] size_t begun() const { return begun_; }
  [[nodiscard]] size_t ended() const { return ended_; }
  [[nodiscard]] size_t aborts() const { return aborts_; }
  [[nodiscard]] size_t sent() const { return sent_; }
  [[nodiscard]] size_t open() const { return open_.size(); }
  // Exchanges that asked for their body and ended without hearing of it: those that were answered
  // while it was still coming.
  [[nodiscard]] size_t unanswered() const { return unanswered_; }

private:
  enum class Asked : unsigned char { Nothing, Whole, Next };

  struct State {
    Asked asked = Asked::Nothing;
    bool aborted = false;
    bool watched = false;
  };

  void ask(ExchangeHandle handle, Asked what) {
    if (State *state = find(handle, "a body is asked for after the end")) {
      state->asked = what;
    }
  }

  State *find(ExchangeHandle handle, const char *otherwise) {
    auto found = open_.find(handle);
    if (found == open_.end()) {
      fault(otherwise);
      return nullptr;
    }
    return &found->second;
  }

  std::map<ExchangeHandle, State> open_;
  std::string fault_;
  size_t begun_ = 0;
  size_t ended_ = 0;
  size_t aborts_ = 0;
  size_t sent_ = 0;
  ExchangeHandle expectsSent_ = 0;
  size_t unanswered_ = 0;
};

} // namespace uwk::test

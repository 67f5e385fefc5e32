// SPDX-License-Identifier: MIT
//
// Keeps SIGPIPE from being delivered to this thread for the life of the object: sendfile(2) has no
// MSG_NOSIGNAL. The signal is raised for the calling thread, so that is where it is held back and
// taken; one that was pending or blocked before is somebody else's.
#pragma once

#include <csignal>
#include <ctime>

namespace usk::net {

class SigpipeGuard {
public:
  SigpipeGuard() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeGuard() {
    if (sigismember(&before_, SIGPIPE) == 0) {
      if (raised_) {
        constexpr timespec kNow{0, 0};
        ::sigtimedwait(&pipe_, nullptr, &kNow);
      }
      ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
  }
  SigpipeGuard(const SigpipeGuard &) = delete;
  SigpipeGuard &operator=(const SigpipeGuard &) = delete;

  // To be called when a call failed with EPIPE.
  void raised() { raised_ = true; }

private:
  sigset_t pipe_;
  sigset_t before_;
  bool raised_ = false;
};

} // namespace usk::net

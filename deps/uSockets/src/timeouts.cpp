// SPDX-License-Identifier: MIT
//
// The timeout wheel. Invariant: a socket in the wheel hangs in the slot of `timerTick`, which is
// after `current_`, at most kSlots - 1 seconds away and not after its deadline, if it has one.
#include "timeouts.h"

#include "socket_core.h"

#include <algorithm>

namespace usk {

bool Timeouts::set(Socket &socket, unsigned seconds, uint64_t latestMs) {
  SocketCore &core = coreOf(socket);
  if (seconds == 0) {
    core.deadline = 0;
    return false;
  }
  const auto now = static_cast<uint32_t>(latestMs / 1000);
  // Plus one: the present second is already partly over.
  core.deadline = now + std::min(seconds, kMaxSeconds) + 1;
  if (core.timerTick != 0) {
    if (core.timerTick <= core.deadline) {
      return false;
    }
    unlink(socket);
  }
  if (size_ == 0) {
    current_ = std::max(current_, now);
    nextTick_ = kNever;
  }
  link(socket, std::clamp(core.deadline, current_ + 1, current_ + kSlots - 1));
  if (core.timerTick >= nextTick_) {
    return false;
  }
  nextTick_ = core.timerTick;
  return true;
}

void Timeouts::remove(Socket &socket) {
  SocketCore &core = coreOf(socket);
  core.deadline = 0;
  if (core.timerTick != 0) {
    unlink(socket);
    if (size_ == 0) {
      nextTick_ = kNever;
    }
  }
}

void Timeouts::advance(uint64_t nowMs, Fire fire, void *user) {
  const auto now = static_cast<uint32_t>(nowMs / 1000);
  if (now > current_ + kSlots) {
    current_ = now - kSlots; // one turn of the wheel meets every socket
  }
  while (current_ < now && size_ != 0) {
    current_++;
    // The slot is emptied into a list of its own first: whatever callbacks link goes elsewhere,
    // and what they close leaves this list by itself.
    Socket *due = slots_[current_ % kSlots];
    slots_[current_ % kSlots] = nullptr;
    if (due != nullptr) {
      coreOf(*due).timerLink = &due;
    }
    while (due != nullptr) {
      Socket &socket = *due;
      SocketCore &core = coreOf(socket);
      unlink(socket);
      if (core.deadline > now) {
        link(socket, std::min(core.deadline, current_ + kSlots - 1));
      } else if (core.deadline != 0) {
        core.deadline = 0;
        fire(socket, user);
      }
    }
  }
  current_ = std::max(current_, now);
  findNext();
}

void Timeouts::link(Socket &socket, uint32_t tick) {
  SocketCore &core = coreOf(socket);
  Socket **slot = &slots_[tick % kSlots];
  core.timerTick = tick;
  core.timerNext = *slot;
  core.timerLink = slot;
  if (*slot != nullptr) {
    coreOf(**slot).timerLink = &core.timerNext;
  }
  *slot = &socket;
  size_++;
}

void Timeouts::unlink(Socket &socket) {
  SocketCore &core = coreOf(socket);
  *core.timerLink = core.timerNext;
  if (core.timerNext != nullptr) {
    coreOf(*core.timerNext).timerLink = core.timerLink;
  }
  core.timerNext = nullptr;
  core.timerLink = nullptr;
  core.timerTick = 0;
  size_--;
}

void Timeouts::findNext() {
  nextTick_ = kNever;
  for (uint32_t ahead = 1; size_ != 0 && ahead < kSlots; ahead++) {
    if (slots_[(current_ + ahead) % kSlots] != nullptr) {
      nextTick_ = current_ + ahead;
      return;
    }
  }
}

} // namespace usk

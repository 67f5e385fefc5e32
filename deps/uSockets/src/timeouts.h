// SPDX-License-Identifier: MIT
//
// The timeout wheel: 256 slots of one second. It is lazy: a socket that is in the wheel already
// only gets a new deadline stored, and is moved when its old slot comes up. So re-arming, which
// happens for every request, touches no list unless the deadline moves forward. The time is always
// handed in; nothing here asks a clock or owns a timer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace usk {

class Socket;

class Timeouts {
public:
  static constexpr uint32_t kSlots = 256;
  static constexpr unsigned kMaxSeconds = 65535;
  static constexpr uint32_t kNever = UINT32_MAX;

  using Fire = void (*)(Socket &socket, void *user);

  // `latestMs` is not before the present. The timeout fires with the first advance() to a full
  // second that lies `seconds` or more after it; 0 = never. True when nextTick() became earlier.
  bool set(Socket &socket, unsigned seconds, uint64_t latestMs);
  void remove(Socket &socket);

  // Calls `fire` for each socket whose deadline is over, disarmed already. It may set and remove
  // any socket's timeout, its own included.
  void advance(uint64_t nowMs, Fire fire, void *user);

  // The second at which advance() has something to look at, kNever when the wheel is empty.
  [[nodiscard]] uint32_t nextTick() const { return nextTick_; }
  [[nodiscard]] size_t size() const { return size_; }

private:
  void link(Socket &socket, uint32_t tick);
  void unlink(Socket &socket);
  void findNext();

  Socket *slots_[kSlots] = {};
  uint32_t current_ = 0; // the last second that was looked at
  uint32_t nextTick_ = kNever;
  size_t size_ = 0;
};

} // namespace usk

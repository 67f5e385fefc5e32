// SPDX-License-Identifier: MIT
//
// POSIX clocks. The coarse monotonic clock is Linux only; elsewhere the exact one stands in.
#include "clock.h"

#include <ctime>

namespace usk::clock {
namespace {

uint64_t read(clockid_t id) {
  timespec time{};
  clock_gettime(id, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000 + static_cast<uint64_t>(time.tv_nsec) / 1000000;
}

// The coarse clock lags by up to a scheduler tick, 10 ms where that is longest, or a little more
// when the processor that counts ticks is held up.
uint64_t latestMs() {
#ifdef CLOCK_MONOTONIC_COARSE
  return read(CLOCK_MONOTONIC_COARSE) + kSlackMs;
#else
  return read(CLOCK_MONOTONIC);
#endif
}

int64_t wallSeconds() { return static_cast<int64_t>(std::time(nullptr)); }

} // namespace

uint64_t monotonicMs() { return read(CLOCK_MONOTONIC); }

const Source kSystemClock = {monotonicMs, latestMs, wallSeconds};

} // namespace usk::clock

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

} // namespace

uint64_t monotonicMs() { return read(CLOCK_MONOTONIC); }

uint64_t coarseMs() {
#ifdef CLOCK_MONOTONIC_COARSE
  return read(CLOCK_MONOTONIC_COARSE);
#else
  return read(CLOCK_MONOTONIC);
#endif
}

int64_t wallSeconds() { return static_cast<int64_t>(std::time(nullptr)); }

} // namespace usk::clock

// SPDX-License-Identifier: MIT
//
// The clocks the library reads. Nothing else may ask the system for the time.
#pragma once

#include <cstdint>

namespace usk::clock {

// Milliseconds of the monotonic clock. About 30 ns.
[[nodiscard]] uint64_t monotonicMs();

// The clocks of a loop; a table, so that tests can let time pass.
struct Source {
  uint64_t (*monotonicMs)();
  // Never before monotonicMs(), at most kSlackMs after it. Read from the scheduler's last tick,
  // which takes 6 ns and lets every request re-arm its timeout.
  uint64_t (*latestMs)();
  // Since the epoch.
  int64_t (*wallSeconds)();
};

inline constexpr uint64_t kSlackMs = 50;

extern const Source kSystemClock;

} // namespace usk::clock

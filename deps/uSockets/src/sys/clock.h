// SPDX-License-Identifier: MIT
//
// The clocks the library reads. Nothing else may ask the system for the time, so that tests can
// drive the timeout wheel with numbers of their own.
#pragma once

#include <cstdint>

namespace usk::clock {

// Milliseconds of the monotonic clock. About 30 ns.
[[nodiscard]] uint64_t monotonicMs();

// The same clock as of the last scheduler tick: never ahead, at most kCoarseLagMs behind. About
// 6 ns, which is what lets every request re-arm its timeout.
[[nodiscard]] uint64_t coarseMs();
inline constexpr uint64_t kCoarseLagMs = 50;

// Seconds since the epoch.
[[nodiscard]] int64_t wallSeconds();

} // namespace usk::clock

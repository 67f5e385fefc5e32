// SPDX-License-Identifier: MIT
// Owns latency counts: a fixed log-linear histogram of nanoseconds, 64 steps per power of two (an
// error of 1.6 % at most), no allocation while timing. Knows nothing of what it counts.
#ifndef BENCH_LOAD_HISTOGRAM_H
#define BENCH_LOAD_HISTOGRAM_H

#include <stdint.h>

enum { kStepBits = 6, kSteps = 1 << kStepBits, kBuckets = (65 - kStepBits) * kSteps };

struct Histogram {
  uint64_t counts[kBuckets];
  uint64_t total;
};

static inline void histogramAdd(struct Histogram *histogram, uint64_t value) {
  int top = value < kSteps ? 0 : 63 - __builtin_clzll(value) - kStepBits + 1;
  uint64_t step = top == 0 ? value : (value >> (top - 1)) - kSteps;
  histogram->counts[(uint64_t)top * kSteps + step]++;
  histogram->total++;
}

static uint64_t histogramQuantile(const struct Histogram *histogram, double quantile) {
  uint64_t rank = (uint64_t)(quantile * (double)histogram->total);
  uint64_t seen = 0;
  for (int i = 0; i < kBuckets; i++) {
    seen += histogram->counts[i];
    if (seen > rank) {
      int top = i / kSteps;
      uint64_t step = (uint64_t)(i % kSteps);
      return top == 0 ? step : (step + kSteps) << (top - 1);
    }
  }
  return 0;
}

#endif

// SPDX-License-Identifier: MIT
//
// The callback of -fsanitize-coverage=trace-pc and the map behind it. Must not be instrumented
// itself, nor call anything that is.
#include "coverage.h"

#include <array>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

constexpr std::size_t kMapSize = 1U << 15;
std::array<std::uint8_t, kMapSize> current{};
std::array<std::uint8_t, kMapSize> known{};
// The slots of this run that are not zero: most inputs touch a few hundred of the map's.
std::array<std::uint16_t, kMapSize> touched{};
std::size_t touchedCount = 0;
std::uintptr_t previous = 0;
std::size_t edges = 0;

// Counts are compared by power of two, so that a loop's length alone does not look like news.
std::uint8_t bucket(std::uint8_t count) {
  std::uint8_t bit = 1;
  while (count > 1 && bit < 0x80) {
    count = static_cast<std::uint8_t>(count >> 1);
    bit = static_cast<std::uint8_t>(bit << 1);
  }
  return bit;
}

} // namespace

extern "C" void __sanitizer_cov_trace_pc() {
  // Relative to a function of the program: the same edge has the same slot at every start.
  const auto base = reinterpret_cast<std::uintptr_t>(&LLVMFuzzerTestOneInput);
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) - base;
  const std::uintptr_t mixed = (here >> 2) * 0x9e3779b97f4a7c15U >> 16;
  const std::size_t index = (mixed ^ previous) % kMapSize;
  std::uint8_t &slot = current[index];
  if (slot == 0) {
    touched[touchedCount++] = static_cast<std::uint16_t>(index);
  }
  slot = static_cast<std::uint8_t>(slot + (slot < 0xff ? 1 : 0));
  previous = mixed >> 1;
}

namespace fuzz {

void beginRun() {
  for (std::size_t i = 0; i < touchedCount; i++) {
    current[touched[i]] = 0;
  }
  touchedCount = 0;
  previous = 0;
}

bool sawNewEdges() {
  bool news = false;
  for (std::size_t i = 0; i < touchedCount; i++) {
    const std::size_t slot = touched[i];
    const std::uint8_t seen = bucket(current[slot]);
    if ((known[slot] & seen) == 0) {
      edges += known[slot] == 0 ? 1U : 0U;
      known[slot] = static_cast<std::uint8_t>(known[slot] | seen);
      news = true;
    }
  }
  return news;
}

std::size_t edgeCount() { return edges; }

} // namespace fuzz

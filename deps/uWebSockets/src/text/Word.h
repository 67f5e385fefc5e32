// SPDX-License-Identifier: MIT
//
// Eight bytes at a time in a plain register: loads that never read past their range and the search
// for one byte in a word. Byte 0 of the text is always the lowest byte of the word, so words can be
// compared, hashed and masked alike on every machine. Knows nothing of what the text means.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace uwk::text {

inline constexpr uint64_t kEveryByte = 0x0101010101010101ull;
inline constexpr uint64_t kEveryHighBit = 0x8080808080808080ull;

[[nodiscard]] inline uint64_t loadWord(const char *bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) {
    word = __builtin_bswap64(word);
  }
  return word;
}

// The `count` < 8 bytes at `bytes`, the rest of the word zero. Two overlapping loads instead of a
// loop: path segments are short, a loop per byte would cost more than the lookup that follows.
[[nodiscard]] inline uint64_t loadPart(const char *bytes, size_t count) {
  const auto byteAt = [bytes](size_t index) {
    return static_cast<uint64_t>(static_cast<unsigned char>(bytes[index]));
  };
  if constexpr (std::endian::native == std::endian::little) {
    if (count >= 4) {
      uint32_t low;
      uint32_t high;
      std::memcpy(&low, bytes, sizeof(low));
      std::memcpy(&high, bytes + count - sizeof(high), sizeof(high));
      return low | static_cast<uint64_t>(high) << (8 * (count - sizeof(high)));
    }
    if (count == 0) {
      return 0;
    }
    // For one, two or three bytes the three reads below cover all of them, some twice.
    return byteAt(0) | byteAt(count / 2) << (8 * (count / 2)) |
           byteAt(count - 1) << (8 * (count - 1));
  } else {
    uint64_t word = 0;
    for (size_t index = 0; index < count; ++index) {
      word |= byteAt(index) << (8 * index);
    }
    return word;
  }
}

// The first `count` <= 8 bytes of a word.
[[nodiscard]] inline uint64_t lowBytes(uint64_t word, size_t count) {
  return count >= 8 ? word : word & ((uint64_t{1} << (8 * count)) - 1);
}

// Non-zero when `wanted` is in the word; its lowest set bit is exact, higher ones may be false
// (a borrow can run upwards from a hit, never downwards).
[[nodiscard]] inline uint64_t findInWord(uint64_t word, char wanted) {
  const uint64_t difference = word ^ (kEveryByte * static_cast<unsigned char>(wanted));
  return (difference - kEveryByte) & ~difference & kEveryHighBit;
}

[[nodiscard]] inline size_t firstHit(uint64_t hits) {
  return static_cast<size_t>(std::countr_zero(hits)) / 8;
}

} // namespace uwk::text

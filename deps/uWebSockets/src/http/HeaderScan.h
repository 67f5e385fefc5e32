// SPDX-License-Identifier: MIT
//
// Delimiter search, 16 (SSE2) or 8 (SWAR) bytes a step, with a scalar twin that is the definition.
// Every search may read 16 bytes from any position before `end`, paths and hosts one byte further:
// that is where the parser's 16 bytes of readable padding come from. Only positions in [at, end)
// are reported.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace uwk::scan {

// Eight bytes in a register. Masks carry bit 7 of each byte; no operation carries into its
// neighbour, so masks are exact and may be combined.
struct Swar {
  using Vector = uint64_t;
  static constexpr size_t kWidth = 8;
  static constexpr uint64_t kHigh = 0x8080808080808080ull;

  static constexpr Vector fill(unsigned c) { return 0x0101010101010101ull * c; }
  static Vector load(const char *at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  static Vector withBits(Vector v, uint8_t bits) { return v | fill(bits); }
  static Vector above(Vector v, uint8_t c) {
    return (((v & ~kHigh) + fill(0x7fu - c)) | v) & kHigh;
  }
  static Vector below(Vector v, uint8_t c) {
    return ~(((v & ~kHigh) + fill(0x80u - c)) | v) & kHigh;
  }
  static Vector equals(Vector v, uint8_t c) { return below(v ^ fill(c), 1); }
  static Vector either(Vector a, Vector b) { return a | b; }
  static Vector both(Vector a, Vector b) { return a & b; }
  static Vector invert(Vector mask) { return mask ^ kHigh; }
  static uint64_t bits(Vector mask) { return mask; }
  static size_t first(uint64_t bits) {
    const int zeros = std::endian::native == std::endian::little ? std::countr_zero(bits)
                                                                 : std::countl_zero(bits);
    return static_cast<size_t>(zeros) / 8;
  }
};

#if defined(__SSE2__)
struct Sse2 {
  using Vector = __m128i;
  static constexpr size_t kWidth = 16;

  static Vector fill(uint8_t c) { return _mm_set1_epi8(static_cast<char>(c)); }
  static Vector load(const char *at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
  }
  static Vector withBits(Vector v, uint8_t bits) { return _mm_or_si128(v, fill(bits)); }
  static Vector equals(Vector v, uint8_t c) { return _mm_cmpeq_epi8(v, fill(c)); }
  // SSE2 has no unsigned compare: x > c is max(x, c + 1) == x.
  static Vector above(Vector v, uint8_t c) {
    return _mm_cmpeq_epi8(_mm_max_epu8(v, fill(static_cast<uint8_t>(c + 1))), v);
  }
  static Vector below(Vector v, uint8_t c) {
    return _mm_cmpeq_epi8(_mm_min_epu8(v, fill(static_cast<uint8_t>(c - 1))), v);
  }
  static Vector either(Vector a, Vector b) { return _mm_or_si128(a, b); }
  static Vector both(Vector a, Vector b) { return _mm_and_si128(a, b); }
  static Vector invert(Vector mask) { return _mm_xor_si128(mask, fill(0xff)); }
  static unsigned bits(Vector mask) { return static_cast<unsigned>(_mm_movemask_epi8(mask)); }
  static size_t first(unsigned bits) { return static_cast<size_t>(std::countr_zero(bits)); }
};
using Lanes = Sse2;
#else
using Lanes = Swar;
#endif

// Field value: stops at CTL and DEL. HTAB is legal but so rare that two operations a step to skip
// it would cost more than they save.
struct ValueRule {
  template <class L> static typename L::Vector stops(const char *at) {
    const auto v = L::load(at);
    return L::either(L::below(v, 0x20), L::equals(v, 0x7f));
  }
  static bool stopsAt(const char *at) {
    const auto c = static_cast<uint8_t>(*at);
    return c < 0x20 || c == 0x7f;
  }
};

// Field name: stops at anything but letters, digits and '-'. Rarer token characters stop it too;
// the caller looks them up.
struct NameRule {
  template <class L> static typename L::Vector stops(const char *at) {
    const auto v = L::load(at);
    const auto folded = L::withBits(v, 0x20);
    const auto letter = L::both(L::above(folded, 'a' - 1), L::below(folded, 'z' + 1));
    const auto digit = L::both(L::above(v, '0' - 1), L::below(v, '9' + 1));
    return L::invert(L::either(L::either(letter, digit), L::equals(v, '-')));
  }
  static bool stopsAt(const char *at) {
    const auto c = static_cast<uint8_t>(*at);
    const auto folded = static_cast<uint8_t>(c | 0x20);
    return !((folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }
};

// Host name: stops at anything but lower-case letters, digits, '.' and '-', and at a '-' before
// another (perhaps "xn--").
struct HostRule {
  template <class L> static typename L::Vector stops(const char *at) {
    const auto v = L::load(at);
    const auto letter = L::both(L::above(v, 'a' - 1), L::below(v, 'z' + 1));
    const auto digit = L::both(L::above(v, '0' - 1), L::below(v, '9' + 1));
    const auto hyphen = L::equals(v, '-');
    const auto plain = L::either(L::either(letter, digit), L::either(hyphen, L::equals(v, '.')));
    const auto pair = L::both(hyphen, L::equals(L::load(at + 1), '-'));
    return L::either(L::invert(plain), pair);
  }
  static bool stopsAt(const char *at) {
    const auto c = static_cast<uint8_t>(*at);
    return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.') ||
           (c == '-' && at[1] == '-');
  }
};

// Path: stops at every byte that ends it, is illegal in it or that the URL standard would rewrite,
// at a '/' before '.' or '%' (perhaps a dot segment), and at the few harmless bytes "!=|~" that
// share a cheap comparison with one of these.
struct PathRule {
  template <class L> static typename L::Vector stops(const char *at) {
    const auto v = L::load(at);
    const auto next = L::load(at + 1);
    const auto dotted =
        L::both(L::equals(v, '/'), L::either(L::equals(next, '.'), L::equals(next, '%')));
    const auto outside = L::either(L::below(v, '$'), L::above(v, 'z'));
    const auto comparison = L::equals(L::withBits(v, 3), '?');                            // < = > ?
    const auto slashes = L::either(L::equals(L::withBits(v, 2), '^'), L::equals(v, '`')); // \ ^ `
    return L::either(L::either(dotted, outside), L::either(comparison, slashes));
  }
  static bool stopsAt(const char *at) {
    const auto c = static_cast<uint8_t>(*at);
    return c < '$' || c > 'z' || (c >= '<' && c <= '?') || c == '\\' || c == '^' || c == '`' ||
           (c == '/' && (at[1] == '.' || at[1] == '%'));
  }
};

// Query: stops at every byte that ends it, is illegal in it or that the URL standard would encode.
struct QueryRule {
  template <class L> static typename L::Vector stops(const char *at) {
    const auto v = L::load(at);
    const auto outside = L::either(L::below(v, '!'), L::above(v, '~'));
    const auto hash = L::equals(L::withBits(v, 1), '#');  // " #
    const auto angle = L::equals(L::withBits(v, 2), '>'); // < >
    return L::either(L::either(outside, hash), L::either(angle, L::equals(v, '\'')));
  }
  static bool stopsAt(const char *at) {
    const auto c = static_cast<uint8_t>(*at);
    return c < '!' || c > '~' || c == '"' || c == '#' || c == '\'' || c == '<' || c == '>';
  }
};

// The first position in [at, end) where Rule stops, else `end`.
template <class Rule, class L = Lanes>
[[nodiscard]] inline const char *find(const char *at, const char *end) {
  for (; at < end; at += L::kWidth) {
    if (const auto bits = L::bits(Rule::template stops<L>(at)); bits != 0) {
      const char *stop = at + L::first(bits);
      // A branch, not a conditional move: the next search starts at `stop` and must not wait.
      if (stop >= end) [[unlikely]] {
        return end;
      }
      return stop;
    }
  }
  return end;
}

template <class Rule> [[nodiscard]] inline const char *findScalar(const char *at, const char *end) {
  while (at < end && !Rule::stopsAt(at)) {
    at++;
  }
  return at;
}

} // namespace uwk::scan

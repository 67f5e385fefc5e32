// SPDX-License-Identifier: MIT
//
// The text primitives of the HTTP and WebSocket layers: ASCII and UTF-8 validation, transcoding.
// Two implementations of one contract: simdutf (the default) and `scalar`, which is always
// compiled, is what UWK_NO_SIMDUTF builds use, and is the reference the tests compare with. No
// other file may include simdutf.h.
#pragma once

#include <cstddef>
#include <string_view>

namespace uwk::text {

inline constexpr char32_t kReplacement = 0xfffd;

[[nodiscard]] bool isAscii(std::string_view bytes);
[[nodiscard]] bool isValidUtf8(std::string_view bytes);

// Every function below needs valid input and room for its result.
[[nodiscard]] size_t utf16Length(std::string_view valid);
size_t utf8ToUtf16(std::string_view valid, char16_t *out); // units written

// One UTF-16 unit per byte; returns their number.
size_t latin1ToUtf16(std::string_view latin1, char16_t *out);

// One byte per character; none is above U+00FF.
size_t utf8ToLatin1(std::string_view valid, char *out);

// UTF-16 as JavaScript has it may have surrogates without their other half: they become U+FFFD.
void makeWellFormed(char16_t *units, size_t size);
[[nodiscard]] size_t utf8Length(std::u16string_view wellFormed);
size_t utf16ToUtf8(std::u16string_view wellFormed, char *out);

namespace scalar {

[[nodiscard]] bool isAscii(std::string_view bytes);
[[nodiscard]] bool isValidUtf8(std::string_view bytes);
[[nodiscard]] size_t utf16Length(std::string_view valid);
size_t utf8ToUtf16(std::string_view valid, char16_t *out);
size_t latin1ToUtf16(std::string_view latin1, char16_t *out);
size_t utf8ToLatin1(std::string_view valid, char *out);
void makeWellFormed(char16_t *units, size_t size);
[[nodiscard]] size_t utf8Length(std::u16string_view wellFormed);
size_t utf16ToUtf8(std::u16string_view wellFormed, char *out);

} // namespace scalar

// One character and the bytes it took. Two words on purpose: a third would be returned through
// memory in pieces of different size, which stalls the load (15 ns a character, measured).
struct DecodedUtf8 {
  char32_t value;
  unsigned length;
};

// The character at the start of non-empty `bytes`. A malformed one gives kMalformed and the length
// of its maximal subpart (Unicode 3.9, "U+FFFD Substitution of Maximal Subparts", which is also
// what the WHATWG decoder does): E0 80 80 is three of them, F0 9F 98 is one.
inline constexpr char32_t kMalformed = 0xffffffff;
[[nodiscard]] DecodedUtf8 decodeUtf8(std::string_view bytes);

// Writes one code point, returns the units written (1 or 2).
inline size_t writeUtf16(char32_t value, char16_t *out) {
  if (value < 0x10000) {
    out[0] = static_cast<char16_t>(value);
    return 1;
  }
  const char32_t offset = value - 0x10000;
  out[0] = static_cast<char16_t>(0xd800 + (offset >> 10));
  out[1] = static_cast<char16_t>(0xdc00 + (offset & 0x3ff));
  return 2;
}

} // namespace uwk::text

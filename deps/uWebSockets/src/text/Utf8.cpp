// SPDX-License-Identifier: MIT
//
// Chooses the implementation behind Utf8.h: simdutf, or the scalar twin under UWK_NO_SIMDUTF. The
// only file that includes simdutf.h. Short inputs take the scalar way too: there simdutf's indirect
// call costs more than the loop it replaces. The lengths are from bench/native/decode_bench.cpp.
#include "Utf8.h"

#ifndef UWK_NO_SIMDUTF
#include <simdutf.h>
#endif

namespace uwk::text {

#ifdef UWK_NO_SIMDUTF

bool isAscii(std::string_view bytes) { return scalar::isAscii(bytes); }
bool isValidUtf8(std::string_view bytes) { return scalar::isValidUtf8(bytes); }
size_t utf16Length(std::string_view valid) { return scalar::utf16Length(valid); }
size_t utf8ToUtf16(std::string_view valid, char16_t *out) {
  return scalar::utf8ToUtf16(valid, out);
}
size_t latin1ToUtf16(std::string_view latin1, char16_t *out) {
  return scalar::latin1ToUtf16(latin1, out);
}
size_t utf8ToLatin1(std::string_view valid, char *out) { return scalar::utf8ToLatin1(valid, out); }
void makeWellFormed(char16_t *units, size_t size) { scalar::makeWellFormed(units, size); }
size_t utf8Length(std::u16string_view wellFormed) { return scalar::utf8Length(wellFormed); }
size_t utf16ToUtf8(std::u16string_view wellFormed, char *out) {
  return scalar::utf16ToUtf8(wellFormed, out);
}

#else

namespace {

constexpr size_t kSimdAscii = 128; // the scalar loop takes eight bytes a step
constexpr size_t kSimdBytes = 16;

bool isShort(std::string_view bytes) { return bytes.size() < kSimdBytes; }

} // namespace

bool isAscii(std::string_view bytes) {
  return bytes.size() < kSimdAscii ? scalar::isAscii(bytes)
                                   : simdutf::validate_ascii(bytes.data(), bytes.size());
}

bool isValidUtf8(std::string_view bytes) {
  return isShort(bytes) ? scalar::isValidUtf8(bytes)
                        : simdutf::validate_utf8(bytes.data(), bytes.size());
}

size_t utf16Length(std::string_view valid) {
  return isShort(valid) ? scalar::utf16Length(valid)
                        : simdutf::utf16_length_from_utf8(valid.data(), valid.size());
}

size_t utf8ToUtf16(std::string_view valid, char16_t *out) {
  return isShort(valid) ? scalar::utf8ToUtf16(valid, out)
                        : simdutf::convert_valid_utf8_to_utf16(valid.data(), valid.size(), out);
}

size_t latin1ToUtf16(std::string_view latin1, char16_t *out) {
  return isShort(latin1) ? scalar::latin1ToUtf16(latin1, out)
                         : simdutf::convert_latin1_to_utf16(latin1.data(), latin1.size(), out);
}

size_t utf8ToLatin1(std::string_view valid, char *out) {
  return isShort(valid) ? scalar::utf8ToLatin1(valid, out)
                        : simdutf::convert_valid_utf8_to_latin1(valid.data(), valid.size(), out);
}

// Its search for what is wrong is fast, putting it right is not; that is rare.
void makeWellFormed(char16_t *units, size_t size) {
  if (size < kSimdBytes || !simdutf::validate_utf16(units, size)) {
    scalar::makeWellFormed(units, size);
  }
}

size_t utf8Length(std::u16string_view wellFormed) {
  return wellFormed.size() < kSimdBytes
             ? scalar::utf8Length(wellFormed)
             : simdutf::utf8_length_from_utf16(wellFormed.data(), wellFormed.size());
}

size_t utf16ToUtf8(std::u16string_view wellFormed, char *out) {
  return wellFormed.size() < kSimdBytes
             ? scalar::utf16ToUtf8(wellFormed, out)
             : simdutf::convert_valid_utf16_to_utf8(wellFormed.data(), wellFormed.size(), out);
}

#endif

} // namespace uwk::text

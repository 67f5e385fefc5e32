// SPDX-License-Identifier: MIT
//
// What embedders may use of the text primitives.
#include "Utf8.h"

#include <uwk/Text.h>

#include <algorithm>

namespace uwk {

bool isAscii(std::string_view bytes) { return text::isAscii(bytes); }

bool isValidUtf8(std::string_view bytes) { return text::isValidUtf8(bytes); }

// Blocks of a fixed size and one-byte sums: compilers turn them into vectors.
TextSurvey surveyText(std::string_view valid) {
  constexpr size_t kBlock = 128;
  constexpr unsigned char kLastLatin1Lead = 0xc3;
  unsigned char highest = 0;
  TextSurvey survey;
  const auto *bytes = reinterpret_cast<const unsigned char *>(valid.data());
  size_t at = 0;
  for (; at + kBlock <= valid.size(); at += kBlock) {
    unsigned char count = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      const unsigned char byte = bytes[at + i];
      highest = std::max(highest, byte);
      count = static_cast<unsigned char>(count + (byte >> 7));
    }
    survey.nonAscii += count;
  }
  for (; at < valid.size(); ++at) {
    highest = std::max(highest, bytes[at]);
    survey.nonAscii += bytes[at] >> 7;
  }
  survey.isLatin1 = highest <= kLastLatin1Lead;
  return survey;
}

size_t utf8ToUtf16(std::string_view valid, char16_t *out) { return text::utf8ToUtf16(valid, out); }

size_t utf8ToLatin1(std::string_view valid, char *out) { return text::utf8ToLatin1(valid, out); }

void makeWellFormed(char16_t *units, size_t size) { text::makeWellFormed(units, size); }

size_t utf8Length(std::u16string_view wellFormed) { return text::utf8Length(wellFormed); }

size_t utf16ToUtf8(std::u16string_view wellFormed, char *out) {
  return text::utf16ToUtf8(wellFormed, out);
}

} // namespace uwk

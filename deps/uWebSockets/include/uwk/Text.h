// SPDX-License-Identifier: MIT
//
// Text for embedders: SIMD where the build has it (src/text/Utf8.cpp). What writes needs room for
// its result, and tells how much it took.
#pragma once

#include <cstddef>
#include <string_view>

namespace uwk {

[[nodiscard]] bool isAscii(std::string_view bytes);
[[nodiscard]] bool isValidUtf8(std::string_view bytes);

// What valid UTF-8 is made of.
struct TextSurvey {
  size_t nonAscii = 0;   // bytes
  bool isLatin1 = false; // no character above U+00FF
};
[[nodiscard]] TextSurvey surveyText(std::string_view valid);

// At most one unit a byte.
size_t utf8ToUtf16(std::string_view valid, char16_t *out);
// With no character above U+00FF: at most one byte a byte.
size_t utf8ToLatin1(std::string_view valid, char *out);

// Every surrogate without its other half becomes U+FFFD.
void makeWellFormed(char16_t *units, size_t size);
[[nodiscard]] size_t utf8Length(std::u16string_view wellFormed);
// At most three bytes a unit.
size_t utf16ToUtf8(std::u16string_view wellFormed, char *out);

} // namespace uwk

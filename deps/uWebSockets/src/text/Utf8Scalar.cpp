// SPDX-License-Identifier: MIT
//
// The scalar half of Utf8.h: plain loops, no tables, no intrinsics. It is the whole implementation
// where simdutf is switched off and the reference where it is not, so it is written to be read.
#include "Utf8.h"

#include "Word.h"

namespace uwk::text {

namespace {

unsigned byteAt(std::string_view bytes, size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

bool isContinuation(unsigned byte) { return (byte & 0xc0) == 0x80; }
bool isHighSurrogate(char16_t unit) { return (unit & 0xfc00) == 0xd800; }
bool isLowSurrogate(char16_t unit) { return (unit & 0xfc00) == 0xdc00; }

} // namespace

DecodedUtf8 decodeUtf8(std::string_view bytes) {
  const unsigned lead = byteAt(bytes, 0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  if (lead < 0xc2 || lead > 0xf4) {
    return {kMalformed, 1};
  }
  const unsigned second = bytes.size() > 1 ? byteAt(bytes, 1) : 0;
  if (lead < 0xe0) {
    return isContinuation(second) ? DecodedUtf8{(lead & 0x1f) << 6 | (second & 0x3f), 2}
                                  : DecodedUtf8{kMalformed, 1};
  }
  // Unicode table 3-7: beyond being a continuation, only the second byte is restricted, and only
  // after four leads. It is what shuts out overlong forms (E0, F0), surrogates (ED) and values
  // above U+10FFFF (F4).
  const unsigned lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) {
    return {kMalformed, 1};
  }
  const unsigned third = bytes.size() > 2 ? byteAt(bytes, 2) : 0;
  if (!isContinuation(third)) {
    return {kMalformed, 2};
  }
  if (lead < 0xf0) {
    return {(lead & 0x0f) << 12 | (second & 0x3f) << 6 | (third & 0x3f), 3};
  }
  const unsigned fourth = bytes.size() > 3 ? byteAt(bytes, 3) : 0;
  if (!isContinuation(fourth)) {
    return {kMalformed, 3};
  }
  return {(lead & 0x07) << 18 | (second & 0x3f) << 12 | (third & 0x3f) << 6 | (fourth & 0x3f), 4};
}

namespace scalar {

bool isAscii(std::string_view bytes) {
  uint64_t seen = 0;
  size_t index = 0;
  for (; bytes.size() - index >= 8; index += 8) {
    seen |= loadWord(bytes.data() + index);
  }
  seen |= loadPart(bytes.data() + index, bytes.size() - index);
  return (seen & kEveryHighBit) == 0;
}

bool isValidUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const DecodedUtf8 next = decodeUtf8(bytes);
    if (next.value == kMalformed) {
      return false;
    }
    bytes.remove_prefix(next.length);
  }
  return true;
}

size_t utf16Length(std::string_view valid) {
  size_t units = 0;
  for (size_t index = 0; index < valid.size(); ++index) {
    const unsigned byte = byteAt(valid, index);
    units += static_cast<size_t>(!isContinuation(byte)) + static_cast<size_t>(byte >= 0xf0);
  }
  return units;
}

size_t utf8ToUtf16(std::string_view valid, char16_t *out) {
  size_t written = 0;
  while (!valid.empty()) {
    const DecodedUtf8 next = decodeUtf8(valid);
    written += writeUtf16(next.value, out + written);
    valid.remove_prefix(next.length);
  }
  return written;
}

size_t latin1ToUtf16(std::string_view latin1, char16_t *out) {
  for (size_t index = 0; index < latin1.size(); ++index) {
    out[index] = static_cast<char16_t>(byteAt(latin1, index));
  }
  return latin1.size();
}

size_t utf8ToLatin1(std::string_view valid, char *out) {
  size_t written = 0;
  while (!valid.empty()) {
    const DecodedUtf8 next = decodeUtf8(valid);
    out[written++] = static_cast<char>(next.value);
    valid.remove_prefix(next.length);
  }
  return written;
}

void makeWellFormed(char16_t *units, size_t size) {
  for (size_t index = 0; index < size; ++index) {
    if (isHighSurrogate(units[index]) && index + 1 < size && isLowSurrogate(units[index + 1])) {
      ++index;
    } else if (isHighSurrogate(units[index]) || isLowSurrogate(units[index])) {
      units[index] = static_cast<char16_t>(kReplacement);
    }
  }
}

size_t utf8Length(std::u16string_view wellFormed) {
  size_t length = 0;
  for (const char16_t unit : wellFormed) {
    const bool isHalf = isHighSurrogate(unit) || isLowSurrogate(unit);
    length += unit < 0x80 ? 1u : unit < 0x800 || isHalf ? 2u : 3u;
  }
  return length;
}

size_t utf16ToUtf8(std::u16string_view wellFormed, char *out) {
  char *const start = out;
  const auto write = [&out](char32_t bits) { *out++ = static_cast<char>(bits); };
  const auto follow = [&write](char32_t value) { write(0x80 | (value & 0x3f)); };
  for (size_t index = 0; index < wellFormed.size(); ++index) {
    char32_t value = wellFormed[index];
    if (isHighSurrogate(wellFormed[index])) {
      value = 0x10000 + ((value & 0x3ff) << 10) + (wellFormed[++index] & 0x3ffu);
      write(0xf0 | value >> 18);
      follow(value >> 12);
      follow(value >> 6);
      follow(value);
    } else if (value >= 0x800) {
      write(0xe0 | value >> 12);
      follow(value >> 6);
      follow(value);
    } else if (value >= 0x80) {
      write(0xc0 | value >> 6);
      follow(value);
    } else {
      write(value);
    }
  }
  return static_cast<size_t>(out - start);
}

} // namespace scalar

} // namespace uwk::text

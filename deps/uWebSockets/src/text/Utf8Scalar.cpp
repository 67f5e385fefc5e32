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

} // namespace

DecodedUtf8 decodeUtf8(std::string_view bytes) {
  const unsigned lead = byteAt(bytes, 0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  // Unicode table 3-7: only the second byte's range depends on the lead. It is what shuts out
  // overlong forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4).
  unsigned continuations = 0;
  unsigned lowest = 0x80;
  unsigned highest = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    continuations = 1;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    continuations = 2;
    lowest = lead == 0xe0 ? 0xa0 : lowest;
    highest = lead == 0xed ? 0x9f : highest;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    continuations = 3;
    lowest = lead == 0xf0 ? 0x90 : lowest;
    highest = lead == 0xf4 ? 0x8f : highest;
  } else {
    return {kReplacement, 1, false};
  }
  char32_t value = lead & (0x3fu >> continuations);
  for (unsigned index = 1; index <= continuations; ++index) {
    if (index == bytes.size() || byteAt(bytes, index) < lowest || byteAt(bytes, index) > highest) {
      return {kReplacement, index, false};
    }
    value = value << 6 | (byteAt(bytes, index) & 0x3f);
    lowest = 0x80;
    highest = 0xbf;
  }
  return {value, continuations + 1, true};
}

namespace scalar {

size_t findByte(std::string_view bytes, char wanted) {
  size_t index = 0;
  for (; bytes.size() - index >= 8; index += 8) {
    if (const uint64_t hits = findInWord(loadWord(bytes.data() + index), wanted)) {
      return index + firstHit(hits);
    }
  }
  while (index < bytes.size() && bytes[index] != wanted) {
    ++index;
  }
  return index;
}

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
    if (!next.valid) {
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
    units += static_cast<size_t>((byte & 0xc0) != 0x80) + static_cast<size_t>(byte >= 0xf0);
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

} // namespace scalar

} // namespace uwk::text

// SPDX-License-Identifier: MIT
//
// Percent-decoding of parameter values, unit for unit as Bun 1.4.5 does it (compared with the real
// binary on 18,000 random inputs). It never fails: what is malformed becomes U+FFFD, by two rules:
//  - an escape sequence whose continuation is missing is one U+FFFD and decoding goes on there; a
//    complete one that is overlong, a surrogate or above U+10FFFF is one U+FFFD altogether;
//  - raw bytes >= 0x80 are UTF-8 by the WHATWG rule (one U+FFFD per maximal subpart).
// An escape never completes a raw sequence, nor the other way round.
#include "../text/Utf8.h"
#include "../text/Word.h"

#include <uwk/Router.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace uwk {

namespace {

using text::DecodedUtf8;
using text::kReplacement;

constexpr uint8_t kNotHex = 0xff;
constexpr unsigned kNotAnEscape = 0x100;

constexpr std::array<uint8_t, 256> kHexValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNotHex);
  for (uint8_t digit = 0; digit < 10; ++digit) {
    values[static_cast<size_t>('0') + digit] = digit;
  }
  for (uint8_t letter = 0; letter < 6; ++letter) {
    values[static_cast<size_t>('a') + letter] = static_cast<uint8_t>(10 + letter);
    values[static_cast<size_t>('A') + letter] = static_cast<uint8_t>(10 + letter);
  }
  return values;
}();

unsigned hexValue(char digit) { return kHexValues[static_cast<unsigned char>(digit)]; }

// The byte of the escape "%XX" at the start of `rest`, or kNotAnEscape.
unsigned escapedByte(std::string_view rest) {
  if (rest.size() < 3 || rest[0] != '%') {
    return kNotAnEscape;
  }
  const unsigned high = hexValue(rest[1]);
  const unsigned low = hexValue(rest[2]);
  return (high | low) > 0xf ? kNotAnEscape : high << 4 | low;
}

// What a sequence of escapes stands for, once all its bytes are there.
DecodedUtf8 checked(char32_t value, char32_t smallest, unsigned length) {
  const bool isScalar = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return value < smallest || !isScalar ? DecodedUtf8{kReplacement, length}
                                       : DecodedUtf8{value, length};
}

// One character written as escapes; `rest` starts with '%'. `length` is in bytes of input.
DecodedUtf8 decodeEscapes(std::string_view rest) {
  if (rest.size() < 3) {
    return {kReplacement, 1};
  }
  const unsigned lead = escapedByte(rest);
  if (lead < 0x80) {
    return {lead, 3};
  }
  // A pair that is not hexadecimal is swallowed with its '%': kNotAnEscape ends here too.
  if (lead < 0xc0 || lead > 0xf7) {
    return {kReplacement, 3};
  }
  static constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const unsigned continuations = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  char32_t value = lead & (0x3fu >> continuations);
  unsigned length = 3;
  for (unsigned index = 0; index < continuations; ++index) {
    const unsigned next = escapedByte({rest.data() + length, rest.size() - length});
    if (next < 0x80 || next > 0xbf) {
      return {kReplacement, length};
    }
    value = value << 6 | (next & 0x3f);
    length += 3;
  }
  return checked(value, kSmallest[continuations], length);
}

// One character written as raw bytes.
DecodedUtf8 decodeRaw(std::string_view rest) {
  const DecodedUtf8 next = text::decodeUtf8(rest);
  return next.value == text::kMalformed ? DecodedUtf8{kReplacement, next.length} : next;
}

// Bytes before the first '%' or byte >= 0x80.
size_t plainPrefix(std::string_view bytes) {
  const auto special = [](uint64_t word) {
    return text::findInWord(word, '%') | (word & text::kEveryHighBit);
  };
  size_t index = 0;
  for (; bytes.size() - index >= 8; index += 8) {
    if (const uint64_t hits = special(text::loadWord(bytes.data() + index))) {
      return index + text::firstHit(hits);
    }
  }
  const size_t left = bytes.size() - index;
  const uint64_t hits = special(text::loadPart(bytes.data() + index, left));
  return hits != 0 ? index + text::firstHit(hits) : bytes.size();
}

struct Progress {
  size_t read = 0;
  size_t written = 0;
};

// Bytes before the first '%'. libc's search: with 8.2.0 it beat simdutf::find at every length.
size_t beforeEscape(std::string_view bytes) {
  const void *found = std::memchr(bytes.data(), '%', bytes.size());
  return found == nullptr ? bytes.size()
                          : static_cast<size_t>(static_cast<const char *>(found) - bytes.data());
}

// Latin-1 as far as it goes: stops in front of the first character above U+00FF.
Progress decodeLatin1(std::string_view raw, char *out) {
  Progress at;
  while (at.read < raw.size()) {
    const std::string_view rest(raw.data() + at.read, raw.size() - at.read);
    const auto first = static_cast<unsigned char>(rest[0]);
    if (first != '%' && first < 0x80) {
      const size_t plain = plainPrefix(rest);
      std::memcpy(out + at.written, rest.data(), plain);
      at.read += plain;
      at.written += plain;
      continue;
    }
    const DecodedUtf8 next = first == '%' ? decodeEscapes(rest) : decodeRaw(rest);
    if (next.value > 0xff) {
      break;
    }
    out[at.written++] = static_cast<char>(next.value);
    at.read += next.length;
  }
  return at;
}

// Everything after what decodeLatin1() took.
void decodeUtf16(std::string_view raw, Progress &at, char16_t *out) {
  // Raw bytes are transcoded as a whole where they are valid. Up to `checkedTo` they are not, and
  // go one by one; without it a long malformed value would be validated again at every byte.
  size_t checkedTo = 0;
  while (at.read < raw.size()) {
    const std::string_view rest(raw.data() + at.read, raw.size() - at.read);
    const auto first = static_cast<unsigned char>(rest[0]);
    if (first == '%') {
      const DecodedUtf8 next = decodeEscapes(rest);
      at.written += text::writeUtf16(next.value, out + at.written);
      at.read += next.length;
      continue;
    }
    if (at.read >= checkedTo) {
      const std::string_view unescaped = rest.substr(0, beforeEscape(rest));
      if (text::isValidUtf8(unescaped)) {
        at.written += text::utf8ToUtf16(unescaped, out + at.written);
        at.read += unescaped.size();
        continue;
      }
      checkedTo = at.read + unescaped.size();
    }
    const DecodedUtf8 next = decodeRaw(rest);
    at.written += text::writeUtf16(next.value, out + at.written);
    at.read += next.length;
  }
}

} // namespace

bool needsDecoding(std::string_view raw) { return plainPrefix(raw) != raw.size(); }

void decodeParam(std::string_view raw, DecodedParam &out) {
  out.isUtf16 = false;
  out.utf16.clear();
  // No character takes more units than it took bytes, in either form.
  out.latin1.resize(raw.size());
  Progress at = decodeLatin1(raw, out.latin1.data());
  if (at.read < raw.size()) {
    out.isUtf16 = true;
    out.utf16.resize(at.written + (raw.size() - at.read));
    text::latin1ToUtf16({out.latin1.data(), at.written}, out.utf16.data());
    decodeUtf16(raw, at, out.utf16.data());
    out.utf16.resize(at.written);
    at.written = 0;
  }
  out.latin1.resize(at.written);
}

} // namespace uwk

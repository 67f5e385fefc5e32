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

uint8_t hexValue(char digit) { return kHexValues[static_cast<unsigned char>(digit)]; }

// The byte of the escape "%XX" at the start of `rest`, or kNotAnEscape.
unsigned escapedByte(std::string_view rest) {
  if (rest.size() < 3 || rest[0] != '%') {
    return kNotAnEscape;
  }
  const unsigned high = hexValue(rest[1]);
  const unsigned low = hexValue(rest[2]);
  return (high | low) > 0xf ? kNotAnEscape : high << 4 | low;
}

// One character written as escapes; `rest` starts with '%'. `length` is in bytes of input.
DecodedUtf8 decodeEscapes(std::string_view rest) {
  if (rest.size() < 3) {
    return {kReplacement, 1, false};
  }
  const unsigned lead = escapedByte(rest);
  if (lead < 0x80) {
    return {lead, 3, true};
  }
  // A pair that is not hexadecimal is swallowed with its '%' (kNotAnEscape falls through here).
  if (lead < 0xc0 || lead > 0xf7) {
    return {kReplacement, 3, false};
  }
  const unsigned continuations = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  char32_t value = lead & (0x3fu >> continuations);
  unsigned length = 3;
  for (unsigned index = 0; index < continuations; ++index) {
    const unsigned next = escapedByte(rest.substr(length));
    if (next < 0x80 || next > 0xbf) {
      return {kReplacement, length, false};
    }
    value = value << 6 | (next & 0x3f);
    length += 3;
  }
  static constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const bool isScalar = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  if (value < kSmallest[continuations] || !isScalar) {
    return {kReplacement, length, false};
  }
  return {value, length, true};
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

void copyAscii(std::string_view ascii, char *out) { std::memcpy(out, ascii.data(), ascii.size()); }
void copyAscii(std::string_view ascii, char16_t *out) { text::latin1ToUtf16(ascii, out); }

// Decodes from `at` on. The Latin-1 version stops in front of the first character above U+00FF.
template <typename Unit> Progress decodeUnits(std::string_view raw, Progress at, Unit *out) {
  while (at.read < raw.size()) {
    const std::string_view rest = raw.substr(at.read);
    const size_t plain = plainPrefix(rest);
    copyAscii(rest.substr(0, plain), out + at.written);
    at.read += plain;
    at.written += plain;
    if (plain == rest.size()) {
      break;
    }
    const std::string_view special = rest.substr(plain);
    const DecodedUtf8 next = special[0] == '%' ? decodeEscapes(special) : text::decodeUtf8(special);
    if constexpr (sizeof(Unit) == 1) {
      if (next.value > 0xff) {
        break;
      }
      out[at.written++] = static_cast<Unit>(next.value);
    } else {
      at.written += text::writeUtf16(next.value, out + at.written);
    }
    at.read += next.length;
  }
  return at;
}

} // namespace

bool needsDecoding(std::string_view raw) { return plainPrefix(raw) != raw.size(); }

void decodeParam(std::string_view raw, DecodedParam &out) {
  out.isUtf16 = false;
  out.utf16.clear();
  // No character takes more units than it took bytes, in either form.
  out.latin1.resize(raw.size());
  Progress at = decodeUnits(raw, Progress{}, out.latin1.data());
  if (at.read < raw.size()) {
    out.isUtf16 = true;
    out.utf16.resize(at.written + (raw.size() - at.read));
    text::latin1ToUtf16({out.latin1.data(), at.written}, out.utf16.data());
    at = decodeUnits(raw, at, out.utf16.data());
    out.utf16.resize(at.written);
    at.written = 0;
  }
  out.latin1.resize(at.written);
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// See Utf8Stream.h. Whole characters are left to isValidUtf8(); only the seams are looked at here.
#include "Utf8Stream.h"

#include "Utf8.h"

#include <cstring>

namespace uwk::text {

namespace {

// Bytes of the character that starts with `lead`; 0 for a byte that starts none.
size_t lengthOf(uint8_t lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xc2 || lead > 0xf4) {
    return 0;
  }
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

bool isContinuation(char byte) { return (static_cast<uint8_t>(byte) & 0xc0) == 0x80; }

// Whether some character begins with these bytes, which are fewer than it has (Unicode table 3-7).
bool canBegin(const char *bytes, size_t size) {
  const auto lead = static_cast<uint8_t>(bytes[0]);
  if (size < 2) {
    return true;
  }
  const auto second = static_cast<uint8_t>(bytes[1]);
  const unsigned least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most && (size < 3 || isContinuation(bytes[2]));
}

} // namespace

bool Utf8Stream::add(std::string_view bytes) {
  while (size_ != 0 && !bytes.empty()) {
    char character[4];
    std::memcpy(character, pending_, size_);
    character[size_] = bytes.front();
    bytes.remove_prefix(1);
    const size_t have = size_t{size_} + 1;
    if (have == lengthOf(static_cast<uint8_t>(character[0]))) {
      if (!isValidUtf8({character, have})) {
        return false;
      }
      size_ = 0;
    } else {
      if (!canBegin(character, have)) {
        return false;
      }
      pending_[size_++] = character[have - 1];
    }
  }
  // The last character, if it is not all there.
  size_t back = 1;
  while (back <= bytes.size() && back < 4 && isContinuation(bytes[bytes.size() - back])) {
    ++back;
  }
  if (back <= bytes.size() && back < 4) {
    const char *start = bytes.data() + bytes.size() - back;
    if (back < lengthOf(static_cast<uint8_t>(*start))) {
      if (!canBegin(start, back)) {
        return false;
      }
      std::memcpy(pending_, start, back);
      size_ = static_cast<uint8_t>(back);
      bytes.remove_suffix(back);
    }
  }
  return isValidUtf8(bytes);
}

} // namespace uwk::text

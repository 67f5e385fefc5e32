// SPDX-License-Identifier: MIT
//
// Field name -> KnownHeader by length and one to three comparisons, never a search: this runs for
// every field of every request. Knows the names, nothing of their values.
#pragma once

#include "HttpParser.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace uwk::names {

// Not a known name. Not in the enum itself: KnownHeader indexes HttpHead::known.
inline constexpr KnownHeader kUnknown = KnownHeader::Count;

template <typename Word> [[nodiscard]] inline bool sameFolded(const char *a, const char *b) {
  Word left;
  Word right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  constexpr Word kCase = static_cast<Word>(0x2020202020202020ull);
  return (left | kCase) == right;
}

// `name` has the literal's length and holds token characters only. Setting bit 5 folds case: the
// literals consist of letters and '-', and no other token character folds to one of these.
template <size_t N> [[nodiscard]] inline bool matches(const char *name, const char (&literal)[N]) {
  constexpr size_t kLength = N - 1;
  static_assert(kLength >= 4);
  if constexpr (kLength < 8) {
    return sameFolded<uint32_t>(name, literal) &&
           sameFolded<uint32_t>(name + kLength - 4, literal + kLength - 4);
  } else {
    for (size_t i = 0; i + 8 <= kLength; i += 8) {
      if (!sameFolded<uint64_t>(name + i, literal + i)) {
        return false;
      }
    }
    return sameFolded<uint64_t>(name + kLength - 8, literal + kLength - 8);
  }
}

[[nodiscard]] inline KnownHeader classify(const char *name, size_t length) {
  switch (length) {
  case 4:
    return matches(name, "host") ? KnownHeader::Host : kUnknown;
  case 5:
    return matches(name, "range") ? KnownHeader::Range : kUnknown;
  case 6:
    return matches(name, "cookie")   ? KnownHeader::Cookie
           : matches(name, "expect") ? KnownHeader::Expect
                                     : kUnknown;
  case 7:
    return matches(name, "upgrade") ? KnownHeader::Upgrade : kUnknown;
  case 8:
    return matches(name, "if-match")   ? KnownHeader::IfMatch
           : matches(name, "if-range") ? KnownHeader::IfRange
                                       : kUnknown;
  case 10:
    return matches(name, "connection") ? KnownHeader::Connection : kUnknown;
  case 12:
    return matches(name, "content-type") ? KnownHeader::ContentType : kUnknown;
  case 13:
    return matches(name, "if-none-match") ? KnownHeader::IfNoneMatch : kUnknown;
  case 14:
    return matches(name, "content-length") ? KnownHeader::ContentLength : kUnknown;
  case 15:
    return matches(name, "accept-encoding") ? KnownHeader::AcceptEncoding : kUnknown;
  case 17:
    return matches(name, "if-modified-since")   ? KnownHeader::IfModifiedSince
           : matches(name, "transfer-encoding") ? KnownHeader::TransferEncoding
           : matches(name, "sec-websocket-key") ? KnownHeader::SecWebSocketKey
                                                : kUnknown;
  case 19:
    return matches(name, "if-unmodified-since") ? KnownHeader::IfUnmodifiedSince : kUnknown;
  case 21:
    return matches(name, "sec-websocket-version") ? KnownHeader::SecWebSocketVersion : kUnknown;
  case 22:
    return matches(name, "sec-websocket-protocol") ? KnownHeader::SecWebSocketProtocol : kUnknown;
  case 24:
    return matches(name, "sec-websocket-extensions") ? KnownHeader::SecWebSocketExtensions
                                                     : kUnknown;
  default:
    return kUnknown;
  }
}

} // namespace uwk::names

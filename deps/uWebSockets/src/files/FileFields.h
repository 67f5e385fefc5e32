// SPDX-License-Identifier: MIT
//
// The field lines that responses with files add to the application's own; names in lower case, as
// Bun writes them (behaviours 8.6, 8.12).
#pragma once

#include "ByteRange.h"

#include <charconv>
#include <string>
#include <string_view>

namespace uwk {

inline void appendLength(std::string &text, uint64_t length) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, length).ptr;
  text.append("content-length: ").append(digits, end).append("\r\n");
}

// `value` as it stands after "bytes".
inline void appendContentRange(std::string &text, const ByteRange &range, uint64_t size) {
  char value[kMaxContentRange];
  const size_t length = formatContentRange(range, size, value);
  text.append("content-range: ").append(value, length).append("\r\n");
}

inline void appendAcceptRanges(std::string &text) { text.append("accept-ranges: bytes\r\n"); }

} // namespace uwk

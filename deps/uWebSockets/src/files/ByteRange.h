// SPDX-License-Identifier: MIT
//
// A Range field against a representation of known size (RFC 9110 section 14): the whole of it, one
// part, or nothing that could be sent. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

// Of the representation: for a slice of a file the caller adds where the slice starts.
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;

  [[nodiscard]] uint64_t last() const { return first + length - 1; }
};

enum class RangeChoice : uint8_t {
  Whole,        // no range, or one to be ignored: 200
  Part,         // 206
  Unsatisfiable // 416
};

// `range` is always set: to what is to be sent, nothing for Unsatisfiable. Several ranges, units
// other than bytes and everything that is not a range are ignored, as section 14.2 allows
// (behaviours 8.6-8.8).
[[nodiscard]] RangeChoice chooseRange(std::string_view field, uint64_t size, ByteRange &range);

// Longest value that formatContentRange() writes.
inline constexpr size_t kMaxContentRange = sizeof("bytes -/") + 3 * 20;
// The value of Content-Range for a part, or "bytes */size" when `range` is empty. Returns the bytes
// written.
size_t formatContentRange(const ByteRange &range, uint64_t size, char *out);

} // namespace uwk

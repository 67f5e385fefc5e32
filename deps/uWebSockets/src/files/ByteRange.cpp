// SPDX-License-Identifier: MIT
//
// The first comma ends the reading: a thousand ranges cost no more than one.
#include "ByteRange.h"

#include "../http/CharTables.h"

#include <algorithm>
#include <charconv>

namespace uwk {

namespace {

constexpr std::string_view kUnit = "bytes";
constexpr size_t kMaxDigits = 20;

bool readNumber(std::string_view text, uint64_t &value) {
  const char *end = text.data() + text.size();
  // A sign is not a digit; from_chars() accepts none for unsigned types.
  auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

} // namespace

RangeChoice chooseRange(std::string_view field, uint64_t size, ByteRange &range) {
  range = {0, size};
  if (!chars::equalsIgnoreCase(field.substr(0, kUnit.size()), kUnit)) {
    return RangeChoice::Whole;
  }
  field = chars::trim(field.substr(kUnit.size()));
  if (!field.starts_with('=')) {
    return RangeChoice::Whole;
  }
  field.remove_prefix(1);
  const size_t dash = field.find_first_of("-,");
  if (dash == std::string_view::npos || field[dash] == ',') {
    return RangeChoice::Whole;
  }
  const std::string_view from = chars::trim(field.substr(0, dash));
  const std::string_view to = chars::trim(field.substr(dash + 1));
  uint64_t first = 0;
  uint64_t last = 0;
  if (from.empty()) {
    if (!readNumber(to, last)) {
      return RangeChoice::Whole;
    }
    // The last bytes. None is a request for nothing; of an empty representation any number is all.
    if (last == 0) {
      range = {};
      return RangeChoice::Unsatisfiable;
    }
    range.length = std::min(last, size);
    range.first = size - range.length;
    return size == 0 ? RangeChoice::Whole : RangeChoice::Part;
  }
  if (!readNumber(from, first) || (!to.empty() && !readNumber(to, last))) {
    return RangeChoice::Whole;
  }
  if (first >= size) {
    range = {};
    return RangeChoice::Unsatisfiable;
  }
  if (to.empty()) {
    last = size - 1;
  } else if (last < first) {
    return RangeChoice::Whole;
  }
  range = {first, std::min(last, size - 1) - first + 1};
  return RangeChoice::Part;
}

size_t formatContentRange(const ByteRange &range, uint64_t size, char *out) {
  char *at = std::copy_n("bytes ", 6, out);
  if (range.length == 0) {
    *at++ = '*';
  } else {
    at = std::to_chars(at, at + kMaxDigits, range.first).ptr;
    *at++ = '-';
    at = std::to_chars(at, at + kMaxDigits, range.last()).ptr;
  }
  *at++ = '/';
  at = std::to_chars(at, at + kMaxDigits, size).ptr;
  return static_cast<size_t>(at - out);
}

} // namespace uwk

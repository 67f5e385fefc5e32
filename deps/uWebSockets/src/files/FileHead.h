// SPDX-License-Identifier: MIT
//
// The head of a response that a file or directory route gives, in Bun's order: Date first, then
// what is known of the file, then what is being sent of it (behaviours 8.1, 8.6, 8.7, 8.21).
#pragma once

#include "ByteRange.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

struct FileHead {
  uint16_t status = 200;
  std::string_view date;   // IMF-fixdate; empty = no such line
  std::string_view fields; // complete lines
  std::string_view coding; // of Content-Encoding; empty = no such line
  // 200, 206 and 416 of a file say what ranges there are.
  bool hasRanges = false;
  ByteRange range;   // 206: the part
  uint64_t size = 0; // of the whole representation
  // 301. `query` is without '?' and has null data when there is none.
  std::string_view location;
  std::string_view query;
};

// Upper bound of what writeFileHead() needs.
[[nodiscard]] size_t fileHeadCapacity(const FileHead &head);
// Writes the head, blank line included; returns the bytes written.
size_t writeFileHead(char *out, const FileHead &head);

} // namespace uwk

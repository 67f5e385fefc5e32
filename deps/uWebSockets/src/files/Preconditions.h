// SPDX-License-Identifier: MIT
//
// Conditional requests (RFC 9110 section 13) for a representation that has a modification time, an
// entity tag, or both. Pure.
#pragma once

#include "../http/HttpParser.h"

#include <cstdint>
#include <string_view>

namespace uwk {

struct Validators {
  std::string_view etag; // quoted, maybe weak; empty = there is none
  int64_t modified = 0;  // Last-Modified, seconds since the epoch
  bool hasModified = false;
};

enum class Precondition : uint8_t {
  Proceed,      // a Range field, if there is one, counts
  ProceedWhole, // a Range field does not count
  NotModified,  // 304
  Failed        // 412
};

// To be asked only when the answer would be 200 otherwise (section 13.2.1). Methods other than GET
// and HEAD are unconditional and have no ranges, as in Bun. Fields without a value count as absent,
// dates that are none are ignored; `now`: see parseHttpDate().
[[nodiscard]] Precondition evaluatePreconditions(const HttpHead &head, const Validators &validators,
                                                 int64_t now);

} // namespace uwk

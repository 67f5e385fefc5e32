// SPDX-License-Identifier: MIT
//
// A pattern cut into segments: what each one is (literal text, parameter, wildcard) and nothing
// about trees or methods. parseRoutePattern() of the public header lives beside it.
#pragma once

#include <uwk/Router.h>

#include <string_view>
#include <vector>

namespace uwk {

enum class SegmentKind : uint8_t { Literal, Param, Wildcard };

struct PatternSegment {
  SegmentKind kind;
  std::string_view text; // literal text, parameter name, or what follows the '*'
};

// The segments of a pattern that parseRoutePattern() accepts: "/" has one, empty; "/a/" has two.
[[nodiscard]] std::vector<PatternSegment> splitRoutePattern(std::string_view pattern);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Bun 1.4.5's reading of a route pattern. A segment is a parameter only if it starts with ':', a
// wildcard only if it starts with '*'; anything else is text, also "v:id" and "a*". The name of a
// parameter is what follows the last ':' of its segment, and may be empty.
#include "RoutePattern.h"

#include <uwk/Limits.h>

#include <algorithm>

namespace uwk {

namespace {

bool isDigitAt(std::string_view text, size_t index) {
  return index < text.size() && text[index] >= '0' && text[index] <= '9';
}

PatternSegment classify(std::string_view segment) {
  if (segment.starts_with(':')) {
    return {SegmentKind::Param, segment.substr(segment.rfind(':') + 1)};
  }
  if (segment.starts_with('*')) {
    return {SegmentKind::Wildcard, segment.substr(1)};
  }
  return {SegmentKind::Literal, segment};
}

// Adds the parameter in `segment`, which starts at `offset` of the pattern.
void addParam(RoutePatternInfo &info, std::string_view segment, std::string_view name,
              size_t offset) {
  const size_t namePosition = offset + segment.size() - name.size();
  // Bun looks at the character behind every ':', so ":1:x" is refused for its first name.
  if (isDigitAt(segment, 1) || isDigitAt(name, 0)) {
    info.error = RouteError::NumericParam;
    info.position = isDigitAt(segment, 1) ? offset + 1 : namePosition;
  } else if (std::find(info.params.begin(), info.params.end(), name) != info.params.end()) {
    info.error = RouteError::DuplicateParam;
    info.position = namePosition;
  } else {
    info.params.emplace_back(name);
  }
}

} // namespace

RoutePatternInfo parseRoutePattern(std::string_view pattern) {
  RoutePatternInfo info;
  if (!pattern.starts_with('/')) {
    info.error = RouteError::NotAbsolute;
    return info;
  }
  const auto nonAscii = std::find_if(pattern.begin(), pattern.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0x80) != 0;
  });
  if (nonAscii != pattern.end()) {
    info.error = RouteError::NonAscii;
    info.position = static_cast<size_t>(nonAscii - pattern.begin());
    return info;
  }
  size_t offset = 1;
  size_t count = 0;
  while (info.error == RouteError::None) {
    if (++count > Limits::kMaxPathSegments) {
      info.error = RouteError::TooLong;
      info.position = offset;
      break;
    }
    const size_t end = std::min(pattern.find('/', offset), pattern.size());
    const std::string_view segment = pattern.substr(offset, end - offset);
    const PatternSegment parsed = classify(segment);
    if (parsed.kind == SegmentKind::Param) {
      addParam(info, segment, parsed.text, offset);
    }
    if (end == pattern.size()) {
      info.wildcard = parsed.kind == SegmentKind::Wildcard;
      break;
    }
    offset = end + 1;
  }
  return info;
}

std::vector<PatternSegment> splitRoutePattern(std::string_view pattern) {
  std::vector<PatternSegment> segments;
  size_t offset = 1;
  for (;;) {
    const size_t end = std::min(pattern.find('/', offset), pattern.size());
    segments.push_back(classify(pattern.substr(offset, end - offset)));
    if (end == pattern.size()) {
      return segments;
    }
    offset = end + 1;
  }
}

} // namespace uwk

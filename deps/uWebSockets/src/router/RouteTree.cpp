// SPDX-License-Identifier: MIT
//
// Insertion into the growing tree. A wildcard that is not the last segment becomes a node like any
// other but nothing below it is ever visited, which is how Bun's "/b/*/c" never matches.
#include "RouteTree.h"

#include <uwk/Limits.h>

namespace uwk {

namespace {

RouteTreeNode &childFor(RouteTreeNode &parent, const PatternSegment &segment) {
  std::unique_ptr<RouteTreeNode> *slot = nullptr;
  switch (segment.kind) {
  case SegmentKind::Param:
    slot = &parent.param;
    break;
  case SegmentKind::Wildcard:
    slot = &parent.wildcard;
    break;
  case SegmentKind::Literal:
    slot = &parent.literals[std::string(segment.text)];
    break;
  }
  if (!*slot) {
    *slot = std::make_unique<RouteTreeNode>();
    (*slot)->text = segment.text;
  }
  return **slot;
}

} // namespace

RouteError RouteTree::add(uint8_t method, std::string_view pattern, uint32_t route, bool negative) {
  const RoutePatternInfo info = parseRoutePattern(pattern);
  if (info.error != RouteError::None) {
    return info.error;
  }
  const std::vector<PatternSegment> segments = splitRoutePattern(pattern);
  if (method >= kRouteMethods && method != kAnyMethod) {
    return RouteError::None;
  }
  RouteTreeNode *node = &root_;
  for (const PatternSegment &segment : segments) {
    node = &childFor(*node, segment);
  }
  std::optional<RouteEntry> &entry = node->routes[method == kAnyMethod ? kAnyList : method];
  // Bun registers its `false` routes after all others, so they win wherever they were written.
  if (!entry || !entry->negative || negative) {
    entry = RouteEntry{route, shapes_.intern(info.params), negative};
  }
  return RouteError::None;
}

} // namespace uwk

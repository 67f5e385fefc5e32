// SPDX-License-Identifier: MIT
//
// Depth-first search: per node literal, then parameter, then wildcard; a node without a route for
// the method counts as a failure and the search goes on.
//
// Cost. A node has one parent, so a search reaches it at most once and always at the same depth:
// visits are bounded by the number of nodes, whatever the path, and a path cannot make a search
// exponential. The segment at a depth is cut out of the path once, however often the search comes
// back to that depth, so path length adds up to one pass over the bytes.
#include "RouterWalk.h"

#include <uwk/Limits.h>

#include <algorithm>

namespace uwk {

namespace {

struct PathSegment {
  const char *begin;
  size_t length;
  uint64_t head; // its first eight bytes, zero padded
  bool isLast;
};

// kNone, kNegative or a route id.
uint32_t routeAt(const RouterTables &tables, const FrozenNode &node, unsigned list) {
  if ((node.methods >> list & 1u) == 0) {
    return kNone;
  }
  return node.isUniform ? node.routes : tables.routes[node.routes + list];
}

class Walk {
public:
  Walk(const RouterTables &tables, std::string_view path, unsigned list)
      : tables_(tables), nodes_(tables.nodes.data()), edges_(tables.edges.data()),
        next_(path.data() + 1), end_(path.data() + path.size()), isLong_(path.size() >= 8),
        list_(list) {}

  // kNone, kNegative or a route id.
  uint32_t run() {
    const FrozenNode *node = nodes_;
    PathSegment *segment = segments_;
    PathSegment *uncut = segments_;
    const PathSegment **param = params_;
    Place *open = open_;
    Stage stage = Stage::Literal;
    for (;;) {
      // Here the node at hand always has a segment of the path before it.
      if (segment == uncut) {
        cutSegment(*uncut++);
      }
      uint32_t child = kNone;
      if (stage == Stage::Literal) {
        child = findLiteral(*node, *segment);
      }
      if (child != kNone) {
        if ((node->param & node->wildcard) != kNone) {
          *open++ = {node, segment, param, Stage::Param};
        }
      } else if (stage != Stage::Wildcard && node->param != kNone && segment->length != 0) {
        child = node->param;
        if (node->wildcard != kNone) {
          *open++ = {node, segment, param, Stage::Wildcard};
        }
        *param++ = segment;
      }
      uint32_t route = kNone;
      if (child == kNone) {
        route = routeBelowWildcard(*node);
      } else {
        node = nodes_ + child;
        ++visits_;
        if (segment->isLast) {
          route = routeAt(tables_, *node, list_);
        } else if (++segment != segments_ + Limits::kMaxPathSegments) {
          stage = Stage::Literal;
          continue;
        }
      }
      if (route != kNone || open == open_) {
        paramCount_ = static_cast<uint32_t>(param - params_);
        return route;
      }
      const Place &place = *--open;
      node = place.node;
      segment = place.segment;
      param = place.param;
      stage = place.stage;
    }
  }

  [[nodiscard]] size_t visits() const { return visits_; }
  [[nodiscard]] uint32_t paramCount() const { return paramCount_; }
  [[nodiscard]] std::string_view param(size_t index) const {
    return {params_[index]->begin, params_[index]->length};
  }

private:
  enum class Stage : uint8_t { Literal, Param, Wildcard };

  // A node passed, and the first kind of its children that is still to be tried.
  struct Place {
    const FrozenNode *node;
    PathSegment *segment;
    const PathSegment **param;
    Stage stage;
  };

  uint32_t findLiteral(const FrozenNode &node, const PathSegment &segment) const {
    const LiteralEdge *const first = edges_ + node.firstEdge;
    if (node.tableBits == 0) {
      for (const LiteralEdge *edge = first; edge != first + node.edgeCount; ++edge) {
        if (isSame(*edge, segment)) {
          return edge->child;
        }
      }
      return kNone;
    }
    const size_t mask = (size_t{1} << node.tableBits) - 1;
    size_t slot = hashSlot(hashText(segment.head, segment.begin, segment.length), node.tableBits);
    while (first[slot].child != kNone && !isSame(first[slot], segment)) {
      slot = (slot + 1) & mask;
    }
    return first[slot].child;
  }

  bool isSame(const LiteralEdge &edge, const PathSegment &segment) const {
    if (edge.head != segment.head || edge.length != segment.length) {
      return false;
    }
    return segment.length <= 8 ||
           (edge.tail == text::loadWord(segment.begin + segment.length - 8) &&
            (segment.length <= 16 || isSameText(edge, segment)));
  }

  bool isSameText(const LiteralEdge &edge, const PathSegment &segment) const {
    const uint32_t offset = tables_.edgeText[static_cast<size_t>(&edge - edges_)];
    return std::memcmp(tables_.text.data() + offset, segment.begin, segment.length) == 0;
  }

  uint32_t routeBelowWildcard(const FrozenNode &node) {
    if (node.wildcard == kNone) {
      return kNone;
    }
    ++visits_;
    return routeAt(tables_, nodes_[node.wildcard], list_);
  }

  // Cuts the next segment out of the path.
  void cutSegment(PathSegment &segment) {
    const auto room = static_cast<size_t>(end_ - next_);
    segment.begin = next_;
    const uint64_t word = loadHead(room);
    const uint64_t hits = text::findInWord(word, '/');
    size_t length = room;
    if (hits != 0) {
      length = text::firstHit(hits);
    } else if (room > 8) {
      // Segments that long are rare; libc's search wins from here on.
      const void *slash = std::memchr(next_ + 8, '/', room - 8);
      length =
          slash == nullptr ? room : static_cast<size_t>(static_cast<const char *>(slash) - next_);
    }
    segment.length = length;
    segment.head = text::lowBytes(word, length);
    segment.isLast = length == room;
    next_ += length + 1;
  }

  [[nodiscard]] uint64_t loadHead(size_t room) const {
    if (room >= 8) {
      return text::loadWord(next_);
    }
    // A load that ends where the path ends, shifted, is a third of loadPart()'s work.
    return isLong_ && room != 0 ? text::loadWord(end_ - 8) >> (8 * (8 - room))
                                : text::loadPart(next_, room);
  }

  const RouterTables &tables_;
  const FrozenNode *const nodes_;
  const LiteralEdge *const edges_;
  const char *next_;
  const char *const end_;
  const bool isLong_;
  const unsigned list_;
  uint32_t paramCount_ = 0;
  size_t visits_ = 1;
  // Not initialised: a match touches the few entries it needs. At most one open place a depth.
  PathSegment segments_[Limits::kMaxPathSegments];
  const PathSegment *params_[Limits::kMaxPathSegments];
  Place open_[Limits::kMaxPathSegments];
};

// A literal path is more specific than anything else that matches it, so when it has a route for
// the method the tree need not be asked. When it has none, the tree decides.
uint32_t staticRoute(const RouterTables &tables, std::string_view path, unsigned list) {
  if ((tables.staticLengths >> std::min<size_t>(path.size(), 63) & 1) == 0) {
    return kNone;
  }
  const size_t mask = tables.staticPaths.size() - 1;
  const uint64_t hash = hashText(headOf(path), path.data(), path.size());
  for (size_t slot = hashSlot(hash, tables.staticBits); tables.staticPaths[slot].node != kNone;
       slot = (slot + 1) & mask) {
    const StaticPath &entry = tables.staticPaths[slot];
    if (entry.hash == hash >> 32 && entry.length == path.size() &&
        std::memcmp(tables.text.data() + entry.offset, path.data(), path.size()) == 0) {
      return routeAt(tables, tables.nodes[entry.node], list);
    }
  }
  return kNone;
}

bool finish(uint32_t route, RouteMatch &out) {
  out.route = route == kNegative ? kNoRoute : route;
  return true;
}

} // namespace

bool matchRoute(const RouterTables &tables, uint8_t method, std::string_view path, RouteMatch &out,
                size_t *visits) {
  const unsigned list = std::min<unsigned>(method, kAnyList);
  out.route = kNoRoute;
  out.paramCount = 0;
  if (const uint32_t route = staticRoute(tables, path, list); route != kNone) {
    return finish(route, out);
  }
  if (!path.starts_with('/')) {
    // "*" and "host:port" have no segments: only the wildcard for everything takes them.
    const uint32_t everything = tables.nodes[0].wildcard;
    const uint32_t route =
        everything == kNone ? kNone : routeAt(tables, tables.nodes[everything], list);
    return route != kNone && finish(route, out);
  }
  Walk walk(tables, path, list);
  const uint32_t route = walk.run();
  if (visits != nullptr) {
    *visits = walk.visits();
  }
  if (route == kNone) {
    return false;
  }
  out.paramCount = walk.paramCount();
  const size_t inlined = std::min<size_t>(out.paramCount, RouteMatch::kInlineParams);
  for (size_t index = 0; index < inlined; ++index) {
    out.inlineParams[index] = walk.param(index);
  }
  if (out.paramCount > RouteMatch::kInlineParams) {
    out.moreParams.clear();
    for (size_t index = inlined; index < out.paramCount; ++index) {
      out.moreParams.push_back(walk.param(index));
    }
  }
  return finish(route, out);
}

} // namespace uwk

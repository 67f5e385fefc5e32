// SPDX-License-Identifier: MIT
//
// The frozen form of the router: flat arrays that never change once built, so any number of matches
// may read them at once. Node 0 is the root. Nodes lie in depth-first order: a match mostly walks
// forward through memory. Layout and lookup only; RouterWalk.cpp decides what a match is.
#pragma once

#include "ParamShapes.h"
#include "RouteTree.h"

#include "../text/Word.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace uwk {

// "No such node", "no route": never a node index nor a route id (ids are below 2^31).
inline constexpr uint32_t kNone = 0xffffffff;
// In a method list: a negative route.
inline constexpr uint32_t kNegative = 0xfffffffe;

// A child reached by its text. Head, tail and length decide for segments up to sixteen bytes,
// without a look at another cache line; longer ones have their whole text in RouterTables::text.
struct LiteralEdge {
  uint64_t head = 0; // the first eight bytes, zero padded
  uint64_t tail = 0; // the last eight, if there are that many
  uint32_t length = 0;
  uint32_t child = kNone;
};

struct FrozenNode {
  // `edgeCount` edges in a row, or a hash table of 2^tableBits edges when tableBits is not 0.
  uint32_t firstEdge = 0;
  uint32_t param = kNone;
  uint32_t wildcard = kNone;
  // The route of every method in `methods` if `isUniform`, else where their list starts.
  uint32_t routes = kNone;
  // Bit per method list that leads somewhere, after HEAD took GET's route and every method the
  // any-method one.
  uint16_t methods = 0;
  uint8_t edgeCount = 0;
  uint8_t tableBits = 0;
  bool isUniform = false;
};

// A path whose every segment is literal, found by one hash of the whole path.
struct StaticPath {
  uint32_t hash = 0;
  uint32_t length = 0;
  uint32_t offset = 0; // of its text
  uint32_t node = kNone;
};

// What only dump() reads, per node: its segment and its routes as they were added.
struct NodeNotes {
  SegmentKind kind = SegmentKind::Literal;
  std::string text;
  std::vector<std::pair<uint8_t, RouteEntry>> routes; // method list, route
};

struct RouterTables {
  std::vector<FrozenNode> nodes;
  std::vector<LiteralEdge> edges;
  std::vector<uint32_t> edgeText; // per edge: where the text of one above 16 bytes is in `text`
  std::vector<uint32_t> routes;   // method lists of the nodes that are not uniform
  std::string text;

  std::vector<StaticPath> staticPaths; // open addressing, 2^staticBits, or empty
  unsigned staticBits = 0;
  uint64_t staticLengths = 0; // bit min(length, 63) of every static path

  std::vector<NodeNotes> notes;
  ParamShapes shapes;
};

// Sibling lists up to this length are searched one by one: a line and a half of cache.
inline constexpr size_t kMaxEdgeList = 4;

// `head` is the first word of `text`, already loaded. Only the upper bits of the result are good:
// those of a product depend on every bit below, its lower ones do not. hashSlot() uses them.
[[nodiscard]] inline uint64_t hashText(uint64_t head, const char *text, size_t length) {
  constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15ull;
  uint64_t hash = (head ^ length) * kMultiplier;
  if (length > 8) {
    size_t index = 8;
    for (; length - index > 8; index += 8) {
      hash = ((hash ^ (hash >> 32)) ^ text::loadWord(text + index)) * kMultiplier;
    }
    // The last word overlaps the one before it instead of being cut.
    hash = ((hash ^ (hash >> 32)) ^ text::loadWord(text + length - 8)) * kMultiplier;
  }
  return hash;
}

// A slot in a table of 2^bits.
[[nodiscard]] inline size_t hashSlot(uint64_t hash, unsigned bits) {
  return static_cast<size_t>(hash >> (64 - bits));
}

[[nodiscard]] inline uint64_t headOf(std::string_view text) {
  return text.size() >= 8 ? text::loadWord(text.data()) : text::loadPart(text.data(), text.size());
}

[[nodiscard]] inline uint64_t tailOf(std::string_view text) {
  return text.size() > 8 ? text::loadWord(text.data() + text.size() - 8) : 0;
}

[[nodiscard]] RouterTables freezeRoutes(const RouteTree &tree);

} // namespace uwk

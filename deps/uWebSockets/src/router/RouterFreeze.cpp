// SPDX-License-Identifier: MIT
//
// RouteTree to RouterTables. All decisions that a match would otherwise make again and again are
// made here: HEAD's fallback to GET, the any-method list under the others, list or hash per node.
#include "RouterTables.h"

#include <algorithm>
#include <bit>

namespace uwk {

namespace {

// Size of a hash table, as a power of two. At least one slot stays empty: it is what ends a search
// for what is not there.
unsigned tableBits(size_t entries) {
  return static_cast<unsigned>(std::countr_zero(std::bit_ceil(entries + entries / 2 + 1)));
}

class Freezer {
public:
  explicit Freezer(RouterTables &tables) : t_(tables) {}

  // Returns the index of the node. `path` is its pattern if it is literal all the way, else null.
  uint32_t place(const RouteTreeNode &node, SegmentKind kind, const std::string *path) {
    const auto index = static_cast<uint32_t>(t_.nodes.size());
    t_.nodes.emplace_back();
    t_.notes.push_back({kind, node.text, {}});
    placeRoutes(node, index);
    if (path != nullptr && t_.nodes[index].methods != 0) {
      statics_.push_back({*path, index});
    }
    placeLiterals(node, index, path);
    if (node.param) {
      const uint32_t child = place(*node.param, SegmentKind::Param, nullptr);
      t_.nodes[index].param = child;
    }
    if (node.wildcard) {
      const uint32_t child = place(*node.wildcard, SegmentKind::Wildcard, nullptr);
      t_.nodes[index].wildcard = child;
    }
    return index;
  }

  void placeStatics() {
    if (statics_.empty()) {
      return;
    }
    t_.staticBits = tableBits(statics_.size());
    t_.staticPaths.resize(size_t{1} << t_.staticBits);
    const size_t mask = t_.staticPaths.size() - 1;
    for (const Static &entry : statics_) {
      const std::string_view path = entry.path;
      const uint64_t hash = hashText(headOf(path), path.data(), path.size());
      size_t slot = hashSlot(hash, t_.staticBits);
      while (t_.staticPaths[slot].node != kNone) {
        slot = (slot + 1) & mask;
      }
      t_.staticPaths[slot] = {static_cast<uint32_t>(hash >> 32), static_cast<uint32_t>(path.size()),
                              addText(path), entry.node};
      t_.staticLengths |= uint64_t{1} << std::min<size_t>(path.size(), 63);
    }
  }

private:
  struct Static {
    std::string path;
    uint32_t node;
  };

  uint32_t addText(std::string_view text) {
    const auto offset = static_cast<uint32_t>(t_.text.size());
    t_.text += text;
    return offset;
  }

  void placeRoutes(const RouteTreeNode &node, uint32_t index) {
    std::array<uint32_t, kMethodLists> list;
    for (size_t method = 0; method < kMethodLists; ++method) {
      const std::optional<RouteEntry> &entry = node.routes[method];
      list[method] = !entry ? kNone : entry->negative ? kNegative : entry->route;
      if (entry) {
        t_.notes[index].routes.emplace_back(static_cast<uint8_t>(method), *entry);
      }
    }
    if (list[kHeadList] == kNone) {
      list[kHeadList] = list[kGetList];
    }
    FrozenNode &frozen = t_.nodes[index];
    frozen.isUniform = true;
    for (size_t method = 0; method < kMethodLists; ++method) {
      if (list[method] == kNone) {
        list[method] = list[kAnyList];
      }
      if (list[method] != kNone) {
        frozen.methods = static_cast<uint16_t>(frozen.methods | 1u << method);
        frozen.isUniform &= frozen.routes == kNone || frozen.routes == list[method];
        frozen.routes = list[method];
      }
    }
    if (!frozen.isUniform) {
      frozen.routes = static_cast<uint32_t>(t_.routes.size());
      t_.routes.insert(t_.routes.end(), list.begin(), list.end());
    }
  }

  void placeLiterals(const RouteTreeNode &node, uint32_t index, const std::string *path) {
    const size_t count = node.literals.size();
    if (count == 0) {
      return;
    }
    const bool isTable = count > kMaxEdgeList;
    const unsigned bits = isTable ? tableBits(count) : 0;
    const size_t first = t_.edges.size();
    const size_t size = isTable ? size_t{1} << bits : count;
    t_.edges.resize(first + size);
    t_.edgeText.resize(first + size);
    t_.nodes[index].firstEdge = static_cast<uint32_t>(first);
    t_.nodes[index].edgeCount = isTable ? uint8_t{0} : static_cast<uint8_t>(count);
    t_.nodes[index].tableBits = static_cast<uint8_t>(bits);
    size_t listed = first;
    for (const auto &[text, child] : node.literals) {
      const uint64_t head = headOf(text);
      size_t slot = listed++;
      if (isTable) {
        slot = first + hashSlot(hashText(head, text.data(), text.size()), bits);
        while (t_.edges[slot].child != kNone) {
          slot = slot + 1 == first + size ? first : slot + 1;
        }
      }
      t_.edgeText[slot] = text.size() > 16 ? addText(text) : 0;
      // Claimed before the descent, which adds edges of its own behind this node's.
      t_.edges[slot] = {head, tailOf(text), static_cast<uint32_t>(text.size()), 0};
      const std::string below = path == nullptr ? std::string() : *path + '/' + text;
      const uint32_t placed =
          place(*child, SegmentKind::Literal, path == nullptr ? nullptr : &below);
      t_.edges[slot].child = placed;
    }
  }

  RouterTables &t_;
  std::vector<Static> statics_;
};

} // namespace

RouterTables freezeRoutes(const RouteTree &tree) {
  RouterTables tables;
  Freezer freezer(tables);
  const std::string rootPath;
  freezer.place(tree.root(), SegmentKind::Literal, &rootPath);
  freezer.placeStatics();
  tables.shapes = tree.shapes();
  return tables;
}

} // namespace uwk

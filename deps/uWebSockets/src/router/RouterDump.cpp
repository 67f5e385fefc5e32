// SPDX-License-Identifier: MIT
//
// Draws a router: one line per node with its kind and its routes, one line where several kinds of
// children compete, then the param shapes and the rules. Reads the notes kept beside the tables;
// never used while matching.
#include "RouterDump.h"

#include "../http/HttpMethod.h"

#include <algorithm>

namespace uwk {

namespace {

static_assert(kRoutableMethods == kRouteMethods);
static_assert(static_cast<size_t>(Method::Get) == kGetList);
static_assert(static_cast<size_t>(Method::Head) == kHeadList);

constexpr std::string_view kRules =
    "Rules\n"
    "  A node tries its literal child, then its parameter, then its wildcard. A parameter takes "
    "one\n"
    "  segment that is not empty, a wildcard takes all that is left, even nothing after a slash.\n"
    "  A path that ends at a node takes the node's route for the method, else its route for any\n"
    "  method; HEAD takes GET's where it has none. Methods outside the list match any-method "
    "routes\n"
    "  only. A node without a route for the method is passed over: the search goes on with the\n"
    "  nearest choice left open above it. A disabled route ends the search without a match.\n";

// The names alone, so that the router links without the HTTP library.
std::string_view listName(size_t list) {
  static constexpr std::string_view kNames[] = {
#define UWK_METHOD_TEXT(name, text) text,
      UWK_METHODS(UWK_METHOD_TEXT)
#undef UWK_METHOD_TEXT
  };
  return list == kAnyList ? "any" : kNames[list];
}

class Drawing {
public:
  explicit Drawing(const RouterTables &tables) : t_(tables) {}

  std::string draw() {
    text_ = "Tree\n";
    drawNode(0, "  ", "");
    text_ += "Shapes\n";
    for (uint32_t shape = 0; shape < t_.shapes.size(); ++shape) {
      text_ += "  " + std::to_string(shape) + " " + t_.shapes.describe(shape) + '\n';
    }
    text_ += kRules;
    return std::move(text_);
  }

private:
  std::vector<uint32_t> childrenOf(const FrozenNode &node) const {
    std::vector<uint32_t> children;
    const size_t count = node.tableBits == 0 ? node.edgeCount : size_t{1} << node.tableBits;
    for (size_t edge = node.firstEdge; edge < node.firstEdge + count; ++edge) {
      if (t_.edges[edge].child != kNone) {
        children.push_back(t_.edges[edge].child);
      }
    }
    // Nodes were placed in the order of their text, which a hash table does not keep.
    std::sort(children.begin(), children.end());
    for (const uint32_t child : {node.param, node.wildcard}) {
      if (child != kNone) {
        children.push_back(child);
      }
    }
    return children;
  }

  std::string labelOf(uint32_t index) const {
    const NodeNotes &notes = t_.notes[index];
    switch (notes.kind) {
    case SegmentKind::Param:
      return ":";
    case SegmentKind::Wildcard:
      return "*";
    case SegmentKind::Literal:
      break;
    }
    return index == 0 ? "/" : '/' + notes.text;
  }

  std::string routesOf(uint32_t index) const {
    std::string line;
    const auto &routes = t_.notes[index].routes;
    const auto has = [&routes](size_t list) {
      return std::any_of(routes.begin(), routes.end(),
                         [list](const auto &entry) { return entry.first == list; });
    };
    for (const auto &[list, entry] : routes) {
      line += line.empty() ? "  " : ", ";
      line += listName(list);
      line += entry.negative ? " disabled" : " -> " + std::to_string(entry.route);
      if (entry.shape != 0) {
        line += " " + t_.shapes.describe(entry.shape) + " shape " + std::to_string(entry.shape);
      }
      if (list == kGetList && !has(kHeadList)) {
        line += ", HEAD as GET";
      }
    }
    return line;
  }

  void drawNode(uint32_t index, const std::string &indent, const std::string &branch) {
    const FrozenNode &node = t_.nodes[index];
    static constexpr std::string_view kKinds[] = {"literal", "param", "wildcard"};
    text_ += indent + branch + labelOf(index);
    if (index != 0) {
      text_ += "  [";
      text_ += kKinds[static_cast<size_t>(t_.notes[index].kind)];
      text_ += ']';
    }
    text_ += routesOf(index) + '\n';
    const std::string below = indent + (branch.empty()            ? ""
                                        : branch.starts_with('`') ? "    "
                                                                  : "|   ");
    const std::vector<uint32_t> children = childrenOf(node);
    drawOrder(children, below);
    for (const uint32_t child : children) {
      drawNode(child, below, child == children.back() ? "`-- " : "|-- ");
    }
  }

  // Which kinds of children compete for one segment, in the order they are tried.
  void drawOrder(const std::vector<uint32_t> &children, const std::string &indent) {
    std::string order;
    size_t kinds = 0;
    for (size_t position = 0; position < children.size(); ++position) {
      const SegmentKind kind = t_.notes[children[position]].kind;
      if (position > 0 && kind == t_.notes[children[position - 1]].kind) {
        continue;
      }
      const char *const name = kind == SegmentKind::Literal ? "equal text"
                               : kind == SegmentKind::Param ? ":"
                                                            : "*";
      order += (kinds++ == 0 ? "" : ", then ") + std::string(name);
    }
    if (kinds > 1) {
      text_ += indent + "|   order: " + order + '\n';
    }
  }

  const RouterTables &t_;
  std::string text_;
};

} // namespace

std::string dumpRoutes(const RouterTables &tables) { return Drawing(tables).draw(); }

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The growing form of the router: nodes on the heap, one per distinct segment below a parent, with
// a route per method. Names of parameters belong to the routes, not to the nodes: "/a/:x" and
// "/a/:y" meet in one node. Never matched against; freezeRoutes() turns it into RouterTables.
#pragma once

#include "ParamShapes.h"
#include "RoutePattern.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace uwk {

// Method lists: the routable methods by index, then the any-method list.
inline constexpr size_t kRouteMethods = 9;
inline constexpr size_t kAnyList = kRouteMethods;
inline constexpr size_t kMethodLists = kRouteMethods + 1;
inline constexpr size_t kGetList = 0;
inline constexpr size_t kHeadList = 1;

struct RouteEntry {
  uint32_t route;
  uint32_t shape;
  bool negative;
};

struct RouteTreeNode {
  std::string text; // the segment as in the first pattern that made the node
  std::map<std::string, std::unique_ptr<RouteTreeNode>, std::less<>> literals;
  std::unique_ptr<RouteTreeNode> param;
  std::unique_ptr<RouteTreeNode> wildcard;
  std::array<std::optional<RouteEntry>, kMethodLists> routes;
};

class RouteTree {
public:
  RouteError add(uint8_t method, std::string_view pattern, uint32_t route, bool negative);

  [[nodiscard]] const RouteTreeNode &root() const { return root_; }
  [[nodiscard]] const ParamShapes &shapes() const { return shapes_; }

private:
  RouteTreeNode root_;
  ParamShapes shapes_;
};

} // namespace uwk

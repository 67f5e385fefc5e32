// SPDX-License-Identifier: MIT
//
// The public faces: RouterBuilder is a RouteTree, Router is RouterTables. Nothing else lives here.
#include "RouteTree.h"
#include "RouterDump.h"
#include "RouterTables.h"
#include "RouterWalk.h"

#include <uwk/Router.h>

namespace uwk {

struct RouterBuilder::State {
  RouteTree tree;
};

struct Router::Tables {
  RouterTables frozen;
};

RouterBuilder::RouterBuilder() : state_(std::make_unique<State>()) {}
RouterBuilder::~RouterBuilder() = default;
RouterBuilder::RouterBuilder(RouterBuilder &&) noexcept = default;
RouterBuilder &RouterBuilder::operator=(RouterBuilder &&) noexcept = default;

RouteError RouterBuilder::add(uint8_t method, std::string_view pattern, uint32_t route,
                              bool negative) {
  return state_->tree.add(method, pattern, route, negative);
}

std::unique_ptr<const Router> RouterBuilder::build() const {
  std::unique_ptr<Router> router(new Router());
  router->tables_->frozen = freezeRoutes(state_->tree);
  return router;
}

Router::Router() : tables_(std::make_unique<Tables>()) {}
Router::~Router() = default;

bool Router::match(uint8_t method, std::string_view path, RouteMatch &out) const {
  return matchRoute(tables_->frozen, method, path, out);
}

std::string Router::dump() const { return dumpRoutes(tables_->frozen); }

size_t Router::nodeCount() const { return tables_->frozen.nodes.size(); }

} // namespace uwk

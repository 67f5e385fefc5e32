// SPDX-License-Identifier: MIT
//
// The drawing of a router: that it shows every node, route, name and shape, and the order in which
// children are tried. And the interning of param shapes.
#include "router/ParamShapes.h"

#include <uwk/Router.h>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace {

std::string treeOf(const std::string &dump) { return dump.substr(0, dump.find("Rules\n")); }

} // namespace

TEST_CASE("the dump draws the tree, the routes, the order and the shapes") {
  uwk::RouterBuilder builder;
  REQUIRE(builder.add(uwk::kAnyMethod, "/", 0) == uwk::RouteError::None);
  REQUIRE(builder.add(0, "/users/:id", 1) == uwk::RouteError::None);
  REQUIRE(builder.add(2, "/users/:name", 2) == uwk::RouteError::None);
  REQUIRE(builder.add(0, "/users/me", 3) == uwk::RouteError::None);
  REQUIRE(builder.add(1, "/users/me", 4) == uwk::RouteError::None);
  REQUIRE(builder.add(0, "/users/*", 5) == uwk::RouteError::None);
  REQUIRE(builder.add(uwk::kAnyMethod, "/posts/:id", 6) == uwk::RouteError::None);
  REQUIRE(builder.add(uwk::kAnyMethod, "/off", 7, true) == uwk::RouteError::None);
  REQUIRE(builder.add(uwk::kAnyMethod, "/:a/:b/c", 8) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> router = builder.build();
  CHECK(treeOf(router->dump()) == "Tree\n"
                                  "  /\n"
                                  "  |   order: equal text, then :\n"
                                  "  |-- /  [literal]  any -> 0\n"
                                  "  |-- /off  [literal]  any disabled\n"
                                  "  |-- /posts  [literal]\n"
                                  "  |   `-- :  [param]  any -> 6 (id) shape 1\n"
                                  "  |-- /users  [literal]\n"
                                  "  |   |   order: equal text, then :, then *\n"
                                  "  |   |-- /me  [literal]  GET -> 3, HEAD -> 4\n"
                                  "  |   |-- :  [param]  GET -> 1 (id) shape 1, HEAD as GET, "
                                  "POST -> 2 (name) shape 2\n"
                                  "  |   `-- *  [wildcard]  GET -> 5, HEAD as GET\n"
                                  "  `-- :  [param]\n"
                                  "      `-- :  [param]\n"
                                  "          `-- /c  [literal]  any -> 8 (a, b) shape 3\n"
                                  "Shapes\n"
                                  "  0 ()\n"
                                  "  1 (id)\n"
                                  "  2 (name)\n"
                                  "  3 (a, b)\n");
  CHECK(router->nodeCount() == 12);
}

TEST_CASE("the dump of a hashed node lists its children by name") {
  uwk::RouterBuilder builder;
  for (const char *pattern : {"/f", "/b", "/a", "/e", "/d", "/c", "/g"}) {
    REQUIRE(builder.add(0, pattern, 1) == uwk::RouteError::None);
  }
  const std::string dump = builder.build()->dump();
  size_t last = 0;
  for (const char *label : {"/a ", "/b ", "/c ", "/d ", "/e ", "/f ", "/g "}) {
    const size_t at = dump.find(label);
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
}

TEST_CASE("an empty router can be drawn") {
  uwk::RouterBuilder builder;
  CHECK(treeOf(builder.build()->dump()) == "Tree\n  /\nShapes\n  0 ()\n");
}

TEST_CASE("equal name lists share a shape, others do not") {
  uwk::ParamShapes shapes;
  CHECK(shapes.intern({}) == 0);
  CHECK(shapes.intern({"id"}) == 1);
  CHECK(shapes.intern({"id", "post"}) == 2);
  CHECK(shapes.intern({"post", "id"}) == 3);
  CHECK(shapes.intern({"id"}) == 1);
  CHECK(shapes.intern({""}) == 4);
  CHECK(shapes.intern({"idpost"}) == 5);
  CHECK(shapes.size() == 6);
  CHECK(shapes.describe(2) == "(id, post)");
  CHECK(shapes.describe(4) == "()");
}

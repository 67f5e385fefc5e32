// SPDX-License-Identifier: MIT
//
// What a match may cost: no allocation, no node visited twice however the tree and the path
// conspire, no byte read behind the path. And the limits: parameters, segments, long texts.
#include "router/RouteTree.h"
#include "router/RouterWalk.h"
#include "support/guard_page.h"

#include <uwk/Limits.h>
#include <uwk/Router.h>

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

namespace {

// Counts every allocation of the process; the operators below are its only writers.
size_t allocations = 0;

void *allocate(size_t size) {
  ++allocations;
  void *memory = std::malloc(size);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

} // namespace

void *operator new(size_t size) { return allocate(size); }
void *operator new[](size_t size) { return allocate(size); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, size_t) noexcept { std::free(memory); }

namespace {

std::string repeated(const std::string &text, size_t count) {
  std::string result;
  for (size_t index = 0; index < count; ++index) {
    result += text;
  }
  return result;
}

} // namespace

TEST_CASE("a match allocates nothing") {
  uwk::RouterBuilder builder;
  const std::string names = "/:a/:b/:c/:d/:e/:f/:g/:h/:i/:j/:k/:l/:m/:n/:o/:p";
  const std::string patterns[] = {"/",        "/users/:id",   "/users/:id/posts/:post",
                                  "/files/*", "/s/t/a/t/i/c", "/m" + names};
  uint32_t id = 0;
  for (const std::string &pattern : patterns) {
    REQUIRE(builder.add(uwk::kAnyMethod, pattern, id++) == uwk::RouteError::None);
  }
  for (int sibling = 0; sibling < 100; ++sibling) {
    const std::string pattern = "/sibling-with-a-long-name-" + std::to_string(sibling);
    REQUIRE(builder.add(0, pattern, id++) == uwk::RouteError::None);
  }
  const std::unique_ptr<const uwk::Router> router = builder.build();
  const std::string sixteen = "/m" + repeated("/value", 16);
  const std::string paths[] = {"/",
                               "/users/12345678901234567890",
                               "/users/1/posts/2",
                               "/files/a",
                               "/s/t/a/t/i/c",
                               sixteen,
                               "/nowhere",
                               "/sibling-with-a-long-name-77",
                               "/users//",
                               "*"};
  uwk::RouteMatch match;
  const size_t before = allocations;
  size_t found = 0;
  for (int round = 0; round < 100; ++round) {
    for (const std::string &path : paths) {
      for (uint8_t method = 0; method < 12; ++method) {
        found += static_cast<size_t>(router->match(method, path, match));
      }
    }
  }
  CHECK(allocations == before);
  CHECK(found == 100u * (6 * 12 + 2));
}

TEST_CASE("more than sixteen parameters reuse the match's memory") {
  uwk::RouterBuilder builder;
  std::string pattern;
  std::string path;
  for (int index = 0; index < 100; ++index) {
    pattern += "/:p" + std::to_string(index);
    path += "/" + std::to_string(index);
  }
  REQUIRE(builder.add(0, pattern, 7) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> router = builder.build();
  uwk::RouteMatch match;
  REQUIRE(router->match(0, path, match));
  const size_t before = allocations;
  REQUIRE(router->match(0, path, match));
  CHECK(allocations == before);
  REQUIRE(match.paramCount == 100);
  CHECK(match.moreParams.size() == 84);
  for (size_t index = 0; index < 100; ++index) {
    CHECK(match.param(index) == std::to_string(index));
  }
}

TEST_CASE("a match inside a match disturbs neither") {
  uwk::RouterBuilder builder;
  REQUIRE(builder.add(0, "/a/:x", 1) == uwk::RouteError::None);
  REQUIRE(builder.add(0, "/b/:y/:z", 2) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> router = builder.build();
  uwk::RouteMatch outer;
  REQUIRE(router->match(0, "/a/one", outer));
  uwk::RouteMatch inner;
  REQUIRE(router->match(0, "/b/two/three", inner));
  CHECK(outer.route == 1);
  CHECK(outer.param(0) == "one");
  CHECK(inner.param(1) == "three");
}

TEST_CASE("no node is visited twice, so a path cannot make a search exponential") {
  // Every combination of "a" and ":" over twelve levels: the worst tree its size allows. No route
  // ends where the path does, so the search has to fail in every branch.
  constexpr unsigned kLevels = 12;
  uwk::RouteTree tree;
  for (unsigned combination = 0; combination < 1u << kLevels; ++combination) {
    std::string pattern;
    for (unsigned level = 0; level < kLevels; ++level) {
      pattern += (combination >> level & 1) != 0 ? "/a" : "/:p" + std::to_string(level);
    }
    REQUIRE(tree.add(0, pattern + "/end", combination, false) == uwk::RouteError::None);
  }
  const uwk::RouterTables tables = uwk::freezeRoutes(tree);
  uwk::RouteMatch match;
  size_t visits = 0;
  CHECK_FALSE(uwk::matchRoute(tables, 0, repeated("/a", kLevels) + "/no", match, &visits));
  CHECK(visits <= tables.nodes.size());
  CHECK(visits >= size_t{1} << kLevels);

  // The length of the path adds nothing once the tree is exhausted.
  const size_t short_ = visits;
  CHECK_FALSE(uwk::matchRoute(tables, 0, repeated("/a", 7000), match, &visits));
  CHECK(visits <= short_ + (size_t{1} << kLevels));
  CHECK(visits <= tables.nodes.size());

  // A single chain with an alternative at every level: visits grow with the depth, not as 2^depth.
  uwk::RouteTree chain;
  for (unsigned depth = 1; depth <= 200; ++depth) {
    REQUIRE(chain.add(0, repeated("/a", depth) + "/:x/*", depth, false) == uwk::RouteError::None);
  }
  const uwk::RouterTables chained = uwk::freezeRoutes(chain);
  CHECK_FALSE(uwk::matchRoute(chained, 2, repeated("/a", 220) + "/", match, &visits));
  CHECK(visits <= chained.nodes.size());
  CHECK(uwk::matchRoute(chained, 0, repeated("/a", 220), match, &visits));
  CHECK(match.route == 200);
}

TEST_CASE("segments beyond the limit are left to the wildcards above") {
  constexpr size_t kLimit = uwk::Limits::kMaxPathSegments;
  uwk::RouterBuilder builder;
  const std::string longest = repeated("/a", kLimit);
  REQUIRE(builder.add(0, longest, 1) == uwk::RouteError::None);
  CHECK(builder.add(0, longest + "/a", 2) == uwk::RouteError::TooLong);
  REQUIRE(builder.add(0, repeated("/a", kLimit - 1) + "/*", 3) == uwk::RouteError::None);
  CHECK(builder.add(0, longest + "/*", 4) == uwk::RouteError::TooLong);
  const std::unique_ptr<const uwk::Router> router = builder.build();
  uwk::RouteMatch match;
  REQUIRE(router->match(0, longest, match));
  CHECK(match.route == 1);
  REQUIRE(router->match(0, longest + "/a", match));
  CHECK(match.route == 3);
  REQUIRE(router->match(0, longest + "/", match));
  CHECK(match.route == 3);
  CHECK_FALSE(router->match(0, repeated("/a", kLimit - 1), match));
  CHECK(router->match(0, repeated("/a", 5000), match));
}

TEST_CASE("nothing is read behind the path") {
  test::GuardPage page(4096);
  uwk::RouterBuilder builder;
  uint32_t id = 0;
  for (const char *pattern : {"/", "/a", "/ab/cd", "/abcdefgh", "/abcdefghijklmnopq/:x", "/:a/:b",
                              "/x/*", "/abcdefgh/abcdefgh/abcdefgh"}) {
    REQUIRE(builder.add(0, pattern, id++) == uwk::RouteError::None);
  }
  for (int sibling = 0; sibling < 20; ++sibling) {
    REQUIRE(builder.add(0, "/siblings" + std::to_string(sibling), id++) == uwk::RouteError::None);
  }
  const std::unique_ptr<const uwk::Router> router = builder.build();
  const std::string longest = "/abcdefgh/abcdefgh/abcdefgh/abcdefghijklmnopqrstuvwxyz/siblings7/x";
  uwk::RouteMatch match;
  for (size_t start = 0; start < longest.size(); ++start) {
    for (size_t length = 0; start + length <= longest.size(); ++length) {
      for (const char filler : {'/', 'a'}) {
        const std::string path = longest.substr(start, length);
        const bool guarded = router->match(0, page.place(path, 0, filler), match);
        const uint32_t route = match.route;
        CHECK(guarded == router->match(0, path, match));
        CHECK(route == match.route);
      }
    }
  }
}

TEST_CASE("methods that cannot key a route are not routed") {
  uwk::RouterBuilder builder;
  REQUIRE(builder.add(9, "/a", 1) == uwk::RouteError::None);
  REQUIRE(builder.add(200, "/*", 1) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> router = builder.build();
  uwk::RouteMatch match;
  for (unsigned method = 0; method < 256; ++method) {
    CHECK_FALSE(router->match(static_cast<uint8_t>(method), "/a", match));
  }
}

TEST_CASE("targets that are no path are left to the wildcard for everything") {
  uwk::RouterBuilder builder;
  REQUIRE(builder.add(uwk::kAnyMethod, "/:x", 1) == uwk::RouteError::None);
  uwk::RouteMatch match;
  CHECK_FALSE(builder.build()->match(7, "host:443", match));
  CHECK_FALSE(builder.build()->match(6, "*", match));
  CHECK_FALSE(builder.build()->match(0, "", match));
  REQUIRE(builder.add(uwk::kAnyMethod, "/*", 2) == uwk::RouteError::None);
  REQUIRE(builder.build()->match(7, "host:443", match));
  CHECK(match.route == 2);
  CHECK(builder.build()->match(6, "*", match));
  CHECK(builder.build()->match(0, "", match));
}

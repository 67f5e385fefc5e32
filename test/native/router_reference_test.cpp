// SPDX-License-Identifier: MIT
//
// Random routers and paths, seeded: the tree and the list without a tree (reference_router.h) must
// agree on the route and on every parameter.
#include "support/reference_router.h"

#include <doctest/doctest.h>

#include <memory>
#include <random>

namespace {

class Generator {
public:
  explicit Generator(uint32_t seed) : engine_(seed) {}

  size_t below(size_t count) { return engine_() % count; }

  // Few distinct words, so that patterns and paths meet often; some share their first eight bytes.
  std::string word() {
    static constexpr const char *kWords[] = {"a",
                                             "b",
                                             "c",
                                             "",
                                             "users",
                                             "abcdefgh",
                                             "abcdefghi",
                                             "abcdefghj",
                                             "abcdefghijklmnopqrstuvwxyz",
                                             "abcdefghijklmnopqrsTuvwxyz"};
    return kWords[below(std::size(kWords))];
  }

  std::string pattern() {
    std::string text;
    const size_t segments = 1 + below(5);
    for (size_t index = 0; index < segments; ++index) {
      text += '/';
      switch (below(6)) {
      case 0:
      case 1:
        text += ":p" + std::to_string(index);
        break;
      case 2:
        text += index + 1 == segments || below(4) == 0 ? "*" : word();
        break;
      default:
        text += word();
      }
    }
    return text;
  }

  std::string path() {
    std::string text;
    const size_t segments = 1 + below(6);
    for (size_t index = 0; index < segments; ++index) {
      text += '/' + (below(12) == 0 ? std::string("*") : word());
    }
    return below(200) == 0 ? text.substr(1) : text;
  }

  uint8_t method() {
    static constexpr uint8_t kChoices[] = {0, 0, 1, 2, 8, uwk::kAnyMethod, uwk::kAnyMethod};
    return kChoices[below(std::size(kChoices))];
  }

private:
  std::mt19937 engine_;
};

void compare(const uwk::Router &router, const test::ReferenceRouter &reference, uint8_t method,
             const std::string &path) {
  uwk::RouteMatch match;
  const bool found = router.match(method, path, match);
  const test::ReferenceRouter::Match expected = reference.match(method, path);
  CAPTURE(path);
  CAPTURE(method);
  REQUIRE(found == expected.found);
  REQUIRE(match.route == expected.route);
  if (!found) {
    return;
  }
  REQUIRE(match.paramCount == expected.params.size());
  for (size_t index = 0; index < match.paramCount; ++index) {
    REQUIRE(match.param(index) == expected.params[index]);
  }
}

} // namespace

TEST_CASE("the tree agrees with a list without a tree") {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Generator random(seed);
    uwk::RouterBuilder builder;
    test::ReferenceRouter reference;
    const size_t routes = 1 + random.below(40);
    for (uint32_t id = 0; id < routes; ++id) {
      const std::string pattern = random.pattern();
      const uint8_t method = random.method();
      const bool negative = method == uwk::kAnyMethod && random.below(8) == 0;
      REQUIRE(builder.add(method, pattern, id, negative) == uwk::RouteError::None);
      reference.add(method, pattern, id, negative);
    }
    const std::unique_ptr<const uwk::Router> router = builder.build();
    for (int request = 0; request < 250; ++request) {
      static constexpr uint8_t kMethods[] = {0, 1, 2, 3, 8, 9, 25};
      compare(*router, reference, kMethods[random.below(std::size(kMethods))], random.path());
    }
  }
}

TEST_CASE("a builder can be extended after it has built") {
  uwk::RouterBuilder builder;
  REQUIRE(builder.add(0, "/a", 1) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> before = builder.build();
  REQUIRE(builder.add(0, "/a", 2) == uwk::RouteError::None);
  const std::unique_ptr<const uwk::Router> after = builder.build();
  uwk::RouteMatch match;
  REQUIRE(before->match(0, "/a", match));
  CHECK(match.route == 1);
  REQUIRE(after->match(0, "/a", match));
  CHECK(match.route == 2);
}

// SPDX-License-Identifier: MIT
//
// Routers and requests from arbitrary text, held against the router without a tree. One line each:
// "+/pattern" for any method, "-/pattern" disabled, "0/pattern" to "8/pattern" for one method, and
// "?0/path" to "?9/path" to ask. Questions are asked of the router with all the lines' routes.
#include "support/reference_router.h"

#include <uwk/Router.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace {

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

bool isDigit(char letter) { return letter >= '0' && letter <= '9'; }

void checkPattern(std::string_view pattern, uwk::RouteError error) {
  const uwk::RoutePatternInfo info = uwk::parseRoutePattern(pattern);
  require(info.error == error, "add() and parseRoutePattern() agree");
  require(info.error == uwk::RouteError::None || info.position <= pattern.size(),
          "the offence lies in the pattern");
}

void ask(const uwk::Router &router, const test::ReferenceRouter &reference, uint8_t method,
         std::string_view path) {
  uwk::RouteMatch match;
  const bool found = router.match(method, path, match);
  const test::ReferenceRouter::Match expected = reference.match(method, path);
  require(found == expected.found, "the same paths match");
  require(match.route == expected.route, "the same route wins");
  if (found) {
    require(match.paramCount == expected.params.size(), "as many parameters");
    for (size_t index = 0; index < match.paramCount; ++index) {
      require(match.param(index) == expected.params[index], "the same values");
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  uwk::RouterBuilder builder;
  test::ReferenceRouter reference;
  std::vector<std::string_view> questions;
  uint32_t id = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    if (line.size() > 1 && line[0] == '?' && isDigit(line[1])) {
      questions.push_back(line.substr(1));
      continue;
    }
    const bool isNegative = line.starts_with('-');
    const bool isAny = isNegative || line.starts_with('+');
    if (!isAny && (line.empty() || !isDigit(line[0]) || line[0] == '9')) {
      continue;
    }
    const auto method = isAny ? uwk::kAnyMethod : static_cast<uint8_t>(line[0] - '0');
    const std::string_view pattern = line.substr(1);
    const uwk::RouteError error = builder.add(method, pattern, id, isNegative);
    checkPattern(pattern, error);
    if (error == uwk::RouteError::None) {
      reference.add(method, pattern, id, isNegative);
    }
    ++id;
  }
  const std::unique_ptr<const uwk::Router> router = builder.build();
  for (const std::string_view question : questions) {
    ask(*router, reference, static_cast<uint8_t>(question[0] - '0'), question.substr(1));
  }
  require(!router->dump().empty(), "every router can be drawn");
  return 0;
}

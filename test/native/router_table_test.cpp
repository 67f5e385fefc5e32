// SPDX-License-Identifier: MIT
//
// The shared table of routing, pattern and decoding cases (test/fixtures/router-cases.json) against
// the native router. Its answers are Bun 1.4.5's unless an entry says otherwise; the Jest test of
// bunserve/router reads the same file.
#include "support/json.h"

#include <uwk/Router.h>

#include <doctest/doctest.h>

#include <memory>

namespace {

using test::Json;

constexpr const char *kMethods[] = {"GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                    "PATCH", "OPTIONS", "CONNECT", "TRACE"};
constexpr uint8_t kUnlisted = 20;

uint8_t methodIndex(const std::string &name) {
  for (uint8_t index = 0; index < std::size(kMethods); ++index) {
    if (name == kMethods[index]) {
      return index;
    }
  }
  return kUnlisted;
}

std::u16string decoded(std::string_view raw) {
  uwk::DecodedParam value;
  uwk::decodeParam(raw, value);
  if (value.isUtf16) {
    return value.utf16;
  }
  std::u16string units;
  for (const char byte : value.latin1) {
    units.push_back(static_cast<unsigned char>(byte));
  }
  return units;
}

void addRoute(uwk::RouterBuilder &builder, const Json &route, uint32_t id) {
  const std::string pattern = route["pattern"].bytes();
  if (route["methods"].isNull()) {
    REQUIRE(builder.add(uwk::kAnyMethod, pattern, id, route["disabled"].boolean) ==
            uwk::RouteError::None);
  }
  for (const Json &method : route["methods"].items) {
    REQUIRE(builder.add(methodIndex(method.bytes()), pattern, id) == uwk::RouteError::None);
  }
}

void checkRequest(const uwk::Router &router, const Json &routes, const Json &request) {
  const std::string path = request["path"].bytes();
  const std::string method = request["method"].isNull() ? "GET" : request["method"].bytes();
  CAPTURE(method);
  CAPTURE(path);
  uwk::RouteMatch match;
  const bool found = router.match(methodIndex(method), path, match);
  if (request["route"].isNull()) {
    CHECK((!found || match.route == uwk::kNoRoute));
    return;
  }
  REQUIRE(found);
  const auto expected = static_cast<uint32_t>(request["route"].number);
  REQUIRE(match.route == expected);
  const std::string pattern = routes.items[expected]["pattern"].bytes();
  const uwk::RoutePatternInfo info = uwk::parseRoutePattern(pattern);
  REQUIRE(match.paramCount == info.params.size());
  size_t named = 0;
  for (size_t index = 0; index < info.params.size(); ++index) {
    const Json &value = request["params"][info.params[index]];
    if (!info.params[index].empty()) {
      REQUIRE(value.kind == Json::Kind::String);
      CHECK(decoded(match.param(index)) == value.string);
      ++named;
    }
  }
  CHECK(named == request["params"].members.size());
}

const Json &table() {
  static const Json loaded = test::readFixture("router-cases.json");
  return loaded;
}

} // namespace

TEST_CASE("the router answers the shared routing table") {
  for (const Json &entry : table()["cases"].items) {
    const std::string name = entry["name"].bytes();
    CAPTURE(name);
    uwk::RouterBuilder builder;
    for (size_t id = 0; id < entry["routes"].items.size(); ++id) {
      addRoute(builder, entry["routes"].items[id], static_cast<uint32_t>(id));
    }
    const std::unique_ptr<const uwk::Router> router = builder.build();
    for (const Json &request : entry["requests"].items) {
      checkRequest(*router, entry["routes"], request);
    }
  }
}

TEST_CASE("patterns are read as the shared table says") {
  static constexpr const char *kErrors[] = {
      "", "NotAbsolute", "NonAscii", "NumericParam", "DuplicateParam", "TooLong"};
  for (const Json &entry : table()["patterns"].items) {
    const std::string pattern = entry["pattern"].bytes();
    CAPTURE(pattern);
    const uwk::RoutePatternInfo info = uwk::parseRoutePattern(pattern);
    CHECK(kErrors[static_cast<size_t>(info.error)] == entry["error"].bytes());
    uwk::RouterBuilder builder;
    CHECK(builder.add(uwk::kAnyMethod, pattern, 0) == info.error);
    if (info.error != uwk::RouteError::None) {
      CHECK(static_cast<double>(info.position) == entry["position"].number);
      continue;
    }
    CHECK(info.wildcard == entry["wildcard"].boolean);
    std::vector<std::string> names;
    for (const Json &name : entry["params"].items) {
      names.push_back(name.bytes());
    }
    CHECK(info.params == names);
  }
}

TEST_CASE("values decode as the shared table says") {
  for (const Json &entry : table()["decode"].items) {
    const std::string raw = entry["raw"].bytes();
    CAPTURE(raw);
    CHECK(decoded(raw) == entry["value"].string);
  }
}

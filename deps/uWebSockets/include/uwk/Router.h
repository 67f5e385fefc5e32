// SPDX-License-Identifier: MIT
//
// Bun's router on its own: a tree of path segments with method lists on its nodes, frozen to flat
// arrays. Usable without the server (this header is all a native program needs). Immutable once
// built; matching is re-entrant, allocates nothing and may run while other requests match.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace uwk {

// Method indexes 0-8 as in HttpMethod.h; kAnyMethod for a route that answers every method.
inline constexpr uint8_t kAnyMethod = 0xff;
inline constexpr uint32_t kNoRoute = 0xffffffff;

enum class RouteError : uint8_t {
  None,
  NotAbsolute,    // the pattern does not start with '/'
  NonAscii,       // a byte >= 0x80 in the pattern
  NumericParam,   // a parameter name starts with a digit
  DuplicateParam, // two parameters of one name
  TooLong         // more than Limits::kMaxPathSegments segments
};

struct RoutePatternInfo {
  RouteError error = RouteError::None;
  size_t position = 0;             // byte offset of the offence
  std::vector<std::string> params; // names in order; that of "/:" is empty
  bool wildcard = false;
};

// Splits and validates a pattern by Bun's rules (behaviours 6.5-6.8, 6.13).
[[nodiscard]] RoutePatternInfo parseRoutePattern(std::string_view pattern);

// What a match found. The views point into the path given to match().
struct RouteMatch {
  static constexpr size_t kInlineParams = 16;
  uint32_t route = kNoRoute; // the id given to RouterBuilder::add
  uint32_t paramCount = 0;
  std::string_view inlineParams[kInlineParams];
  std::vector<std::string_view> moreParams; // only routes with more than kInlineParams use it

  [[nodiscard]] std::string_view param(size_t index) const {
    return index < kInlineParams ? inlineParams[index] : moreParams[index - kInlineParams];
  }
};

class Router;

class RouterBuilder {
public:
  RouterBuilder();
  ~RouterBuilder();
  RouterBuilder(RouterBuilder &&) noexcept;
  RouterBuilder &operator=(RouterBuilder &&) noexcept;

  // Later routes of the same shape and method win (behaviours 6.2). `route` is any id below
  // 2^31. A `negative` route matches like any other and ends the search (behaviours 6.15); it also
  // keeps its place against later routes. `method` is 0-8 or kAnyMethod, anything else is not
  // routed.
  RouteError add(uint8_t method, std::string_view pattern, uint32_t route, bool negative = false);
  [[nodiscard]] std::unique_ptr<const Router> build() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

class Router {
public:
  ~Router();
  // Most specific route for `method` and the raw path (no query): per segment literal, then
  // parameter, then wildcard, with backtracking; on a node the method's list before the any-method
  // one; a node without either is passed over (behaviours 6.1, 6.17). HEAD falls back to GET at the
  // same node (2.6). Methods from 9 on match any-method routes only. A target that does not start
  // with '/' ("*", "host:port") matches nothing but "/*". False, or a match whose route is kNoRoute
  // for a negative route.
  [[nodiscard]] bool match(uint8_t method, std::string_view path, RouteMatch &out) const;

  // The tree, the param shapes and the precedence at every node, for people.
  [[nodiscard]] std::string dump() const;

  [[nodiscard]] size_t nodeCount() const;

private:
  Router();
  struct Tables;
  std::unique_ptr<Tables> tables_;
  friend class RouterBuilder;
};

// Percent-decoding of one parameter value (behaviours 6.9, 6.10): never throws, malformed sequences
// become U+FFFD by Bun's rules, raw bytes >= 0x80 are UTF-8, '+' stays '+'.
// src/router/UriDecode.cpp has the rules.
struct DecodedParam {
  // Exactly one of the two is used: ASCII/Latin-1 bytes or UTF-16 units.
  std::string latin1;
  std::u16string utf16;
  bool isUtf16 = false;
};
[[nodiscard]] bool needsDecoding(std::string_view raw);    // '%' or a byte >= 0x80
void decodeParam(std::string_view raw, DecodedParam &out); // reuses `out`'s memory

} // namespace uwk

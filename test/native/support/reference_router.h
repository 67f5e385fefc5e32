// SPDX-License-Identifier: MIT
//
// The router's rules without a tree: a list of routes, every one compared with every path, and the
// best of those that match chosen by rank. Slow and plain; the tests and the fuzzer hold the real
// router against it.
#pragma once

#include <uwk/Router.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test {

class ReferenceRouter {
public:
  struct Match {
    bool found = false;
    uint32_t route = uwk::kNoRoute;
    std::vector<std::string> params;
  };

  // The pattern must be one the real router accepts.
  void add(uint8_t method, std::string_view pattern, uint32_t route, bool negative) {
    routes_.push_back({split(pattern), method, route, negative});
  }

  [[nodiscard]] Match match(uint8_t method, std::string_view path) const {
    const bool isAbsolute = path.starts_with('/');
    const std::vector<std::string> segments = isAbsolute ? split(path) : std::vector<std::string>();
    std::optional<Candidate> best;
    for (size_t index = 0; index < routes_.size(); ++index) {
      const Route &route = routes_[index];
      const unsigned list = listRank(route.method, method);
      if (list == kNever || !fits(route.segments, segments, isAbsolute)) {
        continue;
      }
      Candidate candidate{kinds(route.segments), list, route.negative, index};
      if (!best || candidate.isBetterThan(*best)) {
        best = std::move(candidate);
      }
    }
    if (!best) {
      return {};
    }
    const Route &route = routes_[best->index];
    Match result{true, route.negative ? uwk::kNoRoute : route.id, {}};
    for (size_t depth = 0; depth < route.segments.size() && depth < segments.size(); ++depth) {
      if (kindOf(route.segments[depth]) == kParam) {
        result.params.push_back(segments[depth]);
      }
    }
    return result;
  }

private:
  static constexpr unsigned kNever = 3;
  static constexpr char kLiteral = 0;
  static constexpr char kParam = 1;
  static constexpr char kWildcard = 2;
  static constexpr size_t kMaxSegments = 256;

  struct Route {
    std::vector<std::string> segments;
    uint8_t method;
    uint32_t id;
    bool negative;
  };

  struct Candidate {
    std::string kinds; // a char per segment, smaller is more specific
    unsigned list;     // its own method, GET's for HEAD, any
    bool negative;
    size_t index;

    // Candidates of equal kinds match by the same literals, so they are one shape.
    [[nodiscard]] bool isBetterThan(const Candidate &other) const {
      if (kinds != other.kinds) {
        return kinds < other.kinds;
      }
      if (list != other.list) {
        return list < other.list;
      }
      return negative != other.negative ? negative : index > other.index;
    }
  };

  static unsigned listRank(uint8_t routeMethod, uint8_t method) {
    if (routeMethod == method && method < 9) {
      return 0;
    }
    if (routeMethod == 0 && method == 1) {
      return 1;
    }
    return routeMethod == uwk::kAnyMethod ? 2 : kNever;
  }

  static char kindOf(const std::string &segment) {
    return segment.starts_with(':') ? kParam : segment.starts_with('*') ? kWildcard : kLiteral;
  }

  static std::string kinds(const std::vector<std::string> &pattern) {
    std::string result;
    for (const std::string &segment : pattern) {
      result.push_back(kindOf(segment));
    }
    return result;
  }

  static bool fits(const std::vector<std::string> &pattern,
                   const std::vector<std::string> &segments, bool isAbsolute) {
    if (pattern.size() > kMaxSegments) {
      return false;
    }
    for (size_t depth = 0; depth < pattern.size(); ++depth) {
      const char kind = kindOf(pattern[depth]);
      const bool isLast = depth + 1 == pattern.size();
      if (kind == kWildcard) {
        return isLast && (depth < segments.size() || (depth == 0 && !isAbsolute));
      }
      if (depth >= segments.size() ||
          (kind == kParam ? segments[depth].empty() : segments[depth] != pattern[depth])) {
        return false;
      }
    }
    return pattern.size() == segments.size();
  }

  static std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments(1);
    for (const char byte : path.substr(1)) {
      if (byte == '/') {
        segments.emplace_back();
      } else {
        segments.back().push_back(byte);
      }
    }
    return segments;
  }

  std::vector<Route> routes_;
};

} // namespace test

// SPDX-License-Identifier: MIT
//
// What one match costs, as one JSON line a route set: {"set":"param","ns":..,"best":..,"worst":..}.
// "ns" is the median of the rounds; the clock is the thread's CPU time, so other work on the
// machine counts less. The routes10 and routes10000 sets ask for equally many paths: they differ by
// the table alone. In the sweeps every path is another one, so the caches hold nothing for long.
#include <uwk/Router.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ctime>

namespace {

constexpr int kRounds = 15;
constexpr uint8_t kGet = 0;

struct RouteSet {
  const char *name;
  std::vector<std::string> patterns;
  std::vector<std::string> paths;
};

double threadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double nanosecondsPerMatch(const uwk::Router &router, const RouteSet &set) {
  const std::vector<std::string_view> paths(set.paths.begin(), set.paths.end());
  const size_t repeats = std::max<size_t>(1, 200'000 / paths.size());
  uwk::RouteMatch match;
  uint64_t seen = 0;
  const double start = threadNanoseconds();
  for (size_t repeat = 0; repeat < repeats; ++repeat) {
    for (const std::string_view path : paths) {
      if (router.match(kGet, path, match)) {
        seen += match.route + match.paramCount;
      }
      // Without it the compiler could see that the matches of one round are all alike.
      asm volatile("" : "+r"(seen) : : "memory");
    }
  }
  return (threadNanoseconds() - start) / static_cast<double>(repeats * paths.size());
}

bool measure(const RouteSet &set) {
  uwk::RouterBuilder builder;
  for (size_t index = 0; index < set.patterns.size(); ++index) {
    const auto id = static_cast<uint32_t>(index);
    if (builder.add(uwk::kAnyMethod, set.patterns[index], id) != uwk::RouteError::None) {
      return false;
    }
  }
  const std::unique_ptr<const uwk::Router> router = builder.build();
  uwk::RouteMatch match;
  for (const std::string &path : set.paths) {
    if (!router->match(kGet, path, match)) {
      std::fprintf(stderr, "%s: nothing matches %s\n", set.name, path.c_str());
      return false;
    }
  }
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    rounds.push_back(nanosecondsPerMatch(*router, set));
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf(
      "{\"set\":\"%s\",\"routes\":%zu,\"paths\":%zu,\"ns\":%.1f,\"best\":%.1f,\"worst\":%.1f}\n",
      set.name, set.patterns.size(), set.paths.size(), rounds[rounds.size() / 2], rounds.front(),
      rounds.back());
  return true;
}

// A mixed API of `count` routes: per resource a list, an item, a child list, a child and a file
// tree. `sampled` paths are spread over all of it.
RouteSet mixed(const char *name, size_t count, size_t sampled) {
  RouteSet set{name, {}, {}};
  static constexpr const char *kPatterns[] = {"", "/:id", "/:id/items", "/:id/items/:item",
                                              "/files/*"};
  static constexpr const char *kPaths[] = {"", "/42", "/42/items", "/42/items/7", "/files/a/b.css"};
  for (size_t index = 0; index < count; ++index) {
    set.patterns.push_back("/resource" + std::to_string(index / 5) + kPatterns[index % 5]);
  }
  // A stride prime to every count visits the table in no helpful order.
  size_t index = 0;
  for (size_t sample = 0; sample < sampled; ++sample) {
    set.paths.push_back("/resource" + std::to_string(index / 5) + kPaths[index % 5]);
    index = (index + 7919) % count;
  }
  return set;
}

} // namespace

int main() {
  const std::vector<std::string> api = {"/",
                                        "/about",
                                        "/users",
                                        "/users/:id",
                                        "/users/:id/posts",
                                        "/users/:id/posts/:post",
                                        "/posts/:id",
                                        "/static/*",
                                        "/health/live/now",
                                        "/api/v1/status",
                                        "/*"};
  std::vector<RouteSet> sets;
  sets.push_back({"static", api, {"/health/live/now"}});
  sets.push_back({"param", api, {"/users/1234/posts"}});
  sets.push_back({"params2", api, {"/users/1234/posts/99"}});
  sets.push_back({"wildcard", api, {"/static/css/site.css"}});
  sets.push_back({"deep",
                  {"/a/:b/c/:d/e/:f/g/:h/i/:j", "/a/:b/c/:d/e/:f/g/:h/i", "/a/b/c/d/e/f/g/h/i/k"},
                  {"/a/1/c/2/e/3/g/4/i/5"}});
  sets.push_back(
      {"backtrack", {"/a/b/c/d/e/x", "/a/b/c/:q/e/y", "/a/:p/c/d/e/z", "/*"}, {"/a/b/c/d/e/z"}});
  sets.push_back(mixed("routes10", 10, 10));
  sets.push_back(mixed("routes10000", 10'000, 10));
  sets.push_back(mixed("routes10sweep", 10, 10'000));
  sets.push_back(mixed("routes10000sweep", 10'000, 10'000));
  for (const RouteSet &set : sets) {
    if (!measure(set)) {
      return 1;
    }
  }
  return 0;
}

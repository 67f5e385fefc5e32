// SPDX-License-Identifier: MIT
//
// What each pattern of a server leads to: the embedder's handler, a pre-rendered response, a
// directory, or "no route here" (Bun's `false`). Built once, then immutable.
#pragma once

#include <uwk/Directory.h>
#include <uwk/FileResponse.h>
#include <uwk/Router.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace uwk {

class FileRoute;
class StaticResponse;

// The body of a static route in a content coding, for clients that take it.
struct StaticCopy {
  enum class Coding : uint8_t { Brotli, Gzip } coding = Coding::Gzip;
  std::string_view body;
};

// A buffered response as the embedder describes it; see StaticResponse.h for what it becomes.
struct StaticRoute {
  uint16_t status = 200;
  std::string_view fields; // complete field lines
  // The application's own entity tag, which is among `fields` too. Empty: one is made from the
  // body (behaviours 7.3), none for an empty body.
  std::string_view etag;
  std::string_view body;
  bool hasDate = false;    // `fields` carries a Date of the application's own
  bool closeAfter = false; // `fields` says Connection: close
  // With copies every form says Vary; `fields` does not. Entity tags are each body's own.
  const StaticCopy *copies = nullptr;
  size_t copyCount = 0;
};

class RouteTable {
public:
  RouteTable();
  ~RouteTable();
  RouteTable(const RouteTable &) = delete;
  RouteTable &operator=(const RouteTable &) = delete;

  RouteError addHandler(uint8_t method, std::string_view pattern, uint32_t id);
  RouteError addStatic(uint8_t method, std::string_view pattern, const StaticRoute &route);
  RouteError addFile(uint8_t method, std::string_view pattern, FileRouteOptions options);
  // `pattern` is a fixed prefix that ends in `/*`.
  RouteError addDirectory(uint8_t method, std::string_view pattern,
                          std::shared_ptr<DirectoryRoute> directory);
  RouteError addNegative(std::string_view pattern);
  // To be called once, after the last add.
  void freeze();

  struct Target {
    uint32_t handler = kNoRoute;           // id given to addHandler
    const StaticResponse *fixed = nullptr; // set for static routes
    const FileRoute *file = nullptr;       // set for file routes
    DirectoryRoute *directory = nullptr;   // set for directories
  };
  // False when nothing matches (or a negative route does): the fallback's turn.
  [[nodiscard]] bool match(uint8_t method, std::string_view path, RouteMatch &match,
                           Target &target) const;

private:
  RouterBuilder builder_;
  std::unique_ptr<const Router> router_;
  std::vector<StaticResponse *> statics_; // counted: a response in flight outlives its table
  std::vector<std::unique_ptr<const FileRoute>> files_;
  std::vector<std::shared_ptr<DirectoryRoute>> directories_;
  // Router id -> handler id, or an index of the others with one of the top bits.
  std::vector<uint32_t> targets_;
};

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// A directory that a route serves files from (RouteTable::addDirectory). Shared by the route tables
// that name it and whoever made it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace uwk {

class MediaTypes;
class DirectoryRoute;

// Content types by extension: "type extension extension...|type ...", lower case.
[[nodiscard]] std::shared_ptr<const MediaTypes> makeMediaTypes(std::string table);

struct DirectoryOptions {
  // Of the route's pattern: what comes before its `*`. Starts and ends with a slash.
  std::string prefix;
  // Complete field lines for every response that is about a file.
  std::string fields;
  std::shared_ptr<const MediaTypes> types;
  bool dotfiles = false;     // serve names that start with a dot
  bool precompressed = true; // look for .br, .zst and .gz files beside the one asked for
  bool keepOpen = true;      // trust an open file for a second
};

// Null when `path` is no directory that can be opened; `error` is then a positive errno value.
// A relative path is taken from the working directory now.
[[nodiscard]] std::shared_ptr<DirectoryRoute>
openDirectoryRoute(const std::string &path, DirectoryOptions options, int &error);

} // namespace uwk

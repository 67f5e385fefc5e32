// SPDX-License-Identifier: MIT
//
// From the part of a request path below a directory route to a file's name. A path has one
// spelling: what is not written in it is refused, so that no second spelling of a file gets around
// a more specific route (behaviours 8.23). Pure.
#pragma once

#include <uwk/Limits.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

enum class Dotfiles : uint8_t { Deny, Allow };

struct DirectoryPath {
  static constexpr size_t kMaxSize = Limits::kMaxDirectoryPath;

  static constexpr size_t kMaxAppended = 32;

  // Decoded, without a leading or trailing slash. Empty for the directory itself. Zero-terminated.
  char text[kMaxSize + kMaxAppended + 1];
  size_t size = 0;
  bool isDirectory = false; // the path ended in a slash, or was empty
  // The request spelled it as canonicalSpelling() would.
  bool isCanonical = true;

  [[nodiscard]] std::string_view view() const { return {text, size}; }
  [[nodiscard]] std::string_view name() const;
  // At most kMaxAppended bytes in all. truncate() takes them off again.
  void append(std::string_view more);
  void truncate(size_t newSize);
};

// `raw` as it stands in the request, without the route's prefix. False: there is no such file.
// Refused are empty segments, `.` and `..`, NUL, backslash and colon, `%` without two digits, an
// encoded slash and any other encoded character that may stand for itself in a path (RFC 3986
// pchar), and names that start with a dot unless `dotfiles` allows them. `isHostRoot`: the route's
// prefix is "/", where `.well-known` is a public name (RFC 8615).
[[nodiscard]] bool readDirectoryPath(std::string_view raw, Dotfiles dotfiles, bool isHostRoot,
                                     DirectoryPath &path);

// How a route pattern would spell it: everything but pchar and the slash percent-encoded, in upper
// case. Includes the trailing slash.
[[nodiscard]] std::string canonicalSpelling(const DirectoryPath &path);

} // namespace uwk

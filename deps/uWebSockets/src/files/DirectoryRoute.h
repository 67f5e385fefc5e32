// SPDX-License-Identifier: MIT
//
// What a directory route answers to a request: which file, in which form, which part of it, or why
// not. Sends nothing (behaviours 8.20-8.24).
#pragma once

#include "../http/HttpParser.h"
#include "ByteRange.h"
#include "OpenFileCache.h"

#include <uwk/Directory.h>

#include <memory>
#include <string>
#include <string_view>

namespace uwk {

struct DirectoryAnswer {
  uint16_t status = 404;
  ServedFileRef file; // for 200, 206, 304, 412 and 416
  ByteRange range;    // what is to be sent of it; nothing for the others
  // Not empty: the path was not spelled as a route pattern would have it. In this spelling it must
  // lead to the same route, or another one is meant to answer for the file.
  std::string spelling;
};

class DirectoryRoute {
public:
  // 0, or a negative errno value.
  [[nodiscard]] int open(const std::string &path, DirectoryOptions options);

  // `nowMs` does not go back; `now` is the time of day in seconds.
  [[nodiscard]] DirectoryAnswer answer(const HttpHead &head, uint64_t nowMs, int64_t now);

  void setResolver(DirectoryRoot::Resolver resolver) { root_.setResolver(resolver); }

private:
  [[nodiscard]] OpenOutcome find(DirectoryPath &path, const HttpHead &head, uint64_t nowMs,
                                 ServedFileRef &file);
  static void answerWith(const ServedFileRef &file, const HttpHead &head, int64_t now,
                         DirectoryAnswer &answer);

  DirectoryRoot root_;
  DirectoryOptions options_;
  std::unique_ptr<OpenFileCache> cache_;
};

} // namespace uwk

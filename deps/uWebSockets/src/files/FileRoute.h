// SPDX-License-Identifier: MIT
//
// A file as a route's value: what its response says for a request, without sending it. Immutable;
// the file itself is looked at anew for every request.
#pragma once

#include "../http/HttpParser.h"
#include "OpenPart.h"

#include <uwk/Exchange.h>

#include <string>

namespace uwk {

class FileRoute {
public:
  explicit FileRoute(FileRouteOptions options);

  // `Missing` when there is no regular file: the route does not exist for this request then
  // (behaviours 8.2). `Exhausted`: nobody can tell now.
  enum class Opening : uint8_t { Opened, Missing, Exhausted };
  // `cache` may be null; `now` is its time.
  [[nodiscard]] Opening open(OpenPart &opened, ContentCache *cache, uint64_t now) const;

  // The head for this request, whose field lines are put together in `text`, and the part of the
  // file that follows it (`opened` is narrowed to it; empty for a response without a body). Lengths
  // are among the fields or in `contentLength`, -1 = none.
  struct Reply {
    ResponseHead head;
    int64_t contentLength = -1;
  };
  [[nodiscard]] Reply reply(const HttpHead &request, OpenPart &opened, std::string_view date,
                            int64_t now, std::string &text) const;

  [[nodiscard]] bool closeAfter() const { return options_.closeAfter; }

private:
  void addRange(const HttpHead &request, OpenPart &opened, Reply &reply, std::string &text) const;

  FileRouteOptions options_;
  bool comparesModified_ = true;
  int64_t ownModified_ = 0; // when the application gave its own
};

} // namespace uwk

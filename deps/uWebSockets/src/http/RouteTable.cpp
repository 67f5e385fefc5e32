// SPDX-License-Identifier: MIT
//
// The router's ids index `targets_`; the top bits tell static responses, files and directories from
// handlers.
#include "../files/FileRoute.h"
#include "HttpMethod.h"
#include "StaticResponse.h"

#include <uwk/RouteTable.h>

#include <utility>

namespace uwk {

namespace {
constexpr uint32_t kStaticBit = 0x80000000;
constexpr uint32_t kFileBit = 0x40000000;
constexpr uint32_t kDirectoryBit = 0x20000000;
constexpr uint32_t kIndex = kDirectoryBit - 1;
} // namespace

RouteTable::RouteTable() = default;

RouteTable::~RouteTable() {
  for (const StaticResponse *response : statics_) {
    response->release();
  }
}

RouteError RouteTable::addHandler(uint8_t method, std::string_view pattern, uint32_t id) {
  RouteError error = builder_.add(method, pattern, static_cast<uint32_t>(targets_.size()));
  if (error == RouteError::None) {
    targets_.push_back(id);
  }
  return error;
}

RouteError RouteTable::addStatic(uint8_t method, std::string_view pattern,
                                 const StaticRoute &route) {
  RouteError error = builder_.add(method, pattern, static_cast<uint32_t>(targets_.size()));
  if (error == RouteError::None) {
    targets_.push_back(static_cast<uint32_t>(statics_.size()) | kStaticBit);
    statics_.push_back(new StaticResponse(route));
  }
  return error;
}

RouteError RouteTable::addFile(uint8_t method, std::string_view pattern, FileRouteOptions options) {
  RouteError error = builder_.add(method, pattern, static_cast<uint32_t>(targets_.size()));
  if (error == RouteError::None) {
    targets_.push_back(static_cast<uint32_t>(files_.size()) | kFileBit);
    files_.push_back(std::make_unique<const FileRoute>(std::move(options)));
  }
  return error;
}

RouteError RouteTable::addDirectory(uint8_t method, std::string_view pattern,
                                    std::shared_ptr<DirectoryRoute> directory) {
  RouteError error = builder_.add(method, pattern, static_cast<uint32_t>(targets_.size()));
  if (error == RouteError::None) {
    targets_.push_back(static_cast<uint32_t>(directories_.size()) | kDirectoryBit);
    directories_.push_back(std::move(directory));
  }
  return error;
}

RouteError RouteTable::addNegative(std::string_view pattern) {
  return builder_.add(kAnyMethod, pattern, 0, true);
}

void RouteTable::freeze() {
  router_ = builder_.build();
  builder_ = RouterBuilder();
}

bool RouteTable::match(uint8_t method, std::string_view path, RouteMatch &match,
                       Target &target) const {
  if (!router_->match(method, path, match) || match.route == kNoRoute) {
    match.paramCount = 0;
    return false;
  }
  uint32_t value = targets_[match.route];
  if ((value & kStaticBit) != 0) {
    target.fixed = statics_[value & kIndex];
  } else if ((value & kFileBit) != 0) {
    target.file = files_[value & kIndex].get();
  } else if ((value & kDirectoryBit) != 0) {
    target.directory = directories_[value & kIndex].get();
  } else {
    target.handler = value;
  }
  return true;
}

} // namespace uwk

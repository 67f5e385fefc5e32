// SPDX-License-Identifier: MIT
//
// Matching on the frozen tables. All state of a match lives on the caller's stack, so matches may
// nest and run side by side; nothing is allocated unless a route has more than
// RouteMatch::kInlineParams parameters.
#pragma once

#include "RouterTables.h"

namespace uwk {

// As Router::match(). `visits`, if given, receives how many nodes were looked at; never more than
// the tables have, see RouterWalk.cpp.
bool matchRoute(const RouterTables &tables, uint8_t method, std::string_view path, RouteMatch &out,
                size_t *visits = nullptr);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The frozen tables as text for people: the tree, what wins where, and the param shapes.
#pragma once

#include "RouterTables.h"

#include <string>

namespace uwk {

[[nodiscard]] std::string dumpRoutes(const RouterTables &tables);

} // namespace uwk

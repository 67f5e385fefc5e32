// SPDX-License-Identifier: MIT
//
// What must hold whatever the input: a crash otherwise, which every driver keeps.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

inline void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

} // namespace fuzz

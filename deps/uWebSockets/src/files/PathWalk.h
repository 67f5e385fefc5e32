// SPDX-License-Identifier: MIT
//
// What openat2(2) with RESOLVE_IN_ROOT does, by hand: for kernels before 5.6, other systems, and
// containers that forbid the call.
#pragma once

#include "FileSystem.h"

namespace uwk {

// Opens a file or directory below `root` for reading. A descriptor, or a negative errno value.
[[nodiscard]] int openByWalking(int root, const char *relative);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Which branches an input reached: GCC's -fsanitize-coverage=trace-pc calls us at every one. A
// map of edge counters in the manner of AFL; knows nothing of inputs.
#pragma once

#include <cstddef>

namespace fuzz {

// Forgets the edges of the last run.
void beginRun();

// True when the run reached an edge, or a count of one, that no run before it did.
bool sawNewEdges();

// Number of distinct edges over all runs.
std::size_t edgeCount();

} // namespace fuzz

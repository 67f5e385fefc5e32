// SPDX-License-Identifier: MIT
//
// The main program of every native test: doctest's own. Compiled once, because the implementation
// half of the header costs more to compile than most tests.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// The libraries are compiled once for tests and fuzz targets, with GCC's coverage callback in every
// branch. Only the fuzz driver counts them.
extern "C" void __sanitizer_cov_trace_pc() {}

// SPDX-License-Identifier: MIT
//
// The hostile inputs with request heads as long as a limit, cut in two at every byte.
#include "support/hostile_target.h"

using namespace uwk::test;

TEST_CASE("cut in two at every byte") { cutLongInputs(true); }

// SPDX-License-Identifier: MIT
//
// The table of hostile inputs against the running server: each input whole, byte by byte, and cut
// in two at every byte must come to the same outcome. The long ones are cut in
// server_hostile_heads_test and server_hostile_bodies_test.
#include "support/hostile_target.h"

using namespace uwk;
using namespace uwk::test;

TEST_CASE("whole") {
  HostileTarget target;
  for (const HostileCase &one : HostileCases().all) {
    CAPTURE(one.id);
    CAPTURE(printable(one.input));
    CHECK(target.judge(one, {}) == "");
  }
}

TEST_CASE("byte by byte") {
  HostileTarget target;
  for (const HostileCase &one : HostileCases().all) {
    CAPTURE(one.id);
    CAPTURE(printable(one.input));
    std::vector<size_t> cuts(one.input.size() - 1);
    for (size_t i = 0; i < cuts.size(); i++) {
      cuts[i] = i + 1;
    }
    CHECK(target.judge(one, cuts) == "");
  }
}

TEST_CASE("cut in two at every byte") {
  HostileTarget target;
  for (const HostileCase &one : HostileCases().all) {
    if (!one.isLong()) {
      CAPTURE(one.id);
      CAPTURE(printable(one.input));
      for (size_t cut = 1; cut < one.input.size(); cut++) {
        CAPTURE(cut);
        REQUIRE(target.judge(one, {cut}) == "");
      }
    }
  }
}

// SPDX-License-Identifier: MIT
//
// Conditional requests in the order of RFC 9110 section 13.2.2 (behaviours 8.4, 8.5, 8.9, 8.24).
#include "support/request_head.h"

#include <files/Preconditions.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace uwk;

namespace {

constexpr int64_t kNow = 1800000000;
constexpr int64_t kModified = 1700000000;
const std::string kSame = "Tue, 14 Nov 2023 22:13:20 GMT";
const std::string kOlder = "Tue, 14 Nov 2023 22:13:19 GMT";
const std::string kNewer = "Tue, 14 Nov 2023 22:13:21 GMT";

const Validators kStrong{"\"abc\"", kModified, true};
const Validators kWeak{"W/\"abc\"", kModified, true};
const Validators kDateOnly{{}, kModified, true};
const Validators kTagOnly{"\"abc\"", 0, false};
const Validators kNothing{};

std::string evaluate(const Validators &validators, const std::vector<std::string> &fields,
                     const std::string &method = "GET") {
  const test::RequestHead head(method, "/", fields);
  REQUIRE(head.isValid());
  switch (evaluatePreconditions(head.get(), validators, kNow)) {
  case Precondition::Proceed:
    return "range";
  case Precondition::ProceedWhole:
    return "whole";
  case Precondition::NotModified:
    return "304";
  case Precondition::Failed:
    return "412";
  }
  return "";
}

} // namespace

TEST_CASE("without a condition the range counts") {
  CHECK(evaluate(kStrong, {}) == "range");
  CHECK(evaluate(kNothing, {}) == "range");
}

TEST_CASE("If-Match compares strongly") {
  CHECK(evaluate(kStrong, {"If-Match: *"}) == "range");
  CHECK(evaluate(kNothing, {"If-Match: *"}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: \"abc\""}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: \"x\", \"abc\""}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: \"x\"", "If-Match: \"abc\""}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: W/\"abc\""}) == "412");
  CHECK(evaluate(kStrong, {"If-Match: \"x\""}) == "412");
  CHECK(evaluate(kStrong, {"If-Match: garbage"}) == "412");
  CHECK(evaluate(kWeak, {"If-Match: W/\"abc\""}) == "412");
  CHECK(evaluate(kWeak, {"If-Match: \"abc\""}) == "412");
  CHECK(evaluate(kDateOnly, {"If-Match: \"abc\""}) == "412");
  CHECK(evaluate(kDateOnly, {"If-Match: \"\""}) == "412");
  CHECK(evaluate(kStrong, {"If-Match:"}) == "range");
}

TEST_CASE("If-Unmodified-Since counts without If-Match only") {
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: " + kOlder}) == "412");
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: " + kSame}) == "range");
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: " + kNewer}) == "range");
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: garbage"}) == "range");
  CHECK(evaluate(kTagOnly, {"If-Unmodified-Since: " + kOlder}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: *", "If-Unmodified-Since: " + kOlder}) == "range");
  CHECK(evaluate(kStrong, {"If-Match: \"x\"", "If-Unmodified-Since: " + kNewer}) == "412");
  CHECK(evaluate(kStrong, {"If-Match:", "If-Unmodified-Since: " + kOlder}) == "412");
}

TEST_CASE("If-None-Match compares weakly") {
  CHECK(evaluate(kStrong, {"If-None-Match: *"}) == "304");
  CHECK(evaluate(kNothing, {"If-None-Match: *"}) == "304");
  CHECK(evaluate(kStrong, {"If-None-Match: \"abc\""}) == "304");
  CHECK(evaluate(kStrong, {"If-None-Match: W/\"abc\""}) == "304");
  CHECK(evaluate(kWeak, {"If-None-Match: \"abc\""}) == "304");
  CHECK(evaluate(kWeak, {"If-None-Match: \"x\",W/\"abc\""}) == "304");
  CHECK(evaluate(kWeak, {"If-None-Match: \"x\"", "Accept: a", "If-None-Match: \"abc\""}) == "304");
  CHECK(evaluate(kStrong, {"If-None-Match: \"x\""}) == "range");
  CHECK(evaluate(kStrong, {"If-None-Match: garbage"}) == "range");
  CHECK(evaluate(kDateOnly, {"If-None-Match: \"abc\""}) == "range");
}

TEST_CASE("If-Modified-Since counts without If-None-Match only") {
  CHECK(evaluate(kStrong, {"If-Modified-Since: " + kSame}) == "304");
  CHECK(evaluate(kStrong, {"If-Modified-Since: " + kNewer}) == "304");
  CHECK(evaluate(kStrong, {"If-Modified-Since: " + kOlder}) == "range");
  CHECK(evaluate(kStrong, {"If-Modified-Since: garbage"}) == "range");
  CHECK(evaluate(kStrong, {"If-Modified-Since: 2023-11-14T22:13:20.700Z"}) == "304");
  CHECK(evaluate(kStrong, {"If-Modified-Since: 2023-11-14"}) == "range");
  CHECK(evaluate(kStrong, {"If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT"}) == "304");
  CHECK(evaluate(kTagOnly, {"If-Modified-Since: " + kNewer}) == "range");
  CHECK(evaluate(kWeak, {"If-None-Match: \"x\"", "If-Modified-Since: " + kNewer}) == "range");
  CHECK(evaluate(kWeak, {"If-None-Match: \"abc\"", "If-Modified-Since: " + kOlder}) == "304");
  CHECK(evaluate(kWeak, {"If-None-Match:", "If-Modified-Since: " + kSame}) == "304");
}

TEST_CASE("a failed precondition comes before a validated cache") {
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: " + kOlder, "If-None-Match: *"}) == "412");
  CHECK(evaluate(kStrong, {"If-Unmodified-Since: " + kNewer, "If-None-Match: *"}) == "304");
  CHECK(evaluate(kStrong, {"If-None-Match: *", "If-Match: \"x\""}) == "412");
}

TEST_CASE("If-Range wants the same strong tag or exactly the same date") {
  const std::string range = "Range: bytes=0-1";
  CHECK(evaluate(kStrong, {range, "If-Range: \"abc\""}) == "range");
  CHECK(evaluate(kStrong, {range, "If-Range: " + kSame}) == "range");
  CHECK(evaluate(kStrong, {range, "If-Range:"}) == "range");
  for (const std::string &condition :
       {std::string("\"x\""), std::string("W/\"abc\""), std::string("\"abc\", \"abc\""),
        std::string("abc"), std::string("*"), std::string("\""), kOlder, kNewer,
        std::string("2023-11-14T22:13:20Z"), std::string("garbage")}) {
    CAPTURE(condition);
    CHECK(evaluate(kStrong, {range, "If-Range: " + condition}) == "whole");
  }
  CHECK(evaluate(kWeak, {range, "If-Range: W/\"abc\""}) == "whole");
  CHECK(evaluate(kWeak, {range, "If-Range: \"abc\""}) == "whole");
  CHECK(evaluate(kWeak, {range, "If-Range: " + kSame}) == "range");
  CHECK(evaluate(kTagOnly, {range, "If-Range: " + kSame}) == "whole");
  CHECK(evaluate(kNothing, {range, "If-Range: \"\""}) == "whole");
}

TEST_CASE("HEAD is conditional like GET, nothing else is") {
  CHECK(evaluate(kStrong, {"If-None-Match: *"}, "HEAD") == "304");
  for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    CHECK(evaluate(kStrong, {"If-None-Match: *"}, method) == "whole");
    CHECK(evaluate(kStrong, {"If-Match: \"x\""}, method) == "whole");
    CHECK(evaluate(kStrong, {"Range: bytes=0-1"}, method) == "whole");
  }
}

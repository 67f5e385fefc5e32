// SPDX-License-Identifier: MIT
//
// HTTP dates: the three formats of RFC 9110 section 5.6.7, ISO 8601, and everything that is
// neither.
#include <files/HttpDate.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

using namespace uwk;

namespace {

constexpr int64_t kNow = 1800000000; // January 2027
constexpr int64_t kNone = INT64_MIN;

// From an exact heap block, so that the sanitizer sees a byte too many.
int64_t http(const std::string &text, int64_t now = kNow) {
  const std::string exact(text);
  int64_t seconds = kNone;
  const bool ok = parseHttpDate({exact.data(), exact.size()}, now, seconds);
  CHECK(ok == (seconds != kNone));
  return seconds;
}

int64_t iso(const std::string &text) {
  int64_t seconds = kNone;
  const bool ok = parseIsoDate(text, seconds);
  CHECK(ok == (seconds != kNone));
  return seconds;
}

std::string format(int64_t seconds) {
  std::string text(kHttpDateSize, '#');
  formatHttpDate(seconds, text.data());
  return text;
}

} // namespace

TEST_CASE("the same moment in the three formats") {
  CHECK(http("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(http("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
  CHECK(http("Sun Nov  6 08:49:37 1994") == 784111777);
}

TEST_CASE("letters of any case, a wrong weekday, a day of one digit and a leap second are taken") {
  CHECK(http("SUN, 06 nov 1994 08:49:37 gmt") == 784111777);
  CHECK(http("Mon, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(http("Sun, 6 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(http("Sun, 06-Nov-1994 08:49:37 GMT") == 784111777);
  CHECK(http("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
  CHECK(http("  Sun, 06 Nov 1994 08:49:37 GMT\t") == 784111777);
}

TEST_CASE("two digits of a year mean at most fifty years ahead") {
  CHECK(http("Friday, 01-Jan-77 00:00:00 GMT") == 3376684800); // 2077, exactly 50 ahead
  CHECK(http("Sunday, 01-Jan-78 00:00:00 GMT") == 252460800);  // 1978
  CHECK(http("Saturday, 01-Jan-27 00:00:00 GMT") == 1798761600);
  CHECK(http("Saturday, 01-Jan-00 00:00:00 GMT") == 946684800);
  // From 2090, "10" is 2110.
  CHECK(http("Wednesday, 01-Jan-10 00:00:00 GMT", 3800000000) == 4417977600);
  CHECK(http("Saturday, 01-Jan-00 00:00:00 GMT", INT64_MAX) != kNone);
  CHECK(http("Saturday, 01-Jan-00 00:00:00 GMT", INT64_MIN) != kNone);
}

TEST_CASE("the calendar counts") {
  CHECK(http("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800);
  CHECK(http("Wed, 29 Feb 2023 00:00:00 GMT") == kNone);
  CHECK(http("Thu, 29 Feb 1900 00:00:00 GMT") == kNone);
  CHECK(http("Tue, 29 Feb 2000 00:00:00 GMT") == 951782400);
  CHECK(http("Fri, 31 Nov 2023 00:00:00 GMT") == kNone);
  CHECK(http("Fri, 00 Nov 2023 00:00:00 GMT") == kNone);
  CHECK(http("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(http("Wed, 31 Dec 1969 23:59:59 GMT") == -1);
  CHECK(http("Sat, 01 Jan 0000 00:00:00 GMT") == -62167219200);
  CHECK(http("Fri, 31 Dec 9999 23:59:59 GMT") == 253402300799);
}

TEST_CASE("what is not an HTTP date") {
  for (const char *text : {
           "",
           " ",
           "garbage",
           "0",
           "-1",
           "1700000000",
           "Sun",
           "Sun,",
           "Sun, ",
           "Sun, 06 Nov 1994",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 PST",
           "Sun, 06 Nov 1994 08:49:37 GMTx",
           "Sun, 06 Nov 1994 08:49:37 GMT; length=3",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1994 08:49:61 GMT",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sun, 06 Nov 1994 08.49.37 GMT",
           "Sun, 06 Nov 199 08:49:37 GMT",
           "Sun, 06 Nov 19940 08:49:37 GMT",
           "Sun, 006 Nov 1994 08:49:37 GMT",
           "Sun, -6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Foo 1994 08:49:37 GMT",
           "Sun, 06 November 1994 08:49:37 GMT",
           "Foo, 06 Nov 1994 08:49:37 GMT",
           "06 Nov 1994 08:49:37 GMT",
           "Sun,06 Nov 1994 08:49:37 GMT",
           "Sun Nov 6 1994 08:49:37",
           "Sun Nov  6 08:49:37 94",
           "Sun Nov  6 08:49:37 1994 GMT",
           "1994-11-06T08:49:37Z",
       }) {
    CAPTURE(text);
    CHECK(http(text) == kNone);
  }
  std::string nul("Sun, 06 Nov 1994 08:49:37 GMT");
  nul.push_back('\0');
  CHECK(http(nul) == kNone);
}

TEST_CASE("every prefix of a date is none") {
  for (const std::string_view date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    for (size_t size = 0; size < date.size(); ++size) {
      CHECK(http(std::string(date.substr(0, size))) == kNone);
    }
  }
}

TEST_CASE("ISO 8601 as ECMAScript writes it") {
  CHECK(iso("1994-11-06T08:49:37Z") == 784111777);
  CHECK(iso("1994-11-06t08:49:37z") == 784111777);
  CHECK(iso("1994-11-06 08:49:37") == 784111777);
  CHECK(iso("1994-11-06T08:49:37.999Z") == 784111777);
  CHECK(iso("1994-11-06T09:49:37+01:00") == 784111777);
  CHECK(iso("1994-11-06T07:19:37-01:30") == 784111777);
  CHECK(iso("1994-11-06T08:49") == 784111740);
  CHECK(iso("1994-11-06") == 784080000);
  CHECK(iso("1994-11") == 783648000);
  CHECK(iso("1994") == 757382400);
}

TEST_CASE("what is not an ISO date") {
  for (const char *text : {"",
                           "199",
                           "19940",
                           "1700000000",
                           "1994-",
                           "1994-13",
                           "1994-00",
                           "1994-11-31",
                           "1994-11-6",
                           "1994-11-06T",
                           "1994-11-06T08",
                           "1994-11-06T08:49:",
                           "1994-11-06T08:49:37.",
                           "1994-11-06T08:49:37.Z",
                           "1994-11-06T24:00:00Z",
                           "1994-11-06T08:49:37+1:00",
                           "1994-11-06T08:49:37+24:00",
                           "1994-11-06T08:49:37+0100",
                           "1994-11-06T08:49:37Zx",
                           "19941106T084937Z",
                           "+1994-11-06",
                           "-1994-11-06"}) {
    CAPTURE(text);
    CHECK(iso(text) == kNone);
  }
}

TEST_CASE("formatting agrees with the C library and is read back") {
  for (int64_t seconds :
       {int64_t{0}, int64_t{-1}, int64_t{784111777}, int64_t{951782400}, int64_t{1709164799},
        int64_t{4102444800}, int64_t{253402300799}, int64_t{-62135596800}}) {
    for (int64_t step : {int64_t{0}, int64_t{86399}, int64_t{-86400}, int64_t{12345}}) {
      const auto moment = static_cast<time_t>(seconds + step);
      if (moment > 253402300799 || moment < -62135596800) {
        continue;
      }
      std::tm parts{};
      gmtime_r(&moment, &parts);
      char expected[64];
      std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &parts);
      // strftime does not pad years.
      if (parts.tm_year + 1900 >= 1000) {
        CHECK(format(moment) == expected);
      }
      CHECK(http(format(moment)) == moment);
    }
  }
}

TEST_CASE("times that the form cannot express become the nearest one it can") {
  CHECK(format(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(format(253402300800) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(format(INT64_MIN) == "Sat, 01 Jan 0000 00:00:00 GMT");
}

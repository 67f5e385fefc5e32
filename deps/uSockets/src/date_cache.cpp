// SPDX-License-Identifier: MIT
//
// IMF-fixdate by hand: strftime depends on the locale, which belongs to the host process.
#include "date_cache.h"

#include <cstring>
#include <ctime>

namespace usk {
namespace {

constexpr char kDays[] = "SunMonTueWedThuFriSat";
constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void twoDigits(char *to, int value) {
  to[0] = static_cast<char>('0' + value / 10 % 10);
  to[1] = static_cast<char>('0' + value % 10);
}

} // namespace

void DateCache::format(int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  const int year = utc.tm_year + 1900;
  std::memcpy(text_, "ddd, 00 mmm 0000 00:00:00 GMT", kSize);
  std::memcpy(text_, kDays + utc.tm_wday * 3, 3);
  twoDigits(text_ + 5, utc.tm_mday);
  std::memcpy(text_ + 8, kMonths + utc.tm_mon * 3, 3);
  twoDigits(text_ + 12, year / 100);
  twoDigits(text_ + 14, year % 100);
  twoDigits(text_ + 17, utc.tm_hour);
  twoDigits(text_ + 20, utc.tm_min);
  twoDigits(text_ + 23, utc.tm_sec);
  seconds_ = seconds;
}

} // namespace usk

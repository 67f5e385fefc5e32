// SPDX-License-Identifier: MIT
//
// HTTP dates (RFC 9110 section 5.6.7) and the ISO 8601 ones of ECMAScript, as seconds since the
// epoch. Pure: no locale, no allocation, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

// IMF-fixdate, RFC 850 or asctime. `now` decides the century of a two-digit year: more than 50
// years ahead means the past one. The name of the weekday is not compared with the date, and
// letters may have any case. False for anything else; `seconds` is left alone then.
[[nodiscard]] bool parseHttpDate(std::string_view text, int64_t now, int64_t &seconds);

// YYYY, YYYY-MM or YYYY-MM-DD, the last one optionally with a time of day: THH:MM, seconds,
// fraction (dropped), and Z or an offset. Without an offset the time is UTC.
[[nodiscard]] bool parseIsoDate(std::string_view text, int64_t &seconds);

inline constexpr size_t kHttpDateSize = 29;
// Writes an IMF-fixdate of kHttpDateSize bytes. Times outside the years 0 to 9999, which the form
// cannot express, become the nearest one inside.
void formatHttpDate(int64_t seconds, char *out);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// A cursor over the text takes one element after the other and remembers the first failure, so that
// the three formats read like their grammar.
#include "HttpDate.h"

#include "../http/CharTables.h"

#include <algorithm>
#include <chrono>

namespace uwk {

namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kWeekdays = "SunMonTueWedThuFriSat";
constexpr int64_t kSecondsPerDay = 86400;
constexpr int kYearsAhead = 50;

class Cursor {
public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  [[nodiscard]] size_t left() const { return rest_.size(); }
  [[nodiscard]] bool at(char c) const { return !rest_.empty() && rest_.front() == c; }

  // One of the characters of `set`.
  void one(std::string_view set) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
    } else {
      rest_.remove_prefix(1);
    }
  }
  // At least one space.
  void spaces() {
    one(" ");
    while (at(' ')) {
      rest_.remove_prefix(1);
    }
  }
  void word(std::string_view expected) {
    if (!chars::equalsIgnoreCase(rest_.substr(0, expected.size()), expected)) {
      ok_ = false;
    } else {
      rest_.remove_prefix(expected.size());
    }
  }
  std::string_view letters() {
    size_t count = 0;
    while (count < rest_.size() && chars::lower(rest_[count]) >= 'a' &&
           chars::lower(rest_[count]) <= 'z') {
      ++count;
    }
    std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }
  // Between `least` and `most` digits, and no further digit behind them.
  int number(size_t least, size_t most) {
    int value = 0;
    size_t count = 0;
    while (count < rest_.size() && chars::is(rest_[count], chars::kDigit)) {
      if (++count > most) {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (rest_[count - 1] - '0');
    }
    rest_.remove_prefix(count);
    ok_ = ok_ && count >= least;
    digits_ = count;
    return value;
  }
  // How many the last number had.
  [[nodiscard]] size_t digits() const { return digits_; }
  void fail() { ok_ = false; }

private:
  std::string_view rest_;
  size_t digits_ = 0;
  bool ok_ = true;
};

// Index of a three-letter name in a table of them, or -1.
int indexIn(std::string_view table, std::string_view name) {
  for (size_t at = 0; at < table.size(); at += 3) {
    if (chars::equalsIgnoreCase(table.substr(at, 3), name)) {
      return static_cast<int>(at / 3);
    }
  }
  return -1;
}

int month(Cursor &cursor) {
  int index = indexIn(kMonths, cursor.letters());
  if (index < 0) {
    cursor.fail();
  }
  return index + 1;
}

struct Fields {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

bool toSeconds(const Fields &fields, int64_t &seconds) {
  using namespace std::chrono;
  const year_month_day date{year{fields.year}, std::chrono::month{unsigned(fields.month)},
                            std::chrono::day{unsigned(fields.day)}};
  // Second 60 is a leap second: the grammar has it, time_t counts it as the next one.
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60) {
    return false;
  }
  seconds = int64_t{sys_days{date}.time_since_epoch().count()} * kSecondsPerDay +
            int64_t{fields.hour} * 3600 + int64_t{fields.minute} * 60 + fields.second;
  return true;
}

void timeOfDay(Cursor &cursor, Fields &fields) {
  fields.hour = cursor.number(2, 2);
  cursor.one(":");
  fields.minute = cursor.number(2, 2);
  cursor.one(":");
  fields.second = cursor.number(2, 2);
}

// RFC 9110 section 5.6.7: the year that is most recent in the past when it would be more than 50
// years in the future.
int fullYear(int twoDigits, int64_t now) {
  using namespace std::chrono;
  const sys_days today{days{std::clamp<int64_t>(now / kSecondsPerDay, 0, 2932896)}};
  const int current = int{year_month_day{today}.year()};
  int year = current - current % 100 + twoDigits;
  // The nearest century in which it lies at most 50 years ahead, and less than 50 behind.
  if (year > current + kYearsAhead) {
    year -= 100;
  } else if (year <= current + kYearsAhead - 100) {
    year += 100;
  }
  return year;
}

// After "Sun, ": "06 Nov 1994 08:49:37 GMT", or with '-' and two digits of the year (RFC 850).
bool parseDayFirst(Cursor &cursor, int64_t now, int64_t &seconds) {
  Fields fields;
  fields.day = cursor.number(1, 2);
  cursor.one(" -");
  fields.month = month(cursor);
  cursor.one(" -");
  fields.year = cursor.number(2, 4);
  if (cursor.digits() == 2) {
    fields.year = fullYear(fields.year, now);
  } else if (cursor.digits() != 4) {
    return false;
  }
  cursor.spaces();
  timeOfDay(cursor, fields);
  cursor.spaces();
  cursor.word("GMT");
  return cursor.done() && toSeconds(fields, seconds);
}

// After "Sun ": "Nov  6 08:49:37 1994".
bool parseMonthFirst(Cursor &cursor, int64_t &seconds) {
  Fields fields;
  fields.month = month(cursor);
  cursor.spaces();
  fields.day = cursor.number(1, 2);
  cursor.spaces();
  timeOfDay(cursor, fields);
  cursor.spaces();
  fields.year = cursor.number(4, 4);
  return cursor.done() && toSeconds(fields, seconds);
}

bool isWeekday(std::string_view name) {
  if (name.size() == 3) {
    return indexIn(kWeekdays, name) >= 0;
  }
  constexpr std::string_view kFull[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
  return std::any_of(std::begin(kFull), std::end(kFull),
                     [name](std::string_view full) { return chars::equalsIgnoreCase(full, name); });
}

// "Z", "+01:00", "-0130" or nothing, as seconds to be subtracted.
int64_t offset(Cursor &cursor) {
  if (cursor.at('Z') || cursor.at('z')) {
    cursor.one("Zz");
    return 0;
  }
  if (cursor.left() == 0) {
    return 0;
  }
  const bool behind = cursor.at('-');
  cursor.one("+-");
  const int hours = cursor.number(2, 2);
  cursor.one(":");
  const int minutes = cursor.number(2, 2);
  if (hours > 23 || minutes > 59) {
    cursor.fail();
  }
  const int64_t value = int64_t{hours} * 3600 + int64_t{minutes} * 60;
  return behind ? -value : value;
}

char *putTwo(char *out, unsigned value) {
  *out++ = static_cast<char>('0' + value / 10 % 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

} // namespace

bool parseHttpDate(std::string_view text, int64_t now, int64_t &seconds) {
  Cursor cursor(chars::trim(text));
  if (!isWeekday(cursor.letters())) {
    return false;
  }
  if (cursor.at(',')) {
    cursor.one(",");
    cursor.spaces();
    return parseDayFirst(cursor, now, seconds);
  }
  cursor.spaces();
  return parseMonthFirst(cursor, seconds);
}

bool parseIsoDate(std::string_view text, int64_t &seconds) {
  Cursor cursor(chars::trim(text));
  Fields fields;
  int64_t shift = 0;
  fields.year = cursor.number(4, 4);
  if (cursor.at('-')) {
    cursor.one("-");
    fields.month = cursor.number(2, 2);
    if (cursor.at('-')) {
      cursor.one("-");
      fields.day = cursor.number(2, 2);
      if (cursor.left() > 0) {
        cursor.one("Tt ");
        fields.hour = cursor.number(2, 2);
        cursor.one(":");
        fields.minute = cursor.number(2, 2);
        if (cursor.at(':')) {
          cursor.one(":");
          fields.second = cursor.number(2, 2);
          if (cursor.at('.')) {
            cursor.one(".");
            cursor.number(1, 9);
          }
        }
        shift = offset(cursor);
      }
    }
  }
  int64_t found = 0;
  if (!cursor.done() || !toSeconds(fields, found)) {
    return false;
  }
  seconds = found - shift;
  return true;
}

void formatHttpDate(int64_t seconds, char *out) {
  using namespace std::chrono;
  constexpr int64_t kFirst = sys_days{year{0} / January / 1}.time_since_epoch().count();
  constexpr int64_t kLast = sys_days{year{9999} / December / 31}.time_since_epoch().count();
  seconds = std::clamp(seconds, kFirst * kSecondsPerDay, (kLast + 1) * kSecondsPerDay - 1);
  const int64_t dayCount =
      seconds >= 0 ? seconds / kSecondsPerDay : (seconds - (kSecondsPerDay - 1)) / kSecondsPerDay;
  const auto inDay = static_cast<unsigned>(seconds - dayCount * kSecondsPerDay);
  const sys_days day{days{dayCount}};
  const year_month_day date{day};
  const auto year = static_cast<unsigned>(int{date.year()});

  const size_t name = weekday{day}.c_encoding() * 3u;
  out = std::copy_n(kWeekdays.data() + name, 3, out);
  *out++ = ',';
  *out++ = ' ';
  out = putTwo(out, unsigned{date.day()});
  *out++ = ' ';
  out = std::copy_n(kMonths.data() + (unsigned{date.month()} - 1) * 3u, 3, out);
  *out++ = ' ';
  out = putTwo(putTwo(out, year / 100), year % 100);
  *out++ = ' ';
  out = putTwo(out, inDay / 3600);
  *out++ = ':';
  out = putTwo(out, inDay / 60 % 60);
  *out++ = ':';
  out = putTwo(out, inDay % 60);
  std::copy_n(" GMT", 4, out);
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The value of the Date field (RFC 9110 5.6.7, IMF-fixdate), formatted at most once a second and
// only when somebody asks: no timer is needed for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usk {

class DateCache {
public:
  static constexpr size_t kSize = 29;

  // `seconds` since the epoch. The view changes in place with later calls.
  [[nodiscard]] std::string_view at(int64_t seconds) {
    if (seconds != seconds_) {
      format(seconds);
    }
    return {text_, kSize};
  }

private:
  void format(int64_t seconds);

  int64_t seconds_ = -1;
  char text_[kSize] = {};
};

} // namespace usk

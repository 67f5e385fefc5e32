// SPDX-License-Identifier: MIT
//
// Server names to entries. A pure table: exact names first, then a wildcard for the first label
// (RFC 6125 section 6.4.3). No state but the table.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace usk {

class ServerNames {
public:
  // The later one of two equal names counts.
  void add(std::string_view name, size_t entry);
  // 0, the default entry, when nothing matches. Case and one final dot do not matter.
  [[nodiscard]] size_t find(std::string_view name) const;

private:
  // Longer ones are no host names (RFC 1035 section 2.3.4).
  static constexpr size_t kMaxName = 255;

  std::unordered_map<std::string, size_t> entries_;
};

} // namespace usk

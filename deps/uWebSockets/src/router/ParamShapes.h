// SPDX-License-Identifier: MIT
//
// Ordered parameter names as small integers. Routes with the same names in the same order have one
// shape, so the embedder needs one params class (one hidden class in V8) per shape, not per route.
// Shape 0 is always the empty one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace uwk {

class ParamShapes {
public:
  ParamShapes();

  // The shape of `names`, a new one at first sight.
  uint32_t intern(const std::vector<std::string> &names);

  [[nodiscard]] std::span<const std::string> names(uint32_t shape) const { return names_[shape]; }
  [[nodiscard]] size_t size() const { return names_.size(); }
  // "(id, post)"; "()" for shape 0.
  [[nodiscard]] std::string describe(uint32_t shape) const;

private:
  std::map<std::vector<std::string>, uint32_t> ids_;
  std::vector<std::vector<std::string>> names_;
};

} // namespace uwk

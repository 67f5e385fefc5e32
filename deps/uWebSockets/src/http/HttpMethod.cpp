// SPDX-License-Identifier: MIT
//
// Method names and back. The list is in the header, common methods first: the search ends early for
// them, and the parser knows GET without asking.
#include "HttpMethod.h"

#include <array>
#include <cstddef>

namespace uwk {

namespace {

constexpr std::array kNames = {
#define UWK_METHOD_NAME(name, text) std::string_view(text),
    UWK_METHODS(UWK_METHOD_NAME)
#undef UWK_METHOD_NAME
};

static_assert(kNames.size() == static_cast<size_t>(Method::Unknown));

} // namespace

std::string_view methodName(Method method) {
  const auto index = static_cast<size_t>(method);
  return index < kNames.size() ? kNames[index] : std::string_view("UNKNOWN");
}

Method methodFromName(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); i++) {
    if (kNames[i] == name) {
      return static_cast<Method>(i);
    }
  }
  return Method::Unknown;
}

} // namespace uwk

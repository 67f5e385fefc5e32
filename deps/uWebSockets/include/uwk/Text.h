// SPDX-License-Identifier: MIT
//
// Text checks for embedders: SIMD where the build has it (src/text/Utf8.cpp).
#pragma once

#include <string_view>

namespace uwk {

[[nodiscard]] bool isAscii(std::string_view bytes);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Reason phrases (behaviours 1.14). A custom statusText never reaches the wire, so this is all
// there is.
#pragma once

#include <string_view>

namespace uwk {

// The phrase Bun 1.4.5 sends; "HM" for a status it has no phrase for.
[[nodiscard]] std::string_view reasonPhrase(unsigned status);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The text checks that embedders may use.
#include "Utf8.h"

#include <uwk/Text.h>

namespace uwk {

bool isAscii(std::string_view bytes) { return text::isAscii(bytes); }

} // namespace uwk

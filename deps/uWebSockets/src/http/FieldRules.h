// SPDX-License-Identifier: MIT
//
// What the values of the fields that steer the connection mean, and which of them are refused:
// Host, Connection, Content-Length, Transfer-Encoding, Expect. Knows nothing of bytes on the wire.
#pragma once

#include "HttpErrors.h"
#include "HttpParser.h"

#include <string_view>

namespace uwk {

// Applies one field to `head`, whose request line is known. Until the head is complete
// `head.upgrade` means "Connection lists upgrade".
[[nodiscard]] HttpError applyField(HttpHead &head, KnownHeader header, std::string_view value);

// The rules that need all fields. `hostGiven`: the target was in absolute form and set `head.host`.
[[nodiscard]] HttpError applyWholeHead(HttpHead &head, bool hostGiven);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The request target in its four forms (RFC 9112 section 3.2) and whether the URL standard would
// rewrite it. Knows nothing of fields and versions.
#pragma once

#include "HttpParser.h"

#include <cstdint>

namespace uwk {

enum class TargetStatus : uint8_t { Complete, Partial, Bad };

// Reads a target at `at`, up to but not including the byte that ends it: SP, or CR when the version
// is missing. Needs head.method; sets target, path, query, needsNormalising, and host for the
// absolute form (elsewhere host is left alone).
[[nodiscard]] TargetStatus parseTarget(const char *&at, const char *end, HttpHead &head);

} // namespace uwk

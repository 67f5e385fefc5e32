// SPDX-License-Identifier: MIT
//
// A part of a file as JavaScript names it: a path or a descriptor, the first byte, and the end.
#pragma once

#include <node_api.h>
#include <uwk/FileResponse.h>

namespace addon {

// `end`: exclusive, -1 for the end of the file. False for a path that cannot be one.
[[nodiscard]] bool readFilePart(napi_env env, napi_value file, napi_value start, napi_value end,
                                uwk::FilePart &part);

} // namespace addon

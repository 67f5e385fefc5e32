// SPDX-License-Identifier: MIT
//
// The head of a directory route's response, in Bun's order: Date first, then what is known of the
// file, then what is being sent of it (behaviours 8.21, 8.22).
#pragma once

#include "DirectoryRoute.h"

#include <uwk/Exchange.h>

#include <string>
#include <string_view>

namespace uwk {

struct DirectoryReply {
  ResponseHead head;          // its fields are in `text`
  int64_t contentLength = -1; // -1: it is among the fields, or there is none
};

[[nodiscard]] DirectoryReply directoryReply(const DirectoryAnswer &answer, const HttpHead &request,
                                            std::string_view date, std::string &text);

} // namespace uwk

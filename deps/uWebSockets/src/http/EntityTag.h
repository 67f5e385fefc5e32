// SPDX-License-Identifier: MIT
//
// Entity tags (RFC 9110 section 8.8.3): comparison of one tag with an If-Match or If-None-Match
// list, and the tag of a body: XXH64 with seed 0 as 16 hexadecimal digits, as Bun makes them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

enum class TagComparison : uint8_t { Weak, Strong };

// True for "*" and when a member of `list` equals `tag`. Members that are not quoted are ignored.
[[nodiscard]] bool entityTagListMatches(std::string_view list, std::string_view tag,
                                        TagComparison comparison);

[[nodiscard]] uint64_t xxh64(std::string_view bytes);
// Quoted, ready for an ETag field.
[[nodiscard]] std::string makeEntityTag(std::string_view body);

} // namespace uwk

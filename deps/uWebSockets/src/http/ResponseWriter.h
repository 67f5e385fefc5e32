// SPDX-License-Identifier: MIT
//
// Formats response heads. Knows bytes only: no socket, no exchange. The order of lines is Bun's:
// status line, application fields, Date, Content-Length (behaviours 1.2).
#pragma once

#include <uwk/Exchange.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

void appendStatusLine(std::string &out, unsigned status);

// Statuses whose responses never have a body (RFC 9110 section 6.4.1; 205 by section 15.3.6).
[[nodiscard]] constexpr bool statusHasNoBody(uint16_t status) {
  return status == 204 || status == 304 || status == 205 || status < 200;
}

// Upper bound of what writeHead() needs for this head.
[[nodiscard]] size_t headCapacity(const ResponseHead &head);
// Writes the whole head, blank line included; returns the bytes written. `length` is the value of
// Content-Length, -1 for none. `date` is the current IMF-fixdate, empty for no Date line.
size_t writeHead(char *out, const ResponseHead &head, int64_t length, std::string_view date);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Validity of `uri-host [ ":" port ]` (RFC 9110 section 7.2, RFC 3986 section 3.2.2), the value of
// Host and the authority of a request target. Pure; resolves and decodes nothing.
#pragma once

#include <string_view>

namespace uwk {

struct HostCheck {
  bool valid = false;
  // `new URL("http://" + host)` would keep it as it is. False also where only the URL parser can
  // tell: IPv6, percent-encoding, sub-delims, numeric last labels that are not dotted quads, "--".
  // Such a host may still be one the URL parser refuses.
  bool canonical = false;
  bool hasPort = false; // ":" with at least one digit
};

// The host alone: no port, no brackets.
[[nodiscard]] std::string_view withoutPort(std::string_view authority);

// The empty string is not valid, nor are userinfo and zone ids. As in the parser, 16 readable bytes
// must follow the authority.
[[nodiscard]] HostCheck checkHost(std::string_view authority);

} // namespace uwk

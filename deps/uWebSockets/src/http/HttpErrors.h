// SPDX-License-Identifier: MIT
//
// Everything a peer can do wrong before a handler is involved, and the canned bytes it gets. The
// wording and the minimal header block are Bun 1.4.5's (behaviours 3.11, 4.2, 4.3, 11.2, 11.3).
#pragma once

#include <cstdint>
#include <string_view>

namespace uwk {

enum class HttpError : uint8_t {
  None,
  BadRequest,          // 400: syntax of the request line, a field or the framing
  PayloadTooLarge,     // 413: chunked body or chunk extensions over the limit
  EntityTooLarge,      // 413: declared Content-Length over the limit
  ExpectationFailed,   // 417
  Misdirected,         // 421: the connection was made for another host, see usk/tls.h
  HeadTooLarge,        // 431: bytes or number of fields
  MethodNotAllowed,    // 405: TRACE
  UpgradeRequired,     // 426: a WebSocket of another version
  NotImplemented,      // 501: unknown method, CONNECT
  VersionNotSupported, // 505
  Count
};

// The complete response, `Connection: close` included.
[[nodiscard]] std::string_view cannedResponse(HttpError error);
[[nodiscard]] uint16_t statusOf(HttpError error);
[[nodiscard]] std::string_view toString(HttpError error);

} // namespace uwk

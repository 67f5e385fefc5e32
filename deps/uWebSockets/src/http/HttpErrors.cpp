// SPDX-License-Identifier: MIT
//
// The canned answers, byte for byte what Bun 1.4.5 sends: no Date, no Content-Length, no body; the
// connection closes after them.
#include "HttpErrors.h"

#include <array>
#include <cstddef>

namespace uwk {

namespace {

struct Canned {
  uint16_t status;
  std::string_view name;
  std::string_view response;
};

#define UWK_CANNED(status, name, phrase)                                                           \
  Canned { status, name, "HTTP/1.1 " #status " " phrase "\r\nConnection: close\r\n\r\n" }

constexpr std::array kCanned = {
    Canned{0, "None", ""},
    UWK_CANNED(400, "BadRequest", "Bad Request"),
    UWK_CANNED(413, "PayloadTooLarge", "Payload Too Large"),
    UWK_CANNED(413, "EntityTooLarge", "Request Entity Too Large"),
    UWK_CANNED(417, "ExpectationFailed", "Expectation Failed"),
    UWK_CANNED(421, "Misdirected", "Misdirected Request"),
    UWK_CANNED(431, "HeadTooLarge", "Request Header Fields Too Large"),
    UWK_CANNED(405, "MethodNotAllowed", "Method Not Allowed"),
    Canned{426, "UpgradeRequired",
           "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n"
           "Connection: close\r\n\r\n"},
    UWK_CANNED(501, "NotImplemented", "Not Implemented"),
    UWK_CANNED(505, "VersionNotSupported", "HTTP Version Not Supported"),
};

#undef UWK_CANNED

static_assert(kCanned.size() == static_cast<size_t>(HttpError::Count));

const Canned &entry(HttpError error) {
  const auto index = static_cast<size_t>(error);
  return kCanned[index < kCanned.size() ? index : 0];
}

} // namespace

std::string_view cannedResponse(HttpError error) { return entry(error).response; }

uint16_t statusOf(HttpError error) { return entry(error).status; }

std::string_view toString(HttpError error) { return entry(error).name; }

} // namespace uwk

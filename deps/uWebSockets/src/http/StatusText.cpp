// SPDX-License-Identifier: MIT
//
// The IANA status code registry in Bun 1.4.5's wording, read off the wire of that binary for every
// status from 200 to 599; 1xx, which it sends by itself only, from RFC 9110 and its neighbours.
#include "StatusText.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace uwk {

namespace {

struct Phrase {
  uint16_t status;
  std::string_view text;
};

constexpr Phrase kPhrases[] = {
    {0, "HM"}, // stands for every status not listed
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {306, "Switch Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a Teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Entity"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {510, "Not Extended"},
    {511, "Network Authentication Required"},
};

constexpr unsigned kStatusEnd = 600;

// Status -> index in kPhrases: bytes, because 600 string_views would be 9.6 KB of relocations.
constexpr std::array<uint8_t, kStatusEnd> makeIndex() {
  std::array<uint8_t, kStatusEnd> index{};
  for (size_t i = 1; i < std::size(kPhrases); i++) {
    index[kPhrases[i].status] = static_cast<uint8_t>(i);
  }
  return index;
}

constexpr std::array<uint8_t, kStatusEnd> kIndex = makeIndex();

} // namespace

std::string_view reasonPhrase(unsigned status) {
  return kPhrases[status < kStatusEnd ? kIndex[status] : 0].text;
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Strict HTTP/1.1 and 1.0 request head parser (RFC 9112). Pure: bytes in, views out; no I/O, no
// allocation, no state between calls. The caller keeps the bytes of a partial head and calls again
// with all of them once more have arrived.
#pragma once

#include "HttpErrors.h"
#include "HttpMethod.h"

#include <uwk/Limits.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

struct HeaderField {
  std::string_view name;  // as on the wire
  std::string_view value; // without surrounding SP and HTAB
};

// Fields the server itself needs; found while parsing so that nobody searches for them.
enum class KnownHeader : uint8_t {
  Host,
  Connection,
  ContentLength,
  TransferEncoding,
  Expect,
  Upgrade,
  ContentType,
  Cookie,
  IfNoneMatch,
  IfMatch,
  IfModifiedSince,
  IfUnmodifiedSince,
  IfRange,
  Range,
  AcceptEncoding,
  SecWebSocketKey,
  SecWebSocketVersion,
  SecWebSocketProtocol,
  SecWebSocketExtensions,
  Count
};

enum class BodyFraming : uint8_t { None, Length, Chunked };

struct HttpHead {
  Method method = Method::Unknown;
  uint8_t minorVersion = 1;
  BodyFraming framing = BodyFraming::None;
  bool close = false;          // the connection ends after this response (Connection: close or 1.0)
  bool expectContinue = false; // Expect: 100-continue on HTTP/1.1
  bool upgrade = false;        // an Upgrade field and a Connection field that lists "upgrade"
  // `new URL("http://" + host + path + "?" + query).href` would differ from that string: dot
  // segments, backslashes, characters the URL standard escapes, or a host it would rewrite (or
  // refuse). Never false when it would; now and then true when it would not. The path "*" is the
  // reader's own business.
  bool needsNormalising = false;
  uint64_t contentLength = 0;

  std::string_view target; // as on the wire
  // Raw; always starts with '/', or is "*" (OPTIONS) or the CONNECT authority. The "/" of
  // "http://host?q" is not on the wire, so path and query need not be neighbours.
  std::string_view path;
  std::string_view query; // after '?', without it; data() is null when there is no '?'
  std::string_view host;  // authority of an absolute-form target, else the Host field's value

  uint32_t size = 0; // bytes of the head, blank line included
  uint32_t headerCount = 0;
  std::array<HeaderField, Limits::kMaxHeaders> headers;
  // Index + 1 of the first field of each known name, 0 = absent.
  std::array<uint8_t, size_t(KnownHeader::Count)> known;

  [[nodiscard]] const HeaderField *find(KnownHeader header) const {
    const uint8_t first = known[static_cast<size_t>(header)];
    return first == 0 ? nullptr : &headers[first - 1u];
  }
  // Case-insensitive; the first field of that name.
  [[nodiscard]] const HeaderField *find(std::string_view name) const;
  // Its value; `count` gets the number of fields of that name.
  [[nodiscard]] std::string_view find(std::string_view name, size_t &count) const;
};

enum class ParseStatus : uint8_t { Complete, Partial, Error };

struct ParseResult {
  ParseStatus status;
  HttpError error; // for ParseStatus::Error
  // Complete: the bytes consumed (leading CRLF tolerated by RFC 9112 section 2.2 included).
  uint32_t consumed;
};

// Parses one head at `data`. At least 16 readable bytes must follow data[size - 1]; their content
// does not matter. `head` is valid only for Complete and only while the bytes live.
[[nodiscard]] ParseResult parseHead(const char *data, size_t size, HttpHead &head);

} // namespace uwk

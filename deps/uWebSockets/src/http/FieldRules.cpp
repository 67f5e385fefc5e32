// SPDX-License-Identifier: MIT
//
// Framing is decided here and nowhere else (RFC 9112 section 6). Whatever two implementations could
// read in two ways is refused: that is the whole defence against request smuggling.
#include "FieldRules.h"

#include "CharTables.h"
#include "HeaderNames.h"
#include "HostName.h"

#include <cstddef>

namespace uwk {

namespace {

// Visits the non-empty members of a comma-separated list (RFC 9110 section 5.6.1).
template <typename Visit> void forEachMember(std::string_view list, Visit visit) {
  for (;;) {
    const size_t comma = list.find(',');
    const std::string_view member = chars::trim(list.substr(0, comma));
    if (!member.empty()) {
      visit(member);
    }
    if (comma == std::string_view::npos) {
      return;
    }
    list.remove_prefix(comma + 1);
  }
}

// A second Content-Length is refused even if identical (RFC 9112 section 6.3 allows both), and so
// is a field beside Transfer-Encoding.
HttpError applyContentLength(HttpHead &head, std::string_view value) {
  if (head.framing != BodyFraming::None || value.empty()) {
    return HttpError::BadRequest;
  }
  uint64_t length = 0;
  for (const char c : value) {
    if (!chars::is(c, chars::kDigit)) {
      return HttpError::BadRequest;
    }
    const auto digit = static_cast<uint64_t>(c - '0');
    if (length > (Limits::kMaxBodyLength - digit) / 10) {
      return HttpError::BadRequest;
    }
    length = length * 10 + digit;
  }
  head.framing = BodyFraming::Length;
  head.contentLength = length;
  return HttpError::None;
}

// Exactly one `chunked` in one field. HTTP/1.0 has no transfer codings: a message with one is
// treated as faulty framing (RFC 9112 section 6.1).
HttpError applyTransferEncoding(HttpHead &head, std::string_view value) {
  if (head.framing != BodyFraming::None || head.minorVersion == 0) {
    return HttpError::BadRequest;
  }
  unsigned chunked = 0;
  unsigned others = 0;
  forEachMember(value, [&](std::string_view member) {
    (chars::equalsIgnoreCase(member, "chunked") ? chunked : others)++;
  });
  if (chunked != 1 || others != 0) {
    return HttpError::BadRequest;
  }
  head.framing = BodyFraming::Chunked;
  return HttpError::None;
}

void applyConnection(HttpHead &head, std::string_view value) {
  // What most clients send, and the default. The comparison wants a value without CR: it is one.
  if (value.size() == 10 && names::matches(value.data(), "keep-alive")) {
    return;
  }
  forEachMember(value, [&](std::string_view member) {
    if (chars::equalsIgnoreCase(member, "close")) {
      head.close = true;
    } else if (chars::equalsIgnoreCase(member, "upgrade")) {
      head.upgrade = true;
    }
  });
}

// RFC 9110 section 10.1.1: ignored from an HTTP/1.0 client. A client that expects anything else
// would take any other answer for a promise.
HttpError applyExpect(HttpHead &head, std::string_view value) {
  if (head.minorVersion == 0) {
    return HttpError::None;
  }
  bool unknown = false;
  forEachMember(value, [&](std::string_view member) {
    if (chars::equalsIgnoreCase(member, "100-continue")) {
      head.expectContinue = true;
    } else {
      unknown = true;
    }
  });
  return unknown ? HttpError::ExpectationFailed : HttpError::None;
}

} // namespace

HttpError applyField(HttpHead &head, KnownHeader header, std::string_view value) {
  switch (header) {
  case KnownHeader::Host:
    // RFC 9112 section 3.2: more than one Host is 400. The first is judged with the whole head.
    return head.known[static_cast<size_t>(header)] != 0 ? HttpError::BadRequest : HttpError::None;
  case KnownHeader::Connection:
    applyConnection(head, value);
    return HttpError::None;
  case KnownHeader::ContentLength:
    return applyContentLength(head, value);
  case KnownHeader::TransferEncoding:
    return applyTransferEncoding(head, value);
  case KnownHeader::Expect:
    return applyExpect(head, value);
  default:
    return HttpError::None;
  }
}

HttpError applyWholeHead(HttpHead &head, bool hostGiven) {
  if (const HeaderField *field = head.find(KnownHeader::Host)) {
    const HostCheck check = checkHost(field->value);
    if (!check.valid) {
      return HttpError::BadRequest;
    }
    if (!hostGiven) {
      head.host = field->value;
      head.needsNormalising |= !check.canonical;
    }
  } else if (head.minorVersion == 1) {
    return HttpError::BadRequest;
  }
  // RFC 9110 section 7.8: an Upgrade field in an HTTP/1.0 request is ignored.
  head.upgrade =
      head.upgrade && head.minorVersion == 1 && head.find(KnownHeader::Upgrade) != nullptr;
  if (head.method == Method::Trace) {
    return HttpError::MethodNotAllowed;
  }
  if (head.method == Method::Connect || head.method == Method::Unknown) {
    return HttpError::NotImplemented;
  }
  return HttpError::None;
}

} // namespace uwk

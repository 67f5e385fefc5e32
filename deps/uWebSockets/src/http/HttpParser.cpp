// SPDX-License-Identifier: MIT
//
// One pass over the head, left to right. Two invariants: a byte is judged only by itself and those
// before it, so a prefix never meets another error than the whole; nothing depends on bytes at or
// after `end_`, although the vector searches read them.
#include "HttpParser.h"

#include "CharTables.h"
#include "FieldRules.h"
#include "HeaderNames.h"
#include "HeaderScan.h"
#include "RequestTarget.h"

#include <cstring>

namespace uwk {

namespace {

static_assert(Limits::kMaxHeaders < 256, "HttpHead::known holds index + 1 in a byte");

// Steps take the position and return the next one, or null to stop: with error_ set, or because the
// input ended. The position is no member, so that it stays in a register: every store to `known`, a
// byte array, may alias a member.
class HeadParser {
public:
  HeadParser(const char *data, size_t size, HttpHead &head)
      : data_(data), end_(data + size), head_(head) {}

  ParseResult run() {
    head_.minorVersion = 1;
    head_.framing = BodyFraming::None;
    head_.close = false;
    head_.expectContinue = false;
    head_.upgrade = false;
    head_.needsNormalising = false;
    head_.contentLength = 0;
    head_.query = {};
    head_.host = {};
    head_.headerCount = 0;
    head_.known = {};

    const char *start = skipEmptyLine(data_);
    if (start == nullptr) {
      return stopped(false);
    }
    // Bytes above the limit are not looked at: they are not needed to tell that there are too many,
    // and the first error of a head must not depend on how it is split.
    const bool tooLarge = static_cast<size_t>(end_ - start) > Limits::kMaxHeadBytes;
    if (tooLarge) {
      end_ = start + Limits::kMaxHeadBytes;
    }
    const char *at = parseMethod(start);
    at = at == nullptr ? at : parseTargetPart(at);
    at = at == nullptr ? at : parseVersion(at);
    at = at == nullptr ? at : parseFields(at);
    if (at == nullptr) {
      return stopped(tooLarge);
    }
    head_.size = static_cast<uint32_t>(at - start);
    error_ = applyWholeHead(head_, hostGiven_);
    if (error_ != HttpError::None) {
      return stopped(tooLarge);
    }
    return {ParseStatus::Complete, HttpError::None, static_cast<uint32_t>(at - data_)};
  }

private:
  ParseResult stopped(bool tooLarge) const {
    if (error_ != HttpError::None) {
      return {ParseStatus::Error, error_, 0};
    }
    if (tooLarge) {
      return {ParseStatus::Error, HttpError::HeadTooLarge, 0};
    }
    return {ParseStatus::Partial, HttpError::None, 0};
  }

  const char *fail(HttpError error = HttpError::BadRequest) {
    error_ = error;
    return nullptr;
  }

  // RFC 9112 section 2.2: one CRLF before a request line is noise of broken clients. It does not
  // count as part of the head.
  const char *skipEmptyLine(const char *at) { return at < end_ && *at == '\r' ? endLine(at) : at; }

  const char *parseMethod(const char *at) {
    if (end_ - at >= 4 && std::memcmp(at, "GET ", 4) == 0) {
      head_.method = Method::Get;
      return at + 4;
    }
    const char *name = at;
    while (at < end_ && chars::is(*at, chars::kToken)) {
      at++;
    }
    if (at == end_) {
      return nullptr;
    }
    if (*at != ' ' || at == name) {
      return fail();
    }
    head_.method = methodFromName({name, static_cast<size_t>(at - name)});
    return at + 1;
  }

  const char *parseTargetPart(const char *at) {
    const TargetStatus status = parseTarget(at, end_, head_);
    if (status != TargetStatus::Complete) {
      return status == TargetStatus::Bad ? fail() : nullptr;
    }
    hostGiven_ = head_.host.data() != nullptr;
    if (*at == ' ') {
      return at + 1;
    }
    at = endLine(at); // an HTTP/0.9 request line
    return at == nullptr ? nullptr : fail(HttpError::VersionNotSupported);
  }

  const char *parseVersion(const char *at) {
    constexpr size_t kLength = 8;
    if (end_ - at >= 10 && std::memcmp(at, "HTTP/1.1\r\n", 10) == 0) {
      return at + 10;
    }
    const char *version = at;
    while (at < end_ && chars::is(*at, chars::kVisible)) {
      at++;
    }
    if (at == end_) {
      return nullptr;
    }
    const auto length = static_cast<size_t>(at - version);
    at = endLine(at);
    if (at == nullptr) {
      return nullptr;
    }
    if (length != kLength || std::memcmp(version, "HTTP/1.0", kLength) != 0) {
      return fail(HttpError::VersionNotSupported);
    }
    head_.minorVersion = 0;
    head_.close = true;
    return at;
  }

  // Fields are read without a test for the end at every byte. What stands at or after end_ is then
  // taken for part of a field; the position tells in the end, since it only grows: an error found
  // there, or a line that ends behind end_, means that the input ended. The searches stop at end_,
  // so no more than three bytes behind it are looked at.
  const char *parseFields(const char *at) {
    for (;;) {
      if (*at == '\r') {
        return endLine(at);
      }
      if (head_.headerCount == Limits::kMaxHeaders) [[unlikely]] {
        return failAt(at, HttpError::HeadTooLarge);
      }
      at = parseField(at, head_.headers[head_.headerCount]);
      if (at == nullptr) [[unlikely]] {
        return nullptr;
      }
    }
  }

  const char *failAt(const char *at, HttpError error = HttpError::BadRequest) {
    return at < end_ ? fail(error) : nullptr;
  }

  // CRLF and nothing else: a bare LF or CR is where parsers disagree.
  const char *endLine(const char *at) {
    if (at[0] != '\r') [[unlikely]] {
      return failAt(at);
    }
    if (at[1] != '\n') [[unlikely]] {
      return failAt(at + 1);
    }
    return at + 2 <= end_ ? at + 2 : nullptr;
  }

  const char *parseField(const char *at, HeaderField &field) {
    // The line's end first: the next field waits for it alone, and the processor reads this one's
    // name meanwhile. Searching from the colon instead took a third longer
    // (bench/native/parser_bench).
    const char *valueEnd = scan::find<scan::ValueRule>(at, end_);
    const char *name = at;
    at = scan::find<scan::NameRule>(at, end_);
    if (*at != ':') [[unlikely]] {
      while (at < end_ && chars::is(*at, chars::kToken)) {
        at++;
      }
    }
    // Also refuses a space before the colon and obs-fold: neither SP nor HTAB is a token character.
    if (*at != ':' || at == name) [[unlikely]] {
      return failAt(at);
    }
    const auto nameLength = static_cast<size_t>(at - name);
    if (*++at == ' ') {
      at++;
    }
    if (static_cast<uint8_t>(*at) <= ' ') [[unlikely]] {
      while (at < end_ && (*at == ' ' || *at == '\t')) {
        at++;
      }
    }
    const char *value = at;
    while (*valueEnd == '\t' && valueEnd < end_)
      [[unlikely]] { valueEnd = scan::find<scan::ValueRule>(valueEnd + 1, end_); }
    at = endLine(valueEnd);
    if (at == nullptr) [[unlikely]] {
      return nullptr;
    }
    // The colon at least precedes an empty value.
    if (static_cast<uint8_t>(valueEnd[-1]) <= ' ') [[unlikely]] {
      while (valueEnd > value && (valueEnd[-1] == ' ' || valueEnd[-1] == '\t')) {
        valueEnd--;
      }
    }
    field.name = {name, nameLength};
    field.value = {value, static_cast<size_t>(valueEnd - value)};
    return keepField(names::classify(name, nameLength), field.value) ? at : nullptr;
  }

  bool keepField(KnownHeader header, std::string_view value) {
    const uint32_t position = ++head_.headerCount;
    if (header == names::kUnknown) {
      return true;
    }
    // The fields whose values mean something to us come first in the enum.
    if (header <= KnownHeader::Expect) {
      error_ = applyField(head_, header, value);
    }
    uint8_t &first = head_.known[static_cast<size_t>(header)];
    if (first == 0) {
      first = static_cast<uint8_t>(position);
    }
    return error_ == HttpError::None;
  }

  const char *const data_;
  const char *end_; // of what may be judged
  HttpHead &head_;
  HttpError error_ = HttpError::None;
  bool hostGiven_ = false;
};

} // namespace

const HeaderField *HttpHead::find(std::string_view name) const {
  for (uint32_t i = 0; i < headerCount; i++) {
    if (chars::equalsIgnoreCase(headers[i].name, name)) {
      return &headers[i];
    }
  }
  return nullptr;
}

std::string_view HttpHead::find(std::string_view name, size_t &count) const {
  std::string_view first;
  count = 0;
  for (uint32_t i = 0; i < headerCount; i++) {
    if (chars::equalsIgnoreCase(headers[i].name, name) && count++ == 0) {
      first = headers[i].value;
    }
  }
  return first;
}

ParseResult parseHead(const char *data, size_t size, HttpHead &head) {
  return HeadParser(data, size, head).run();
}

} // namespace uwk

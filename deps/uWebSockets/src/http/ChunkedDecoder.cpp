// SPDX-License-Identifier: MIT
//
// A state machine over bytes: body data and runs of extension or trailer text move in one go, all
// else a byte at a time, so that the outcome cannot depend on how the input was split.
#include "ChunkedDecoder.h"

#include "CharTables.h"

#include <uwk/Limits.h>

#include <algorithm>
#include <array>

namespace uwk {

namespace {

// Fields that steer framing, routing, authentication or the reading of the content must not come
// after the content (RFC 9110 section 6.5.1). Sorted, for the incremental match.
constexpr std::array<std::string_view, 20> kForbiddenTrailers = {
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
};

static_assert(std::ranges::is_sorted(kForbiddenTrailers));

constexpr uint8_t kNoCandidate = kForbiddenTrailers.size();

// The candidate that still matches after `c` follows its first `matched` bytes.
uint8_t narrow(uint8_t candidate, size_t matched, char c) {
  if (candidate == kNoCandidate) {
    return kNoCandidate;
  }
  const std::string_view prefix = kForbiddenTrailers[candidate].substr(0, matched);
  for (; candidate < kNoCandidate; candidate++) {
    const std::string_view name = kForbiddenTrailers[candidate];
    if (!name.starts_with(prefix)) {
      break;
    }
    if (matched < name.size() && name[matched] == c) {
      return candidate;
    }
  }
  return kNoCandidate;
}

} // namespace

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view &input, std::string_view &piece) {
  while (state_ != State::Done && state_ != State::Failed) {
    if (input.empty()) {
      return Step::NeedMore;
    }
    if (state_ == State::Data) {
      const auto size = static_cast<size_t>(std::min<uint64_t>(remaining_, input.size()));
      piece = input.substr(0, size);
      input.remove_prefix(size);
      remaining_ -= size;
      if (remaining_ == 0) {
        state_ = State::DataCr;
      }
      return Step::Data;
    }
    if (!step(input)) {
      return Step::Error;
    }
  }
  return state_ == State::Done ? Step::Done : Step::Error;
}

// One byte, or one run of text.
bool ChunkedDecoder::step(std::string_view &input) {
  if (state_ == State::Extension) {
    return skipText(input, Limits::kMaxChunkExtensionBytes, HttpError::PayloadTooLarge);
  }
  if (state_ == State::TrailerValue) {
    return skipText(input, Limits::kMaxTrailerBytes, HttpError::HeadTooLarge);
  }
  const char c = input.front();
  input.remove_prefix(1);
  switch (state_) {
  case State::SizeFirst:
  case State::Size:
    return stepSize(c);
  case State::LineEnd:
    scratch_ = 0;
    if (remaining_ > 0) {
      return expect(c, '\n', State::Data);
    }
    overhead_ = 0;
    return expect(c, '\n', State::TrailerStart);
  case State::DataCr:
    return expect(c, '\r', State::DataLf);
  case State::DataLf:
    return expect(c, '\n', State::SizeFirst);
  case State::TrailerStart:
    if (c == '\r') {
      return expect(c, '\r', State::LastLf);
    }
    remaining_ = 0;
    scratch_ = 0;
    return stepTrailerName(c);
  case State::TrailerName:
    return stepTrailerName(c);
  case State::TrailerLf:
    return spend(1, Limits::kMaxTrailerBytes, HttpError::HeadTooLarge) &&
           expect(c, '\n', State::TrailerStart);
  default:
    return expect(c, '\n', State::Done); // LastLf
  }
}

bool ChunkedDecoder::stepSize(char c) {
  const unsigned digit = chars::hexValue(c);
  if (digit < 16) {
    if (++scratch_ > Limits::kMaxChunkSizeDigits ||
        remaining_ > (Limits::kMaxBodyLength - digit) / 16) {
      return fail(HttpError::BadRequest);
    }
    remaining_ = remaining_ * 16 + digit;
    state_ = State::Size;
    return true;
  }
  if (state_ == State::Size && c == '\r') {
    state_ = State::LineEnd;
    return true;
  }
  // No whitespace before ';' although RFC 9112 section 7.1.1 lets a recipient take it: peers
  // differ.
  if (state_ == State::Size && c == ';') {
    state_ = State::Extension;
    return spend(1, Limits::kMaxChunkExtensionBytes, HttpError::PayloadTooLarge);
  }
  return fail(HttpError::BadRequest);
}

bool ChunkedDecoder::stepTrailerName(char c) {
  if (!spend(1, Limits::kMaxTrailerBytes, HttpError::HeadTooLarge)) {
    return false;
  }
  if (chars::is(c, chars::kToken)) {
    state_ = State::TrailerName;
    scratch_ = narrow(scratch_, remaining_, chars::lower(c));
    remaining_++;
    return true;
  }
  const bool forbidden =
      scratch_ != kNoCandidate && kForbiddenTrailers[scratch_].size() == remaining_;
  // In TrailerStart the name is still empty.
  if (c != ':' || state_ == State::TrailerStart || forbidden) {
    return fail(HttpError::BadRequest);
  }
  state_ = State::TrailerValue;
  return true;
}

// A chunk extension or a trailer's value, both of field characters, up to CR.
bool ChunkedDecoder::skipText(std::string_view &input, size_t limit, HttpError tooMuch) {
  size_t length = 0;
  while (length < input.size() && chars::is(input[length], chars::kField)) {
    length++;
  }
  if (!spend(length, limit, tooMuch)) {
    return false;
  }
  input.remove_prefix(length);
  if (input.empty()) {
    return true;
  }
  const char c = input.front();
  input.remove_prefix(1);
  if (state_ == State::Extension) {
    return expect(c, '\r', State::LineEnd);
  }
  return spend(1, limit, tooMuch) && expect(c, '\r', State::TrailerLf);
}

bool ChunkedDecoder::spend(size_t bytes, size_t limit, HttpError tooMuch) {
  if (bytes > limit - overhead_) {
    return fail(tooMuch);
  }
  overhead_ += static_cast<uint32_t>(bytes);
  return true;
}

bool ChunkedDecoder::expect(char c, char wanted, State next) {
  state_ = next;
  return c == wanted || fail(HttpError::BadRequest);
}

bool ChunkedDecoder::fail(HttpError error) {
  state_ = State::Failed;
  error_ = error;
  return false;
}

} // namespace uwk

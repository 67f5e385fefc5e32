// SPDX-License-Identifier: MIT
//
// Request bodies: framing, limits, buffering up to a high-water mark, and dropping what nobody
// wants so that the next request on the connection is found (RFC 9112 section 9.3).
#include "../ServerInternal.h"
#include "HttpConnection.h"

#include <algorithm>

namespace uwk {

namespace {

// Methods whose body has no meaning here: it is read past and never shown (behaviours 4.14).
bool takesBody(Method method) { return method != Method::Get && method != Method::Head; }

} // namespace

// False when the request was refused.
bool HttpConnection::beginBody(const HttpHead &head, bool wanted) {
  bool useful = wanted && takesBody(head.method);
  if (useful && head.framing == BodyFraming::Length &&
      head.contentLength > server_.options.maxRequestBodyBytes) {
    fail(HttpError::EntityTooLarge);
    return false;
  }
  chunked_ = head.framing == BodyFraming::Chunked;
  remaining_ = head.contentLength;
  received_ = 0;
  sinceArmed_ = 0;
  decoder_.reset();
  bool empty = !chunked_ && remaining_ == 0;
  phase_ = empty ? Phase::Head : Phase::Body;
  bodyMode_ = useful ? BodyMode::Buffer : BodyMode::Drop;
  bodyState_ = useful && !empty ? BodyState::Partial : BodyState::None;
  return true;
}

// Bytes of a body are a sign of life when they are enough of them.
void HttpConnection::bodyArrives(size_t size) {
  sinceArmed_ += static_cast<uint32_t>(size);
  if (sinceArmed_ >= timeoutSeconds_ * Limits::kMinBodyBytesPerSecond) {
    allowIdleTime();
  }
}

// Consumes body bytes from the front of `input`. False when the connection was refused or closed.
bool HttpConnection::readBody(std::string_view &input) {
  if (chunked_) {
    return readChunked(input);
  }
  size_t size = static_cast<size_t>(std::min<uint64_t>(remaining_, input.size()));
  std::string_view bytes = input.substr(0, size);
  input.remove_prefix(size);
  remaining_ -= size;
  return takeBytes(bytes, remaining_ == 0);
}

bool HttpConnection::readChunked(std::string_view &input) {
  for (;;) {
    std::string_view piece;
    switch (decoder_.next(input, piece)) {
    case ChunkedDecoder::Step::Data:
      if (!takeBytes(piece, false)) {
        return false;
      }
      break;
    case ChunkedDecoder::Step::NeedMore:
      return true;
    case ChunkedDecoder::Step::Done:
      return takeBytes({}, true);
    case ChunkedDecoder::Step::Error:
      fail(decoder_.error());
      return false;
    }
  }
}

bool HttpConnection::takeBytes(std::string_view bytes, bool last) {
  received_ += bytes.size();
  bool dropped = bodyMode_ == BodyMode::Drop;
  if (!dropped && received_ > server_.options.maxRequestBodyBytes) {
    fail(HttpError::PayloadTooLarge);
    return false;
  }
  if (last && !dropped && !chunked_ && body_.empty() && !pending_) {
    // The whole body in one piece with its head: it stays where it is.
    inlineBody_ = bytes;
  } else if (!dropped && !body_.append(bytes)) {
    socket_.close();
    return false;
  }
  if (last) {
    phase_ = Phase::Head;
    bodyComplete();
  } else if (bodyMode_ == BodyMode::Buffer && body_.size() >= Limits::kBodyHighWaterMark &&
             pending_) {
    socket_.pause();
  }
  return !socket_.isClosed();
}

void HttpConnection::bodyComplete() {
  if (bodyState_ != BodyState::Partial) {
    return;
  }
  bodyState_ = BodyState::Complete;
  if (bodyMode_ == BodyMode::Collect) {
    bodyState_ = BodyState::Taken;
    ByteBuffer body = std::move(body_);
    server_.handlers.onBody(server_.handlers.user, *this, BodyState::Complete, body.view());
  }
}

// The rest of the body will never come, or must not.
void HttpConnection::failBody() {
  bool asked = bodyMode_ == BodyMode::Collect;
  bodyMode_ = BodyMode::Drop;
  bodyState_ = BodyState::Failed;
  body_.clear();
  if (asked) {
    server_.handlers.onBody(server_.handlers.user, *this, BodyState::Failed, {});
  }
}

// After the response: the rest of the body is read past, and a handler that still waits for it is
// told (behaviours 5.8).
void HttpConnection::dropBody() {
  inlineBody_ = {};
  if (phase_ != Phase::Body) {
    return;
  }
  if (bodyMode_ != BodyMode::Drop) {
    bodyMode_ = BodyMode::Drop;
    bodyState_ = BodyState::None;
    socket_.resume();
  }
  received_ = 0;
  if (!chunked_ && remaining_ > usk::Socket::kLingerBytes) {
    closeAfter_ = true;
  }
}

} // namespace uwk

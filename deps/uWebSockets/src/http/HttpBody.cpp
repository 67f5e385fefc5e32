// SPDX-License-Identifier: MIT
//
// Request bodies: framing, limits, buffering up to a high-water mark, what the embedder asks for,
// and dropping what nobody wants so that the next request on the connection is found (RFC 9112
// section 9.3). Body bytes are first shown where they were received; they are copied when they have
// to stay.
#include "../ServerInternal.h"
#include "HttpConnection.h"

#include <algorithm>
#include <utility>

namespace uwk {

namespace {

// Methods whose body has no meaning here: it is read past and never shown (behaviours 4.14).
bool takesBody(Method method) { return method != Method::Get && method != Method::Head; }

HttpConnection &self(Exchange &exchange) { return static_cast<HttpConnection &>(exchange); }

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
  limited_ = useful;
  expects_ = head.expectContinue && !empty;
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
  // Who has begun does not wait for a 100 any more (RFC 9110 section 10.1.1).
  expects_ = expects_ && input.empty();
  std::string_view piece;
  bool last = false;
  if (chunked_) {
    if (!readChunked(input, piece, last)) {
      return false;
    }
  } else {
    piece = input.substr(0, static_cast<size_t>(std::min<uint64_t>(remaining_, input.size())));
    input.remove_prefix(piece.size());
    remaining_ -= piece.size();
    last = remaining_ == 0;
    if (!admit(piece.size())) {
      return false;
    }
  }
  return bodyArrived(piece, last);
}

// All chunks but the last one of `input` are stored; `piece` is that one.
bool HttpConnection::readChunked(std::string_view &input, std::string_view &piece, bool &last) {
  for (;;) {
    std::string_view next;
    switch (decoder_.next(input, next)) {
    case ChunkedDecoder::Step::Data:
      if (!admit(next.size())) {
        return false;
      }
      if (bodyMode_ != BodyMode::Drop && !body_.append(piece)) {
        socket_.close();
        return false;
      }
      piece = next;
      break;
    case ChunkedDecoder::Step::Done:
      last = true;
      return true;
    case ChunkedDecoder::Step::NeedMore:
      return true;
    case ChunkedDecoder::Step::Error:
      fail(decoder_.error());
      return false;
    }
  }
}

bool HttpConnection::admit(size_t size) {
  received_ += size;
  if (limited_ && received_ > server_.options.maxRequestBodyBytes) {
    fail(HttpError::PayloadTooLarge);
    return false;
  }
  return true;
}

// To whom `piece` goes. The embedder is called here, and may do anything.
bool HttpConnection::bodyArrived(std::string_view piece, bool last) {
  if (last) {
    phase_ = Phase::Head;
  }
  if (bodyMode_ == BodyMode::Drop) {
    return !socket_.isClosed();
  }
  if (last) {
    bodyState_ = BodyState::Complete;
  }
  if (body_.empty()) {
    inlineBody_ = piece;
  } else if (!body_.append(piece)) {
    socket_.close();
    return false;
  }
  if (!pending_) {
    return true; // for the handler that is about to be called
  }
  bool due = bodyMode_ == BodyMode::Collect
                 ? last
                 : bodyMode_ == BodyMode::Pull && (last || !inlineBody_.empty() || !body_.empty());
  if (due) {
    reportBody(bodyState_);
  }
  if (!keepInline()) {
    socket_.close();
  }
  return !socket_.isClosed();
}

// Stores what was received and not taken. False when memory is short.
bool HttpConnection::keepInline() {
  std::string_view bytes = std::exchange(inlineBody_, {});
  if (!body_.append(bytes)) {
    return false;
  }
  if (bodyMode_ == BodyMode::Buffer && phase_ == Phase::Body && pending_ &&
      body_.size() >= Limits::kBodyHighWaterMark) {
    socket_.pause();
  }
  return true;
}

void HttpConnection::reportBody(BodyState state) {
  if (bodyMode_ != BodyMode::Drop) {
    bodyMode_ = BodyMode::Buffer;
  }
  server_.handlers.onBody(server_.handlers.user, *this, state);
}

// The rest of the body will never come, or must not.
void HttpConnection::failBody(BodyFault fault) {
  bool asked = bodyMode_ == BodyMode::Collect || bodyMode_ == BodyMode::Pull;
  bodyMode_ = BodyMode::Drop;
  bodyState_ = BodyState::Failed;
  bodyFault_ = fault;
  inlineBody_ = {};
  body_.clear();
  if (asked) {
    reportBody(BodyState::Failed);
  }
}

// After the response: the rest of the body is read past.
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
  limited_ = false;
  received_ = 0;
  // Who was not told to continue may send its body or the next request: nobody can tell which.
  if (expects_ || (!chunked_ && remaining_ > drainLimit())) {
    closeAfter_ = true;
  }
}

// Bytes that are read past for the sake of the connection. Who may send so many to be read may send
// them in vain: closing on a client that is still sending can cost it the response.
uint64_t HttpConnection::drainLimit() const {
  return std::max<uint64_t>(usk::Socket::kLingerBytes, server_.options.maxRequestBodyBytes);
}

void HttpConnection::askForBody(BodyMode mode) {
  bodyMode_ = mode;
  if (expects_ && !responded_) {
    expects_ = false;
    socket_.write("HTTP/1.1 100 Continue\r\n\r\n");
  }
  resumeBody();
}

void HttpConnection::resumeBody() {
  if (socket_.isPaused()) {
    // That nothing came was not the client's doing.
    allowIdleTime();
    socket_.resume();
  }
}

void HttpConnection::bodyTaken() {
  size_t left = body_.size() + inlineBody_.size();
  if (left == 0) {
    body_.clear();
  }
  if (bodyState_ == BodyState::Complete && left == 0) {
    bodyState_ = BodyState::Taken;
  } else if (bodyState_ == BodyState::Partial && left < Limits::kBodyHighWaterMark) {
    resumeBody();
  }
}

BodyState Exchange::bodyState() const {
  return static_cast<const HttpConnection &>(*this).bodyState_;
}

BodyFault Exchange::bodyFault() const {
  return static_cast<const HttpConnection &>(*this).bodyFault_;
}

std::string_view Exchange::bodyBytes() const {
  const auto &connection = static_cast<const HttpConnection &>(*this);
  // One of the two at most has bytes.
  return connection.inlineBody_.empty() ? connection.body_.view() : connection.inlineBody_;
}

void Exchange::consumeBody(size_t count) {
  HttpConnection &connection = self(*this);
  if (connection.inlineBody_.empty()) {
    connection.body_.consume(std::min(count, connection.body_.size()));
  } else {
    connection.inlineBody_.remove_prefix(std::min(count, connection.inlineBody_.size()));
  }
  connection.bodyTaken();
}

BodyBytes Exchange::takeBody() {
  HttpConnection &connection = self(*this);
  std::string_view bytes = bodyBytes();
  bool borrowed = !std::exchange(connection.inlineBody_, {}).empty();
  void *block = borrowed ? nullptr : connection.body_.release();
  connection.bodyTaken();
  return {block, bytes};
}

void Exchange::collectBody() {
  HttpConnection &connection = self(*this);
  if (connection.bodyState_ == BodyState::Partial) {
    connection.askForBody(HttpConnection::BodyMode::Collect);
  }
}

bool Exchange::pullBody() {
  HttpConnection &connection = self(*this);
  if (connection.bodyState_ != BodyState::Partial || !bodyBytes().empty()) {
    return false;
  }
  connection.askForBody(HttpConnection::BodyMode::Pull);
  return true;
}

void Exchange::discardBody() {
  HttpConnection &connection = self(*this);
  if (connection.bodyState_ == BodyState::Partial) {
    connection.bodyMode_ = HttpConnection::BodyMode::Drop;
    connection.resumeBody();
  } else if (connection.bodyState_ != BodyState::Complete) {
    return;
  }
  connection.bodyState_ = BodyState::Taken;
  connection.inlineBody_ = {};
  connection.body_.clear();
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Responses onto the wire: small ones are formatted in the cork, static ones copied there, large
// bodies go to the kernel straight from their owner's memory.
#include "../ServerInternal.h"
#include "HttpConnection.h"
#include "ResponseWriter.h"
#include "StaticResponse.h"

#include <usk/loop.h>

#include <cstring>
#include <utility>
#include <vector>

namespace uwk {

namespace {

// Bodies above this go out from where they are instead of through the back buffer.
constexpr size_t kLargeBody = 64 * 1024;
constexpr size_t kStackHead = 4096;

} // namespace

// Refuses the peer: canned answer, then an orderly end. The pending exchange, if any, fails.
void HttpConnection::fail(HttpError error) {
  phase_ = Phase::Head;
  if (streaming_ || file_ != nullptr || large_ != nullptr) {
    // The answer would become part of the body that is on its way.
    endConversation();
  } else {
    socket_.write(cannedResponse(error));
    socket_.finish(true);
  }
  // After the answer: a handler that hears of it must not get its own response out first.
  if (pending_ && bodyState_ == BodyState::Partial) {
    failBody(error == HttpError::PayloadTooLarge ? BodyFault::TooLarge : BodyFault::Gone);
  }
}

void HttpConnection::respondStatic(const StaticResponse &route, const HttpHead &head) {
  const StaticResponse &response = route.choose(head);
  StaticResponse::Form form = response.select(head);
  closeAfter_ = closeAfter_ || response.closeAfter();
  std::string_view bytes = response.bytes(form);
  size_t date = response.dateOffset(form);
  if (char *out = socket_.reserve(bytes.size()); out != nullptr) {
    std::memcpy(out, bytes.data(), bytes.size());
    if (date != StaticResponse::kNoDate) {
      std::memcpy(out + date, socket_.loop().date().data(), socket_.loop().date().size());
    }
    socket_.commit(bytes.size());
    afterExchange();
    return;
  }
  size_t split = form == StaticResponse::Form::Full ? response.headSize() : bytes.size();
  if (date != StaticResponse::kNoDate) {
    socket_.write(bytes.substr(0, date));
    socket_.write(socket_.loop().date());
    date += socket_.loop().date().size();
    socket_.write(bytes.substr(date, split - date));
  } else {
    socket_.write(bytes.substr(0, split));
  }
  response.retain();
  ResponseBody body;
  body.bytes = bytes.substr(split);
  body.release = [](void *owner) { static_cast<const StaticResponse *>(owner)->release(); };
  body.owner = const_cast<StaticResponse *>(&response);
  sendLarge(body);
  if (pumpLarge(true)) {
    afterExchange();
  } else {
    sendUnhandled();
  }
}

void HttpConnection::respondEmpty(uint16_t status) {
  ResponseHead head;
  head.status = status;
  char out[256];
  size_t size = writeHead(out, head, 0, socket_.loop().date());
  socket_.write({out, size});
  afterExchange();
}

bool Exchange::isOpen() const {
  const auto &self = static_cast<const HttpConnection &>(*this);
  return self.pending_ && !self.socket_.isShutDown() && !self.socket_.isClosed();
}

bool Exchange::respond(const ResponseHead &head, const ResponseBody &body) {
  auto &self = static_cast<HttpConnection &>(*this);
  if (!isOpen() || self.responded_) {
    if (body.release != nullptr) {
      body.release(body.owner);
    }
    return false;
  }
  return self.send(head, body);
}

bool HttpConnection::send(const ResponseHead &given, const ResponseBody &given_body) {
  responded_ = true;
  ResponseHead head = given;
  ResponseBody body = given_body;
  closeAfter_ = closeAfter_ || head.closeAfter;
  bool isHead = method_ == Method::Head;
  bool bodyless = statusHasNoBody(head.status);
  int64_t length = static_cast<int64_t>(body.bytes.size());
  if (bodyless) {
    length = head.status == 205 ? 0 : -1;
  } else if (isHead && head.declaredLength >= 0) {
    length = head.declaredLength;
  } else if (isHead && head.chunked) {
    length = -1;
  }
  head.chunked = head.chunked && isHead && !bodyless && !http10_;
  head.omitBody = isHead && !bodyless;
  if (isHead || bodyless) {
    body.bytes = {};
  }
  // Behaviours 2.2: HEAD answers carry no Date, except the bodyless ones.
  bool date = !head.hasDate && (!isHead || bodyless);
  std::string_view dateText = date ? socket_.loop().date() : std::string_view{};

  size_t capacity = headCapacity(head);
  size_t total = capacity + body.bytes.size();
  if (char *out = socket_.reserve(total); out != nullptr) {
    size_t size = writeHead(out, head, length, dateText);
    if (!body.bytes.empty()) {
      std::memcpy(out + size, body.bytes.data(), body.bytes.size());
    }
    socket_.commit(size + body.bytes.size());
  } else {
    char stack[kStackHead];
    std::vector<char> heap;
    char *at = stack;
    if (capacity > sizeof stack) {
      heap.resize(capacity);
      at = heap.data();
    }
    size_t size = writeHead(at, head, length, dateText);
    if (body.bytes.empty()) {
      socket_.write({at, size});
    } else if (total <= sizeof stack) {
      std::memcpy(at + size, body.bytes.data(), body.bytes.size());
      socket_.write({at, size + body.bytes.size()});
    } else if (body.release != nullptr && body.bytes.size() > kLargeBody) {
      socket_.write({at, size});
      sendLarge(body);
      body.release = nullptr;
    } else {
      socket_.write({at, size}, body.bytes);
    }
  }
  if (body.release != nullptr) {
    body.release(body.owner);
  }
  if (pumpLarge(true)) {
    responseWritten();
  } else {
    sending_ = true;
    dropBody();
  }
  return true;
}

// Offers the body to the kernel and remembers what it did not take; pumpLarge(true) tells.
void HttpConnection::sendLarge(const ResponseBody &body) {
  const size_t sent = socket_.backlog() == 0 ? socket_.tryWrite(body.bytes) : 0;
  // After a failure what it took is lost: closed() has to find the response unfinished.
  if (sent < body.bytes.size() || socket_.hasFailed()) {
    large_ = std::make_unique<LargeBody>(LargeBody{body, sent});
  } else if (body.release != nullptr) {
    body.release(body.owner);
  }
}

// Offers what is left of the body to the kernel. True when nothing of the response is left with us.
bool HttpConnection::pumpLarge(bool first) {
  if (large_ != nullptr) {
    if (first) {
      return false;
    }
    ResponseBody &body = large_->body;
    if (body.refresh != nullptr) {
      std::string_view now = body.refresh(body.owner);
      if (now.size() != body.bytes.size()) {
        // The application took its memory back. A shorter body would look complete.
        socket_.reset();
        return false;
      }
      body.bytes = now;
    }
    if (socket_.backlog() == 0) {
      large_->sent += socket_.tryWrite(body.bytes.substr(large_->sent));
    }
    if (socket_.hasFailed() || large_->sent < body.bytes.size()) {
      return false;
    }
  }
  releaseLarge();
  return pumpFile() && socket_.backlog() == 0;
}

// The response of a route takes its time. Nobody but the counter of pending requests knows.
void HttpConnection::sendUnhandled() {
  sending_ = true;
  unhandled_ = true;
  ++server_.pending;
}

void HttpConnection::responseWritten() {
  sending_ = false;
  if (unhandled_) {
    unhandled_ = false;
    server_.exchangeEnded();
  }
  if (endsByClose_) {
    endsByClose_ = false;
    socket_.setResetOnClose(false);
  }
  if (pending_) {
    ExchangeHandle sent = watched_ ? handle() : 0;
    endExchange();
    if (sent != 0) {
      server_.handlers.onSent(server_.handlers.user, sent);
    }
  }
  afterExchange();
}

void HttpConnection::releaseLarge() {
  const std::unique_ptr<LargeBody> large = std::move(large_);
  if (large != nullptr && large->body.release != nullptr) {
    large->body.release(large->body.owner);
  }
}

} // namespace uwk

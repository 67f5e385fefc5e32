// SPDX-License-Identifier: MIT
//
// Response bodies that come over time: chunked (RFC 9112 section 7.1), of a length known before, or
// ended by the connection. The pieces of one turn gather in the cork; what the kernel does not take
// waits in the back buffer, and above a limit the producer is asked to wait as well.
#include "../ServerInternal.h"
#include "HttpConnection.h"
#include "ResponseWriter.h"

#include <usk/loop.h>

#include <charconv>
#include <cstring>
#include <string>

namespace uwk {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kLineEndAndLastChunk = "\r\n0\r\n\r\n";

// "<hex size>\r\n"
struct ChunkHead {
  explicit ChunkHead(size_t length) {
    char *end = std::to_chars(text, text + sizeof text - 2, length, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    size = static_cast<size_t>(end - text);
  }
  [[nodiscard]] std::string_view view() const { return {text, size}; }

  char text[18];
  size_t size;
};

char *put(char *out, std::string_view bytes) {
  if (!bytes.empty()) {
    std::memcpy(out, bytes.data(), bytes.size());
  }
  return out + bytes.size();
}

} // namespace

StreamWrite Exchange::startStream(const ResponseHead &head, int64_t length,
                                  std::string_view first) {
  return static_cast<HttpConnection &>(*this).startStream(head, length, first);
}

StreamWrite Exchange::writeStream(std::string_view bytes) {
  return static_cast<HttpConnection &>(*this).writeStream(bytes);
}

void Exchange::flushStream() { static_cast<HttpConnection &>(*this).flushStream(); }

bool Exchange::endStream(std::string_view last) {
  return static_cast<HttpConnection &>(*this).endStream(last);
}

void Exchange::reset() { static_cast<HttpConnection &>(*this).breakOff(); }

StreamWrite HttpConnection::startStream(const ResponseHead &given, int64_t length,
                                        std::string_view first) {
  if (!pending_ || responded_ || socket_.isShutDown() || socket_.isClosed() ||
      method_ == Method::Head || statusHasNoBody(given.status)) {
    return StreamWrite::Gone;
  }
  ResponseHead head = given;
  responded_ = true;
  sending_ = true;
  streaming_ = true;
  streamFull_ = false;
  closeAfter_ = closeAfter_ || head.closeAfter;
  chunkedOut_ = length < 0 && !http10_;
  head.chunked = chunkedOut_;
  owed_ = length < 0 ? UINT64_MAX : static_cast<uint64_t>(length);
  if (length < 0 && http10_) {
    closeAfter_ = true;
    endsByClose_ = true;
    socket_.setResetOnClose(true);
  }

  socket_.cork();
  putHead(head, length, head.hasDate ? std::string_view{} : socket_.loop().date());
  return writeStream(first);
}

StreamWrite HttpConnection::writeStream(std::string_view bytes) {
  if (!streaming_ || socket_.isClosed()) {
    return StreamWrite::Gone;
  }
  if (bytes.size() > owed_) {
    breakOff();
    return StreamWrite::Gone;
  }
  if (!bytes.empty()) {
    // A write is activity, unless the client takes nothing.
    if (socket_.backlog() == 0) {
      socket_.setTimeout(timeoutSeconds_);
    }
    socket_.cork();
    if (owed_ != UINT64_MAX) {
      owed_ -= bytes.size();
    }
    if (chunkedOut_) {
      putChunk(bytes, kLineEnd);
    } else {
      socket_.write(bytes);
    }
  }
  // Until the client has taken everything: a later, small piece owes the earlier one's event.
  streamFull_ = streamFull_ || socket_.backlog() > Limits::kStreamHighWaterMark;
  return streamFull_ ? StreamWrite::Full : StreamWrite::Ready;
}

void HttpConnection::flushStream() {
  if (streaming_) {
    socket_.uncork();
  }
}

void HttpConnection::putChunk(std::string_view bytes, std::string_view tail) {
  const ChunkHead head(bytes.size());
  const size_t total = head.size + bytes.size() + tail.size();
  if (char *out = socket_.reserve(total); out != nullptr) {
    put(put(put(out, head.view()), bytes), tail);
    socket_.commit(total);
  } else {
    socket_.write(head.view(), bytes, tail);
  }
}

bool HttpConnection::endStream(std::string_view last) {
  if (!streaming_ || socket_.isClosed()) {
    return false;
  }
  if (owed_ != UINT64_MAX && owed_ != last.size()) {
    breakOff();
    return false;
  }
  socket_.cork();
  if (!chunkedOut_) {
    socket_.write(last);
  } else if (last.empty()) {
    socket_.write(kLastChunk);
  } else {
    putChunk(last, kLineEndAndLastChunk);
  }
  streaming_ = false;
  if (socket_.backlog() == 0) {
    responseWritten();
  } else {
    dropBody();
  }
  return true;
}

void HttpConnection::breakOff() {
  if (pending_) {
    responded_ = true;
    sending_ = false;
    streaming_ = false;
    socket_.reset();
  }
}

} // namespace uwk

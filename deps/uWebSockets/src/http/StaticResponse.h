// SPDX-License-Identifier: MIT
//
// A response rendered once and copied out for every request: status line, fields, a hole for the
// Date, Content-Length and body in one block, plus its HEAD, 304 and 412 forms. Sending one
// allocates nothing. Conditional requests: behaviours 7.3-7.5; byte order: behaviours 7.2.
#pragma once

#include "../files/AcceptEncoding.h"
#include "HttpParser.h"

#include <uwk/RouteTable.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

class StaticResponse {
public:
  explicit StaticResponse(const StaticRoute &route);
  StaticResponse(const StaticResponse &) = delete;
  StaticResponse &operator=(const StaticResponse &) = delete;

  // This response, or its copy in the coding that the client likes best.
  [[nodiscard]] const StaticResponse &choose(const HttpHead &head) const;

  enum class Form : uint8_t { Full, Head, NotModified, PreconditionFailed };
  // Which form answers this request (RFC 9110 section 13.2.2, for a resource that only has an
  // ETag).
  [[nodiscard]] Form select(const HttpHead &head) const;

  // The bytes of a form. The Date hole, if the form has one, starts at dateOffset(form).
  [[nodiscard]] std::string_view bytes(Form form) const;
  static constexpr size_t kNoDate = SIZE_MAX;
  [[nodiscard]] size_t dateOffset(Form form) const;
  // Bytes of the Full form that precede the body.
  [[nodiscard]] size_t headSize() const { return headSize_; }

  // The application's fields say Connection: close.
  [[nodiscard]] bool closeAfter() const { return closeAfter_; }

  // Counted by its route table and by each send that is still under way.
  void retain() const { ++references_; }
  void release() const {
    if (--references_ == 0) {
      delete this;
    }
  }

private:
  ~StaticResponse();
  void addCopies(const StaticRoute &route, const std::string &fields);

  mutable uint32_t references_ = 1;
  uint16_t status_;
  bool closeAfter_;
  size_t fullDate_ = kNoDate;
  size_t headSize_ = 0;
  bool hasCopies_ = false;
  // By ContentCoding.
  std::array<const StaticResponse *, kCompressions> copies_{};
  std::string etag_;
  std::string full_;
  std::string head_;
  std::string notModified_;
  std::string preconditionFailed_;
};

} // namespace uwk

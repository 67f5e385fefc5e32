// SPDX-License-Identifier: MIT
//
// A copy of a request's head, to be read when its exchange is no longer being dispatched.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace uwk {

struct HttpHead;

class RequestHead {
public:
  RequestHead();
  ~RequestHead();
  RequestHead(const RequestHead &) = delete;
  RequestHead &operator=(const RequestHead &) = delete;

  // `raw` is what Exchange::rawHead() gave, and must stay where it is while this is read; 16 more
  // bytes behind it must be readable. False when it is anything else.
  [[nodiscard]] bool parse(std::string_view raw);

  // As the members of Exchange with these names.
  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] std::string_view query() const;
  [[nodiscard]] std::string_view host() const;
  [[nodiscard]] std::string_view header(std::string_view name, size_t &count) const;

private:
  std::unique_ptr<HttpHead> head_;
};

} // namespace uwk

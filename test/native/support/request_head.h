// SPDX-License-Identifier: MIT
//
// A parsed request head from a few words, with the bytes it points into.
#pragma once

#include <http/HttpParser.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace test {

class RequestHead {
public:
  // Null `get()` when the parser refuses the head.
  RequestHead(std::string_view method, std::string_view target,
              const std::vector<std::string> &fields = {})
      : head_(std::make_unique<uwk::HttpHead>()) {
    text_.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: a\r\n");
    for (const std::string &field : fields) {
      text_.append(field).append("\r\n");
    }
    text_.append("\r\n");
    const size_t size = text_.size();
    text_.append(16, '\0');
    isValid_ = uwk::parseHead(text_.data(), size, *head_).status == uwk::ParseStatus::Complete;
  }
  RequestHead(const RequestHead &) = delete;
  RequestHead &operator=(const RequestHead &) = delete;

  [[nodiscard]] bool isValid() const { return isValid_; }
  [[nodiscard]] const uwk::HttpHead &get() const { return *head_; }

private:
  std::string text_;
  std::unique_ptr<uwk::HttpHead> head_;
  bool isValid_ = false;
};

} // namespace test

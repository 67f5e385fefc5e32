// SPDX-License-Identifier: MIT
//
// See RequestHead.h.
#include <uwk/RequestHead.h>

#include "HttpParser.h"

namespace uwk {

RequestHead::RequestHead() : head_(std::make_unique<HttpHead>()) {}

RequestHead::~RequestHead() = default;

bool RequestHead::parse(std::string_view raw) {
  const ParseResult result = parseHead(raw.data(), raw.size(), *head_);
  return result.status == ParseStatus::Complete && result.consumed == raw.size();
}

std::string_view RequestHead::path() const { return head_->path; }

std::string_view RequestHead::query() const { return head_->query; }

std::string_view RequestHead::host() const { return head_->host; }

std::string_view RequestHead::header(std::string_view name, size_t &count) const {
  return head_->find(name, count);
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The entity tag is Bun's, W/"<size>-<seconds>" in hexadecimal (behaviours 8.21). It is weak: two
// versions of one size within a second have the same.
#include "ServedFile.h"

#include "HttpDate.h"

#include <algorithm>
#include <charconv>

namespace uwk {

namespace {

void appendHex(std::string &out, uint64_t value) {
  char digits[16];
  const char *end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

} // namespace

ServedFile::ServedFile(fs::Descriptor descriptor, const fs::FileFacts &facts, std::string described,
                       ContentCoding coding)
    : descriptor_(std::move(descriptor)), facts_(facts), coding_(coding),
      fields_(std::move(described)) {
  if (facts.modified > 0) {
    fields_.append("last-modified: ");
    const size_t at = fields_.size();
    fields_.resize(at + kHttpDateSize);
    formatHttpDate(facts.modified, fields_.data() + at);
    fields_.append("\r\n");
  }
  etag_.append("W/\"");
  appendHex(etag_, facts.size);
  etag_.append("-");
  appendHex(etag_, static_cast<uint64_t>(std::max<int64_t>(facts.modified, 0)));
  if (coding != ContentCoding::Identity) {
    etag_.append("-").append(contentCodingName(coding));
  }
  etag_.append("\"");
  fields_.append("etag: ").append(etag_).append("\r\n");
}

Validators ServedFile::validators() const {
  // As in Bun, a time at or before the epoch is none: many archives carry no other.
  return {etag_, facts_.modified, facts_.modified > 0};
}

bool ServedFile::isUnchanged() const {
  fs::FileFacts now;
  return fs::factsOf(descriptor_.get(), now) == 0 && now == facts_;
}

} // namespace uwk

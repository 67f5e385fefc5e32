// SPDX-License-Identifier: MIT
//
// Lines are copied one after the other into memory that the caller sized.
#include "FileHead.h"

#include "../http/ResponseWriter.h"

#include <charconv>
#include <cstring>

namespace uwk {

namespace {

constexpr size_t kFixedLines = 512; // names, numbers and line ends of every line below

char *put(char *out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char *putLength(char *out, std::string_view name, uint64_t value) {
  out = std::to_chars(put(out, name), out + name.size() + 20, value).ptr;
  return put(out, "\r\n");
}

} // namespace

size_t fileHeadCapacity(const FileHead &head) {
  return kFixedLines + head.date.size() + head.fields.size() + head.coding.size() +
         head.location.size() + head.query.size();
}

size_t writeFileHead(char *out, const FileHead &head) {
  char *at = out + writeStatusLine(out, head.status);
  if (!head.date.empty()) {
    at = put(put(put(at, "Date: "), head.date), "\r\n");
  }
  if (!head.fields.empty()) {
    at = put(at, head.fields);
  }
  const bool isPart = head.status == 206;
  const bool sendsFile = head.status == 200 || isPart;
  // Of the file's bytes, so not where none of them are sent.
  if (sendsFile && !head.coding.empty()) {
    at = put(put(put(at, "content-encoding: "), head.coding), "\r\n");
  }
  if (!head.location.empty()) {
    at = put(put(put(at, "location: "), head.location), "/");
    if (head.query.data() != nullptr) {
      at = put(put(at, "?"), head.query);
    }
    at = put(at, "\r\n");
  }
  if (isPart || head.status == 416) {
    at = put(at, "content-range: ");
    at += formatContentRange(isPart ? head.range : ByteRange{}, head.size, at);
    at = put(at, "\r\n");
  }
  if (head.hasRanges) {
    at = put(at, "accept-ranges: bytes\r\n");
  }
  if (sendsFile) {
    at = putLength(at, "content-length: ", isPart ? head.range.length : head.size);
  } else if (head.status != 304) {
    at = put(at, "Content-Length: 0\r\n");
  }
  return static_cast<size_t>(put(at, "\r\n") - out);
}

} // namespace uwk

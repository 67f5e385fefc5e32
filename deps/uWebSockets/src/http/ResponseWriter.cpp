// SPDX-License-Identifier: MIT
//
// The common status line is a constant; everything else is assembled with memcpy into memory the
// caller sized by headCapacity().
#include "ResponseWriter.h"

#include "StatusText.h"

#include <charconv>
#include <cstring>

namespace uwk {

namespace {

constexpr std::string_view kOkLine = "HTTP/1.1 200 OK\r\n";
constexpr std::string_view kVersion = "HTTP/1.1 ";
// Behaviours 2.2: the derived length of a HEAD response is written in lower case.
constexpr std::string_view kLengthName = "Content-Length: ";
constexpr std::string_view kHeadLengthName = "content-length: ";
constexpr std::string_view kChunkedLine = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view kHeadChunkedLine = "transfer-encoding: chunked\r\n";
constexpr size_t kMaxDigits = 20;
constexpr size_t kMaxStatusLine = 64;
constexpr size_t kDateLine = 37;

char *put(char *out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char *putNumber(char *out, uint64_t value) {
  return std::to_chars(out, out + kMaxDigits, value).ptr;
}

char *putStatusLine(char *out, unsigned status) {
  if (status == 200) {
    return put(out, kOkLine);
  }
  out = put(out, kVersion);
  out = putNumber(out, status);
  *out++ = ' ';
  out = put(out, reasonPhrase(status));
  return put(out, "\r\n");
}

} // namespace

void appendStatusLine(std::string &out, unsigned status) {
  char line[kMaxStatusLine];
  out.append(line, static_cast<size_t>(putStatusLine(line, status) - line));
}

size_t headCapacity(const ResponseHead &head) {
  return kMaxStatusLine + head.fields.size() + kDateLine + kLengthName.size() + kMaxDigits + 4;
}

size_t writeHead(char *out, const ResponseHead &head, int64_t length, std::string_view date) {
  char *at = putStatusLine(out, head.status);
  if (!head.fields.empty()) {
    at = put(at, head.fields);
  }
  if (!date.empty()) {
    at = put(at, "Date: ");
    at = put(at, date);
    at = put(at, "\r\n");
  }
  if (length >= 0) {
    at = put(at, head.omitBody ? kHeadLengthName : kLengthName);
    at = putNumber(at, static_cast<uint64_t>(length));
    at = put(at, "\r\n");
  } else if (head.chunked) {
    at = put(at, head.omitBody ? kHeadChunkedLine : kChunkedLine);
  }
  at = put(at, "\r\n");
  return static_cast<size_t>(at - out);
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Responses of directory routes onto the wire.
#include "../ServerInternal.h"
#include "../files/DirectoryRoute.h"
#include "../files/FileHead.h"
#include "HttpConnection.h"

#include <usk/loop.h>

#include <ctime>
#include <unistd.h>
#include <vector>

namespace uwk {

namespace {

FileHead headOf(const DirectoryAnswer &answer, std::string_view date) {
  FileHead head;
  head.status = answer.status;
  head.date = date;
  if (answer.file) {
    head.fields = answer.file->fields();
    head.hasRanges = answer.status == 200 || answer.status == 206 || answer.status == 416;
    head.range = answer.range;
    head.size = answer.file->size();
    if (answer.file->coding() != ContentCoding::Identity) {
      head.coding = contentCodingName(answer.file->coding());
    }
  }
  return head;
}

} // namespace

void HttpConnection::respondDirectory(DirectoryRoute &route, const HttpHead &head) {
  DirectoryAnswer answer = route.answer(head, socket_.loop().now(), std::time(nullptr));
  if (!answer.spelling.empty()) {
    RouteTable::Target target;
    if (!server_.routes->match(static_cast<uint8_t>(head.method), answer.spelling, server_.match,
                               target) ||
        target.directory != &route) {
      answer = {};
    }
  }
  FileHead fileHead = headOf(answer, socket_.loop().date());
  if (answer.status == 301) {
    fileHead.location = head.path;
    fileHead.query = head.query;
  }
  std::vector<char> bytes(fileHeadCapacity(fileHead));
  bytes.resize(writeFileHead(bytes.data(), fileHead));
  if (head.method != Method::Head && (answer.status == 200 || answer.status == 206)) {
    size_t at = bytes.size();
    bytes.resize(at + answer.range.length);
    ssize_t n = ::pread(answer.file->descriptor(), bytes.data() + at, answer.range.length,
                        (off_t)answer.range.first);
    (void)n;
  }
  socket_.write({bytes.data(), bytes.size()});
  afterExchange();
}

} // namespace uwk

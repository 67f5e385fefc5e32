// SPDX-License-Identifier: MIT
//
// Field lines, one after the other, by status.
#include "DirectoryReply.h"

#include "FileFields.h"

namespace uwk {

namespace {

// 200 and 206: the bytes that follow, as they are encoded.
void appendBody(std::string &text, const DirectoryAnswer &answer) {
  if (answer.file->coding() != ContentCoding::Identity) {
    text.append("content-encoding: ").append(contentCodingName(answer.file->coding()));
    text.append("\r\n");
  }
  if (answer.status == 206) {
    appendContentRange(text, answer.range, answer.file->size());
  }
  appendAcceptRanges(text);
  appendLength(text, answer.range.length);
}

} // namespace

DirectoryReply directoryReply(const DirectoryAnswer &answer, const HttpHead &request,
                              std::string_view date, std::string &text) {
  text.assign("Date: ").append(date).append("\r\n");
  if (answer.file) {
    text.append(answer.file->fields());
  }
  DirectoryReply reply;
  reply.contentLength = 0;
  switch (answer.status) {
  case 200:
  case 206:
    appendBody(text, answer);
    reply.contentLength = -1;
    break;
  case 301:
    text.append("location: ").append(request.path).append("/");
    if (request.query.data() != nullptr) {
      text.append("?").append(request.query);
    }
    text.append("\r\n");
    break;
  case 304:
    reply.contentLength = -1;
    break;
  case 416:
    appendContentRange(text, {}, answer.file->size());
    appendAcceptRanges(text);
    break;
  default:
    break;
  }
  reply.head.status = answer.status;
  reply.head.hasDate = true;
  reply.head.fields = text;
  return reply;
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The head of a file route's response; the order of its fields is Bun's (behaviours 8.1).
#include "FileRoute.h"

#include "FileFields.h"
#include "HttpDate.h"
#include "Preconditions.h"

#include "../http/ResponseWriter.h"

#include <ctime>
#include <utility>

namespace uwk {

FileRoute::FileRoute(FileRouteOptions options) : options_(std::move(options)) {
  if (options_.hasLastModified) {
    const auto now = static_cast<int64_t>(std::time(nullptr));
    comparesModified_ = parseHttpDate(options_.lastModified, now, ownModified_);
  }
}

FileRoute::Opening FileRoute::open(OpenPart &opened, ContentCache *cache, uint64_t now) const {
  const int result = opened.open(options_.part, cache, now);
  if (fs::isExhaustion(result)) {
    return Opening::Exhausted;
  }
  return result == 0 && opened.facts.kind == fs::FileKind::Regular ? Opening::Opened
                                                                   : Opening::Missing;
}

FileRoute::Reply FileRoute::reply(const HttpHead &request, OpenPart &opened, std::string_view date,
                                  int64_t now, std::string &text) const {
  Reply reply;
  reply.head.status = options_.status;
  reply.head.hasDate = true;
  reply.head.closeAfter = options_.closeAfter;
  text.clear();
  if (!options_.hasDate) {
    text.append("Date: ").append(date).append("\r\n");
  }
  text.append(options_.fields);
  if (!options_.hasLastModified) {
    char modified[kHttpDateSize];
    formatHttpDate(opened.facts.modified, modified);
    text.append("last-modified: ").append(modified, sizeof modified).append("\r\n");
  }

  Precondition condition = Precondition::ProceedWhole;
  if (options_.status == 200) {
    Validators validators;
    validators.etag = options_.etag;
    validators.hasModified = comparesModified_;
    validators.modified = options_.hasLastModified ? ownModified_ : opened.facts.modified;
    condition = evaluatePreconditions(request, validators, now);
  }
  switch (condition) {
  case Precondition::NotModified:
    reply.head.status = 304;
    opened.length = 0;
    break;
  case Precondition::Failed:
    reply.head.status = 412;
    opened.length = 0;
    reply.contentLength = 0;
    break;
  case Precondition::Proceed:
    addRange(request, opened, reply, text);
    break;
  case Precondition::ProceedWhole:
    if (statusHasNoBody(options_.status)) {
      opened.length = 0;
      reply.contentLength = options_.status == 205 ? 0 : -1;
    } else {
      appendLength(text, opened.length);
    }
    break;
  }
  if (request.method == Method::Head) {
    opened.length = 0;
  }
  reply.head.fields = text;
  return reply;
}

void FileRoute::addRange(const HttpHead &request, OpenPart &opened, Reply &reply,
                         std::string &text) const {
  const HeaderField *field = request.find(KnownHeader::Range);
  const uint64_t whole = opened.length;
  ByteRange range;
  if (field == nullptr || options_.hasContentRange) {
    appendLength(text, whole);
    return;
  }
  switch (chooseRange(field->value, whole, range)) {
  case RangeChoice::Whole:
    appendLength(text, whole);
    break;
  case RangeChoice::Part:
    reply.head.status = 206;
    appendContentRange(text, range, whole);
    appendAcceptRanges(text);
    appendLength(text, range.length);
    opened.offset += range.first;
    opened.length = range.length;
    break;
  case RangeChoice::Unsatisfiable:
    reply.head.status = 416;
    appendContentRange(text, range, whole);
    appendAcceptRanges(text);
    reply.contentLength = 0;
    opened.length = 0;
    break;
  }
}

} // namespace uwk

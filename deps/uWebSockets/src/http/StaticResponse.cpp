// SPDX-License-Identifier: MIT
//
// Rendering of static routes and the comparison of entity tags (RFC 9110 section 8.8.3).
#include "StaticResponse.h"

#include "../files/Preconditions.h"
#include "CharTables.h"
#include "EntityTag.h"
#include "ResponseWriter.h"

namespace uwk {

namespace {

constexpr std::string_view kDateHole = "Sun, 06 Nov 1994 08:49:37 GMT";

// 204, 205 and 304 never carry a body; 204 and 304 no length either (RFC 9110 section 15).
bool hasBody(uint16_t status) { return status != 204 && status != 205 && status != 304; }
bool hasLength(uint16_t status) { return status != 204 && status != 304; }

} // namespace

StaticResponse::StaticResponse(const StaticRoute &route)
    : status_(route.status), closeAfter_(route.closeAfter), etag_(route.etag) {
  std::string_view body = hasBody(route.status) ? route.body : std::string_view{};
  std::string fields{route.fields};
  if (route.copyCount != 0) {
    fields.append("vary: Accept-Encoding\r\n");
    addCopies(route, fields);
  }
  if (etag_.empty() && !body.empty()) {
    etag_ = makeEntityTag(body);
    fields.append("etag: ").append(etag_).append("\r\n");
  }
  std::string length;
  if (hasLength(route.status)) {
    length.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  std::string line;
  appendStatusLine(line, route.status);

  full_ = line + fields;
  if (!route.hasDate) {
    full_.append("Date: ");
    fullDate_ = full_.size();
    full_.append(kDateHole).append("\r\n");
  }
  full_.append(length).append("\r\n");
  headSize_ = full_.size();
  full_.append(body);

  head_ = line + fields + length + "\r\n";
  if (!etag_.empty() && status_ == 200) {
    appendStatusLine(notModified_, 304);
    notModified_.append(fields).append("\r\n");
    appendStatusLine(preconditionFailed_, 412);
    preconditionFailed_.append(fields).append("Content-Length: 0\r\n\r\n");
  }
}

StaticResponse::~StaticResponse() {
  for (const StaticResponse *copy : copies_) {
    if (copy != nullptr) {
      copy->release();
    }
  }
}

void StaticResponse::addCopies(const StaticRoute &route, const std::string &fields) {
  for (size_t i = 0; i < route.copyCount; ++i) {
    const StaticCopy &copy = route.copies[i];
    ContentCoding coding =
        copy.coding == StaticCopy::Coding::Brotli ? ContentCoding::Brotli : ContentCoding::Gzip;
    std::string own = fields;
    own.append("content-encoding: ").append(contentCodingName(coding)).append("\r\n");
    StaticRoute form = route;
    form.copyCount = 0;
    form.fields = own;
    form.body = copy.body;
    const StaticResponse *&slot = copies_[static_cast<size_t>(coding)];
    if (slot == nullptr) {
      slot = new StaticResponse(form);
      hasCopies_ = true;
    }
  }
}

const StaticResponse &StaticResponse::choose(const HttpHead &head) const {
  if (!hasCopies_) {
    return *this;
  }
  const HeaderField *first = head.find(KnownHeader::AcceptEncoding);
  if (first == nullptr) {
    return *this;
  }
  AcceptEncoding accept;
  for (const HeaderField *field = first; field != head.headers.data() + head.headerCount; ++field) {
    if (field == first || chars::equalsIgnoreCase(field->name, first->name)) {
      accept.add(field->value);
    }
  }
  const AcceptEncoding::Choice choice = accept.preferred();
  for (size_t i = 0; i < choice.count; ++i) {
    const StaticResponse *copy = copies_[static_cast<size_t>(choice.codings[i])];
    if (copy != nullptr) {
      return *copy;
    }
  }
  return *this;
}

StaticResponse::Form StaticResponse::select(const HttpHead &head) const {
  if (head.method != Method::Get && head.method != Method::Head) {
    return Form::Full;
  }
  Form plain = head.method == Method::Head ? Form::Head : Form::Full;
  if (etag_.empty() || status_ != 200) {
    return plain;
  }
  if (head.find(KnownHeader::IfMatch) == nullptr &&
      head.find(KnownHeader::IfNoneMatch) == nullptr) {
    return plain;
  }
  // Without a date to compare with, what time it is does not matter.
  switch (evaluatePreconditions(head, {etag_, 0, false}, 0)) {
  case Precondition::NotModified:
    return Form::NotModified;
  case Precondition::Failed:
    return Form::PreconditionFailed;
  case Precondition::Proceed:
  case Precondition::ProceedWhole:
    break;
  }
  return plain;
}

std::string_view StaticResponse::bytes(Form form) const {
  switch (form) {
  case Form::Head:
    return head_;
  case Form::NotModified:
    return notModified_;
  case Form::PreconditionFailed:
    return preconditionFailed_;
  case Form::Full:
    break;
  }
  return full_;
}

size_t StaticResponse::dateOffset(Form form) const {
  switch (form) {
  case Form::Full:
    return fullDate_;
  case Form::PreconditionFailed:
  case Form::Head:
  case Form::NotModified:
    break;
  }
  return kNoDate;
}

} // namespace uwk

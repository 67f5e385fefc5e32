// SPDX-License-Identifier: MIT
//
// The order of RFC 9110 section 13.2.2, step by step.
#include "Preconditions.h"

#include "../http/CharTables.h"
#include "../http/EntityTag.h"
#include "HttpDate.h"

namespace uwk {

namespace {

// The value of the first such field, empty without one.
std::string_view valueOf(const HttpHead &head, KnownHeader header) {
  const HeaderField *field = head.find(header);
  return field != nullptr ? field->value : std::string_view{};
}

// A list may be spread over several fields (RFC 9110 section 5.3).
bool anyLineMatches(const HttpHead &head, KnownHeader header, std::string_view etag,
                    TagComparison comparison) {
  const HeaderField *first = head.find(header);
  const HeaderField *end = head.headers.data() + head.headerCount;
  for (const HeaderField *field = first; field != end; ++field) {
    if (field != first && !chars::equalsIgnoreCase(field->name, first->name)) {
      continue;
    }
    // "*": there is a representation, tag or not.
    if (field->value == "*" ||
        (!etag.empty() && entityTagListMatches(field->value, etag, comparison))) {
      return true;
    }
  }
  return false;
}

bool parseDate(std::string_view text, int64_t now, int64_t &seconds) {
  return parseHttpDate(text, now, seconds) || parseIsoDate(text, seconds);
}

// Section 13.1.5: the same strong tag, or exactly the same date. A tag in quotes is never a date.
bool rangeIsCurrent(std::string_view condition, const Validators &validators, int64_t now) {
  if (condition.empty()) {
    return true;
  }
  if (condition.front() == '"' || condition.starts_with("W/")) {
    return condition.front() == '"' && condition == validators.etag;
  }
  int64_t date = 0;
  return validators.hasModified && parseHttpDate(condition, now, date) &&
         date == validators.modified;
}

} // namespace

Precondition evaluatePreconditions(const HttpHead &head, const Validators &validators,
                                   int64_t now) {
  if (head.method != Method::Get && head.method != Method::Head) {
    return Precondition::ProceedWhole;
  }
  int64_t date = 0;
  if (!valueOf(head, KnownHeader::IfMatch).empty()) {
    if (!anyLineMatches(head, KnownHeader::IfMatch, validators.etag, TagComparison::Strong)) {
      return Precondition::Failed;
    }
  } else if (const std::string_view text = valueOf(head, KnownHeader::IfUnmodifiedSince);
             !text.empty() && validators.hasModified && parseDate(text, now, date) &&
             validators.modified > date) {
    return Precondition::Failed;
  }
  if (!valueOf(head, KnownHeader::IfNoneMatch).empty()) {
    if (anyLineMatches(head, KnownHeader::IfNoneMatch, validators.etag, TagComparison::Weak)) {
      return Precondition::NotModified;
    }
  } else if (const std::string_view text = valueOf(head, KnownHeader::IfModifiedSince);
             !text.empty() && validators.hasModified && parseDate(text, now, date) &&
             validators.modified <= date) {
    return Precondition::NotModified;
  }
  return rangeIsCurrent(valueOf(head, KnownHeader::IfRange), validators, now)
             ? Precondition::Proceed
             : Precondition::ProceedWhole;
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Every decision is made at the byte that forces it, so that a target split over many reads meets
// the same fate as one that came whole.
#include "RequestTarget.h"

#include "CharTables.h"
#include "HeaderScan.h"
#include "HostName.h"

#include <cstddef>
#include <string_view>

namespace uwk {

namespace {

bool endsTarget(char c) { return c == ' ' || c == '\r'; }

// `at` follows a '/'. One or two dots, each perhaps written %2e, and then the end of the segment. A
// backslash ends one too, but has the target normalised anyway.
// Bytes at `end` are padding: what they say is used only for a target that is not complete yet.
bool isDotSegment(const char *at, const char *end) {
  for (int dots = 0; at < end; dots++) {
    if (*at == '.') {
      at += 1;
    } else if (end - at >= 3 && at[0] == '%' && at[1] == '2' && (at[2] | 0x20) == 'e') {
      at += 3;
    } else {
      return dots > 0 && (*at == '/' || *at == '?' || endsTarget(*at));
    }
    if (dots == 2) {
      return false;
    }
  }
  return false;
}

TargetStatus parsePath(const char *&at, const char *end, HttpHead &head) {
  for (;; at++) {
    at = scan::find<scan::PathRule>(at, end);
    if (at == end) {
      return TargetStatus::Partial;
    }
    const char c = *at;
    if (c == '?' || endsTarget(c)) {
      return TargetStatus::Complete;
    }
    if (!chars::is(c, chars::kTarget)) {
      return TargetStatus::Bad;
    }
    if (c == '/' ? isDotSegment(at + 1, end) : !chars::is(c, chars::kPathAsIs)) {
      head.needsNormalising = true;
    }
  }
}

TargetStatus parseQuery(const char *&at, const char *end, HttpHead &head) {
  for (;; at++) {
    at = scan::find<scan::QueryRule>(at, end);
    if (at == end) {
      return TargetStatus::Partial;
    }
    const char c = *at;
    if (endsTarget(c)) {
      return TargetStatus::Complete;
    }
    if (!chars::is(c, chars::kTarget)) {
      return TargetStatus::Bad;
    }
    if (!chars::is(c, chars::kQueryAsIs)) {
      head.needsNormalising = true;
    }
  }
}

// origin-form, and what follows the authority of absolute-form.
TargetStatus parsePathAndQuery(const char *&at, const char *end, HttpHead &head) {
  const char *path = at;
  TargetStatus status = parsePath(at, end, head);
  if (status != TargetStatus::Complete) {
    return status;
  }
  head.path = {path, static_cast<size_t>(at - path)};
  if (*at == '?') {
    const char *query = ++at;
    status = parseQuery(at, end, head);
    head.query = {query, static_cast<size_t>(at - query)};
  }
  return status;
}

TargetStatus findAuthorityEnd(const char *&at, const char *end) {
  for (; at < end; at++) {
    if (*at == '/' || *at == '?' || endsTarget(*at)) {
      return TargetStatus::Complete;
    }
    if (!chars::is(*at, chars::kVisible) || *at == '#') {
      return TargetStatus::Bad;
    }
  }
  return TargetStatus::Partial;
}

TargetStatus parseScheme(const char *&at, const char *end) {
  for (const char wanted : std::string_view("http")) {
    if (at == end) {
      return TargetStatus::Partial;
    }
    if (chars::lower(*at++) != wanted) {
      return TargetStatus::Bad;
    }
  }
  if (at < end && chars::lower(*at) == 's') {
    at++;
  }
  for (const char wanted : std::string_view("://")) {
    if (at == end) {
      return TargetStatus::Partial;
    }
    if (*at++ != wanted) {
      return TargetStatus::Bad;
    }
  }
  return TargetStatus::Complete;
}

// RFC 9112 section 3.2.2: a server must accept it, and its authority replaces Host.
TargetStatus parseAbsolute(const char *&at, const char *end, HttpHead &head) {
  TargetStatus status = parseScheme(at, end);
  if (status != TargetStatus::Complete) {
    return status;
  }
  const char *authority = at;
  status = findAuthorityEnd(at, end);
  if (status != TargetStatus::Complete) {
    return status;
  }
  head.host = {authority, static_cast<size_t>(at - authority)};
  const HostCheck check = checkHost(head.host);
  if (!check.valid) {
    return TargetStatus::Bad;
  }
  head.needsNormalising |= !check.canonical;
  if (*at == '/') {
    return parsePathAndQuery(at, end, head);
  }
  status = parsePathAndQuery(at, end, head);
  head.path = "/";
  return status;
}

TargetStatus parseAsterisk(const char *&at, const char *end, HttpHead &head) {
  if (head.method != Method::Options) {
    return TargetStatus::Bad;
  }
  head.path = {at++, 1};
  if (at == end) {
    return TargetStatus::Partial;
  }
  return endsTarget(*at) ? TargetStatus::Complete : TargetStatus::Bad;
}

// authority-form: the port is required (RFC 9112 section 3.2.3).
TargetStatus parseConnect(const char *&at, const char *end, HttpHead &head) {
  const char *authority = at;
  const TargetStatus status = findAuthorityEnd(at, end);
  if (status != TargetStatus::Complete) {
    return status;
  }
  head.path = {authority, static_cast<size_t>(at - authority)};
  const HostCheck check = checkHost(head.path);
  return check.valid && check.hasPort && endsTarget(*at) ? TargetStatus::Complete
                                                         : TargetStatus::Bad;
}

} // namespace

TargetStatus parseTarget(const char *&at, const char *end, HttpHead &head) {
  if (at == end) {
    return TargetStatus::Partial;
  }
  const char *start = at;
  TargetStatus status;
  if (head.method == Method::Connect) {
    status = parseConnect(at, end, head);
  } else if (*at == '/') {
    status = parsePathAndQuery(at, end, head);
  } else if (*at == '*') {
    status = parseAsterisk(at, end, head);
  } else {
    status = parseAbsolute(at, end, head);
  }
  head.target = {start, static_cast<size_t>(at - start)};
  return status;
}

} // namespace uwk

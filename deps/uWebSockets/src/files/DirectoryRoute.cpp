// SPDX-License-Identifier: MIT
//
// Path, file, form, conditions, range: one after the other, each may end it.
#include "DirectoryRoute.h"

#include "../http/CharTables.h"

namespace uwk {

namespace {

constexpr std::string_view kIndex = "index.html";

ServedFileRef formFor(const HttpHead &head, const FileForms &forms) {
  const HeaderField *first = head.find(KnownHeader::AcceptEncoding);
  if (first == nullptr || !forms.hasCompressed()) {
    return forms.plain();
  }
  AcceptEncoding accept;
  for (const HeaderField *field = first; field != head.headers.data() + head.headerCount; ++field) {
    if (field == first || chars::equalsIgnoreCase(field->name, first->name)) {
      accept.add(field->value);
    }
  }
  return forms.choose(accept);
}

} // namespace

std::shared_ptr<const MediaTypes> makeMediaTypes(std::string table) {
  return std::make_shared<const MediaTypes>(std::move(table));
}

std::shared_ptr<DirectoryRoute> openDirectoryRoute(const std::string &path,
                                                   DirectoryOptions options, int &error) {
  auto route = std::make_shared<DirectoryRoute>();
  error = -route->open(path, std::move(options));
  return error == 0 ? route : nullptr;
}

int DirectoryRoute::open(const std::string &path, DirectoryOptions options) {
  options_ = std::move(options);
  if (options_.keepOpen) {
    cache_ = std::make_unique<OpenFileCache>();
  }
  return root_.open(path.c_str());
}

DirectoryAnswer DirectoryRoute::answer(const HttpHead &head, uint64_t nowMs, int64_t now) {
  DirectoryAnswer answer;
  DirectoryPath path;
  const std::string &prefix = options_.prefix;
  if (!head.path.starts_with(prefix) ||
      !readDirectoryPath(head.path.substr(prefix.size()),
                         options_.dotfiles ? Dotfiles::Allow : Dotfiles::Deny, prefix == "/",
                         path)) {
    return answer;
  }
  if (!path.isCanonical) {
    answer.spelling = prefix + canonicalSpelling(path);
  }
  if (path.isDirectory) {
    path.append(path.size > 0 ? "/" : "");
    path.append(kIndex);
  }
  ServedFileRef file;
  switch (find(path, head, nowMs, file)) {
  case OpenOutcome::File:
    answerWith(file, head, now, answer);
    break;
  case OpenOutcome::Directory:
    answer.status = path.isDirectory ? 404 : 301;
    break;
  case OpenOutcome::Missing:
    break;
  case OpenOutcome::Exhausted:
    answer.status = 503;
    break;
  }
  return answer;
}

OpenOutcome DirectoryRoute::find(DirectoryPath &path, const HttpHead &head, uint64_t nowMs,
                                 ServedFileRef &file) {
  const FileForms *kept = cache_ != nullptr ? cache_->find(path.view(), nowMs) : nullptr;
  if (kept != nullptr) {
    file = formFor(head, *kept);
    if (file->isUnchanged()) {
      return OpenOutcome::File;
    }
  }
  FileForms forms;
  const FileForms::Rules rules{*options_.types, options_.fields, options_.precompressed};
  OpenOutcome outcome = forms.open(root_, path, rules);
  if (outcome == OpenOutcome::Exhausted && cache_ != nullptr) {
    // What is kept open for convenience makes room.
    cache_->clear();
    outcome = forms.open(root_, path, rules);
  }
  if (outcome == OpenOutcome::File) {
    file = formFor(head, forms);
  }
  if (cache_ != nullptr) {
    if (outcome == OpenOutcome::File) {
      cache_->put(path.view(), forms, nowMs);
    } else {
      cache_->remove(path.view());
    }
  }
  return outcome;
}

void DirectoryRoute::answerWith(const ServedFileRef &file, const HttpHead &head, int64_t now,
                                DirectoryAnswer &answer) {
  answer.file = file;
  switch (evaluatePreconditions(head, file->validators(), now)) {
  case Precondition::NotModified:
    answer.status = 304;
    return;
  case Precondition::Failed:
    answer.status = 412;
    return;
  case Precondition::ProceedWhole:
    answer.status = 200;
    answer.range = {0, file->size()};
    return;
  case Precondition::Proceed:
    break;
  }
  const HeaderField *range = head.find(KnownHeader::Range);
  switch (chooseRange(range != nullptr ? range->value : std::string_view{}, file->size(),
                      answer.range)) {
  case RangeChoice::Whole:
    answer.status = 200;
    break;
  case RangeChoice::Part:
    answer.status = 206;
    break;
  case RangeChoice::Unsatisfiable:
    answer.status = 416;
    break;
  }
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// All forms are looked for whoever asks: whether there are any decides about Vary (RFC 9110 section
// 12.5.5). Types that are compressed by nature are spared the look-ups, and their neighbours the
// mistake: `photos.tar` and `photos.tar.gz` are two downloads.
#include "FileForms.h"

namespace uwk {

namespace {

// By ContentCoding.
constexpr std::string_view kSuffixes[kCompressions] = {".br", ".zst", ".gz"};

} // namespace

OpenOutcome FileForms::open(const DirectoryRoot &root, DirectoryPath &path, const Rules &rules) {
  OpenedFile plain = root.openFile(path.text);
  if (plain.outcome != OpenOutcome::File) {
    return plain.outcome;
  }
  const MediaType type = rules.types.of(path.name());
  std::array<OpenedFile, kCompressions> compressed;
  hasCompressed_ = false;
  if (rules.precompressed && type.isCompressible) {
    const size_t size = path.size;
    for (size_t i = 0; i < kCompressions; ++i) {
      path.append(kSuffixes[i]);
      compressed[i] = root.openFile(path.text);
      path.truncate(size);
      if (compressed[i].outcome == OpenOutcome::File &&
          compressed[i].facts.modified < plain.facts.modified) {
        compressed[i] = {};
      }
      hasCompressed_ = hasCompressed_ || compressed[i].outcome == OpenOutcome::File;
    }
  }
  std::string described;
  described.append("content-type: ").append(type.text).append("\r\n").append(rules.fields);
  if (hasCompressed_) {
    described.append("vary: Accept-Encoding\r\n");
  }
  for (size_t i = 0; i < kCompressions; ++i) {
    forms_[i] =
        compressed[i].outcome != OpenOutcome::File
            ? ServedFileRef()
            : ServedFileRef(new ServedFile(std::move(compressed[i].descriptor), compressed[i].facts,
                                           described, static_cast<ContentCoding>(i)));
  }
  forms_[kPlain] = ServedFileRef(new ServedFile(std::move(plain.descriptor), plain.facts,
                                                std::move(described), ContentCoding::Identity));
  return OpenOutcome::File;
}

const ServedFileRef &FileForms::choose(const AcceptEncoding &accept) const {
  const AcceptEncoding::Choice choice = accept.preferred();
  for (size_t i = 0; i < choice.count; ++i) {
    const ServedFileRef &form = forms_[static_cast<size_t>(choice.codings[i])];
    if (form) {
      return form;
    }
  }
  return forms_[kPlain];
}

} // namespace uwk

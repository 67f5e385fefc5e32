// SPDX-License-Identifier: MIT
//
// An open file with what a response says of it, rendered once. Shared by the cache of its directory
// route and the responses that are sending it; closed with the last of them.
#pragma once

#include "AcceptEncoding.h"
#include "Counted.h"
#include "FileSystem.h"
#include "Preconditions.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

class ServedFile {
public:
  // `described`: complete lines that come before last-modified. `coding`: how the file's bytes are
  // encoded; it also makes the entity tag differ from those of the file's other forms.
  ServedFile(fs::Descriptor descriptor, const fs::FileFacts &facts, std::string described,
             ContentCoding coding);
  ServedFile(const ServedFile &) = delete;
  ServedFile &operator=(const ServedFile &) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] const fs::FileFacts &facts() const { return facts_; }
  [[nodiscard]] uint64_t size() const { return facts_.size; }
  [[nodiscard]] ContentCoding coding() const { return coding_; }
  // Complete lines: what was given, then last-modified and etag.
  [[nodiscard]] std::string_view fields() const { return fields_; }
  [[nodiscard]] Validators validators() const;
  // Nobody wrote to the file, renamed, replaced or deleted it since it was opened, as far as its
  // size and times tell.
  [[nodiscard]] bool isUnchanged() const;

  void retain() const { ++references_; }
  void release() const {
    if (--references_ == 0) {
      delete this;
    }
  }

private:
  ~ServedFile() = default;

  mutable uint32_t references_ = 1;
  fs::Descriptor descriptor_;
  fs::FileFacts facts_;
  ContentCoding coding_;
  std::string fields_;
  std::string etag_;
};

using ServedFileRef = Counted<ServedFile>;

} // namespace uwk

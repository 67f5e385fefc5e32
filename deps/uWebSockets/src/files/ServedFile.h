// SPDX-License-Identifier: MIT
//
// An open file with what a response says of it, rendered once. Shared by the cache of its directory
// route and the responses that are sending it; closed with the last of them.
#pragma once

#include "AcceptEncoding.h"
#include "FileSystem.h"
#include "Preconditions.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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

// Counts one reference of a ServedFile.
class ServedFileRef {
public:
  ServedFileRef() = default;
  // Takes over the reference that a new file starts with.
  explicit ServedFileRef(const ServedFile *file) : file_(file) {}
  ServedFileRef(const ServedFileRef &other) : file_(other.file_) {
    if (file_ != nullptr) {
      file_->retain();
    }
  }
  ServedFileRef(ServedFileRef &&other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  ServedFileRef &operator=(ServedFileRef other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~ServedFileRef() {
    if (file_ != nullptr) {
      file_->release();
    }
  }

  explicit operator bool() const { return file_ != nullptr; }
  const ServedFile *operator->() const { return file_; }
  const ServedFile &operator*() const { return *file_; }
  // The reference is the caller's from now on.
  [[nodiscard]] const ServedFile *detach() { return std::exchange(file_, nullptr); }

private:
  const ServedFile *file_ = nullptr;
};

} // namespace uwk

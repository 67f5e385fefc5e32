// SPDX-License-Identifier: MIT
//
// All bytes of a small file, as they were at one time. Shared by the cache and the responses that
// are sending them.
#pragma once

#include "Counted.h"
#include "FileSystem.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace uwk {

class FileContents {
public:
  // `bytes`: as many as the facts say.
  FileContents(std::string path, const fs::FileFacts &facts, std::unique_ptr<char[]> bytes)
      : path_(std::move(path)), facts_(facts), bytes_(std::move(bytes)) {}
  FileContents(const FileContents &) = delete;
  FileContents &operator=(const FileContents &) = delete;

  [[nodiscard]] const std::string &path() const { return path_; }
  [[nodiscard]] const fs::FileFacts &facts() const { return facts_; }
  [[nodiscard]] size_t size() const { return static_cast<size_t>(facts_.size); }
  [[nodiscard]] std::string_view bytes() const { return {bytes_.get(), size()}; }

  void retain() const { ++references_; }
  void release() const {
    if (--references_ == 0) {
      delete this;
    }
  }

private:
  ~FileContents() = default;

  mutable uint32_t references_ = 1;
  std::string path_;
  fs::FileFacts facts_;
  std::unique_ptr<char[]> bytes_;
};

using FileContentsRef = Counted<FileContents>;

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Keeps the files of a directory route open for a moment, so that a file asked for again is not
// looked up again. Whether anything happened to the file itself (written, renamed, replaced,
// deleted) is asked of the system every time; what else may lead its name elsewhere, a renamed
// directory or another link, is noticed after kOpenFileTrustMs. Nothing runs on its own: what is
// out of date goes when its place is needed, or with the route.
#pragma once

#include "FileForms.h"

#include <uwk/Limits.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

class OpenFileCache {
public:
  // Null when it is not here, or not to be trusted any more. Valid until the next call. `now`:
  // milliseconds that do not go back.
  [[nodiscard]] const FileForms *find(std::string_view path, uint64_t now);
  // Keeps a copy of `forms` if it is worth it.
  void put(std::string_view path, const FileForms &forms, uint64_t now);
  void remove(std::string_view path);
  void clear();

private:
  static constexpr size_t kWays = 4;
  static constexpr size_t kSets = Limits::kMaxOpenFiles / kWays;

  struct Entry {
    std::string path;
    FileForms forms;
    uint64_t openedAt = 0;
    bool isUsed = false;
  };

  [[nodiscard]] static size_t setOf(std::string_view path);
  [[nodiscard]] Entry *entryOf(std::string_view path);

  std::array<Entry, kSets * kWays> entries_;
};

} // namespace uwk

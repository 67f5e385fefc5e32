// SPDX-License-Identifier: MIT
//
// Keeps the contents of small files that are asked for again and again. What a name leads to is
// asked of the system every time (one stat(2) instead of open, fstat, read and close), so that an
// edit, a rename, a deletion, a new link or a permission taken away counts at once. What does not
// show there (a file system without exact times, a write through a mapping) counts within
// kFileTrustMs: no contents are used longer than that without being read anew. Nothing runs on its
// own: what is out of date goes when its place or its memory is needed.
#pragma once

#include "FileContents.h"

#include <uwk/Limits.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace uwk {

class ContentCache {
public:
  // The time of day by which files are stamped, in milliseconds since the epoch.
  using WallClock = int64_t (*)();
  static int64_t systemTime();
  explicit ContentCache(WallClock wallClock = systemTime) : wallClock_(wallClock) {}

  // The file of this name as it is now; null when its contents are not here. `now`: milliseconds
  // that do not go back.
  [[nodiscard]] FileContentsRef find(const std::string &path, uint64_t now);
  // After find() found nothing: `file` is what the path led to. Its contents, if it was asked for
  // before, not long ago, and they are in memory anyhow; else null.
  [[nodiscard]] FileContentsRef keep(const std::string &path, int file, const fs::FileFacts &facts,
                                     uint64_t now);

  [[nodiscard]] size_t bytes() const { return bytes_; }

private:
  static constexpr size_t kWays = 4;
  static constexpr size_t kSets = Limits::kMaxCachedFiles / kWays;

  // A path by its hash, and when it was asked for, or its contents were read if there are any.
  struct Entry {
    size_t hash = 0;
    uint64_t at = 0;
    FileContentsRef contents;
  };
  using Entries = std::array<Entry, kSets * kWays>;

  [[nodiscard]] Entry *entryOf(size_t hash);
  void note(size_t hash, uint64_t now);
  void drop(Entry &entry);
  bool makeRoom(size_t size, uint64_t now);
  [[nodiscard]] bool isSettled(const fs::FileFacts &facts) const;

  WallClock wallClock_;
  std::unique_ptr<Entries> entries_; // made for the first small file
  size_t bytes_ = 0;
  uint64_t sweptAt_ = 0;
};

} // namespace uwk

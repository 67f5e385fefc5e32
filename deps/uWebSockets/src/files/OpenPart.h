// SPDX-License-Identifier: MIT
//
// A FilePart opened: its descriptor or its contents, its facts, and where it lies in the file as
// that is now.
#pragma once

#include "ContentCache.h"
#include "FileSystem.h"

#include <uwk/FileResponse.h>

#include <algorithm>

namespace uwk {

struct OpenPart {
  FileContentsRef contents;  // when they are in memory
  fs::Descriptor descriptor; // else
  fs::FileFacts facts;
  uint64_t offset = 0;
  uint64_t length = 0;

  [[nodiscard]] bool isWhole() const { return length == facts.size; }

  // 0, or a negative errno value. Directories, pipes and devices open, too. `cache` may be null;
  // `now` is its time.
  [[nodiscard]] int open(const FilePart &part, ContentCache *cache, uint64_t now) {
    if (const int result = findOrOpen(part, part.path.empty() ? nullptr : cache, now); result < 0) {
      return result;
    }
    offset = std::min(part.start, facts.size);
    length = std::max(std::min(part.end, facts.size), offset) - offset;
    return 0;
  }

private:
  [[nodiscard]] int findOrOpen(const FilePart &part, ContentCache *cache, uint64_t now) {
    if (cache != nullptr) {
      contents = cache->find(part.path, now);
      if (contents) {
        facts = contents->facts();
        return 0;
      }
    }
    const int fd = part.path.empty() ? fs::duplicate(part.fd) : fs::openFile(part.path.c_str());
    if (fd < 0) {
      return fd;
    }
    descriptor = fs::Descriptor(fd);
    if (const int result = fs::factsOf(fd, facts); result < 0) {
      return result;
    }
    if (cache != nullptr) {
      contents = cache->keep(part.path, fd, facts, now);
    }
    return 0;
  }
};

} // namespace uwk

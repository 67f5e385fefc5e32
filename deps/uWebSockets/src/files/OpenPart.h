// SPDX-License-Identifier: MIT
//
// A FilePart opened: its descriptor, its facts, and where it lies in the file as that is now.
#pragma once

#include "FileSystem.h"

#include <uwk/FileResponse.h>

#include <algorithm>

namespace uwk {

struct OpenPart {
  fs::Descriptor descriptor;
  fs::FileFacts facts;
  uint64_t offset = 0;
  uint64_t length = 0;

  [[nodiscard]] bool isWhole() const { return length == facts.size; }

  // 0, or a negative errno value. Directories, pipes and devices open, too.
  [[nodiscard]] int open(const FilePart &part) {
    const int fd = part.path.empty() ? fs::duplicate(part.fd) : fs::openFile(part.path.c_str());
    if (fd < 0) {
      return fd;
    }
    descriptor = fs::Descriptor(fd);
    const int result = fs::factsOf(fd, facts);
    if (result < 0) {
      return result;
    }
    offset = std::min(part.start, facts.size);
    length = std::max(std::min(part.end, facts.size), offset) - offset;
    return 0;
  }
};

} // namespace uwk

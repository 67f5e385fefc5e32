// SPDX-License-Identifier: MIT
//
// A directory whose files are opened by relative path, and nothing outside of it. The directory is
// held by a descriptor: renaming it does not change what is served. Links inside it are followed as
// if it were the root of the file system, so that none of them leads out (openat2(2),
// RESOLVE_IN_ROOT). Where the kernel or a seccomp filter does not offer that call, the path is
// walked name by name with the same result.
#pragma once

#include "FileSystem.h"

namespace uwk {

enum class OpenOutcome : uint8_t {
  File,
  Directory,
  Missing,  // or not ours to read, or neither file nor directory
  Exhausted // no descriptor or memory was left: a later attempt may succeed
};

struct OpenedFile {
  OpenOutcome outcome = OpenOutcome::Missing;
  fs::Descriptor descriptor; // for File only
  fs::FileFacts facts;       // for File and Directory
};

class DirectoryRoot {
public:
  enum class Resolver : uint8_t { Kernel, Walk };

  // 0, or a negative errno value. `path` is taken from the working directory once, here.
  [[nodiscard]] int open(const char *path);

  // `relative`: no leading slash, not empty, zero-terminated. Only regular files are opened for
  // good, and opening never waits.
  [[nodiscard]] OpenedFile openFile(const char *relative) const;

  [[nodiscard]] Resolver resolver() const { return resolver_; }
  void setResolver(Resolver resolver) { resolver_ = resolver; }

private:
  fs::Descriptor root_;
  Resolver resolver_ = Resolver::Kernel;
};

} // namespace uwk

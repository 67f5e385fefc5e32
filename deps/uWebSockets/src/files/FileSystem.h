// SPDX-License-Identifier: MIT
//
// One thin wrapper per file system call: close-on-exec, EINTR retried, failures returned as
// negative errno values. No policy. The only file of uwk that makes such calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace uwk::fs {

// A file descriptor that is closed with its owner.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool isOpen() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

enum class FileKind : uint8_t { Regular, Directory, Other };

struct FileFacts {
  FileKind kind = FileKind::Other;
  uint64_t size = 0;
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t modified = 0; // seconds since the epoch
  int64_t modifiedNanoseconds = 0;
  // The last change of anything but the contents: renamed, deleted, replaced, permissions.
  int64_t changed = 0;
  int64_t changedNanoseconds = 0;

  bool operator==(const FileFacts &) const = default;
};

// A directory for look-ups only: needs no permission to list it. Follows links.
[[nodiscard]] int openDirectory(const char *path);

// Whether openInRoot() works here: old kernels do not have it, and containers may forbid it.
[[nodiscard]] bool canOpenInRoot();

// Opening for reading never waits (a FIFO without a writer) and never acquires a terminal.
//
// Below `root` as if it were the root of the file system: neither `..` nor a link leads out of it,
// and links of /proc are not followed.
[[nodiscard]] int openInRoot(int root, const char *path);
// One name in a directory, which must not be a link: -ELOOP then.
[[nodiscard]] int openFileAt(int directory, const char *name);
// The same for a directory, for look-ups. -ENOTDIR for anything else, links included.
[[nodiscard]] int openDirectoryAt(int directory, const char *name);
// The text of a link without a terminating zero; its size, `capacity` if it does not fit, or
// -EINVAL for what is no link.
[[nodiscard]] int readLinkAt(int directory, const char *name, char *out, size_t capacity);

// By its path as the process sees it.
[[nodiscard]] int openFile(const char *path);
// Of a negative errno value: no descriptor or memory was left, a later attempt may succeed.
[[nodiscard]] bool isExhaustion(int error);
[[nodiscard]] int duplicate(int fd);

[[nodiscard]] int factsOf(int fd, FileFacts &facts);
// Of what the path leads to.
[[nodiscard]] int factsAt(const char *path, FileFacts &facts);
// Bytes read, 0 at the end; the position of the descriptor does not change.
[[nodiscard]] int readAt(int fd, char *to, size_t size, uint64_t offset);
// Tells the system that these bytes are about to be read, so that it begins with all of them.
void willNeed(int fd, uint64_t offset, uint64_t size);
// All `size` bytes, or false: where that would mean to wait for a disk or a server, and where the
// file ends before.
[[nodiscard]] bool readCached(int fd, char *to, size_t size, uint64_t offset);
// Whether these bytes, at least one, are in memory. Looks at both ends where that is cheaper. True
// also where the system does not tell, and for what is not there at all.
[[nodiscard]] bool isCached(int fd, uint64_t offset, size_t size);

} // namespace uwk::fs

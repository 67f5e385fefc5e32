// SPDX-License-Identifier: MIT
//
// The system calls themselves. openat2() has no wrapper in the C library, and the kernel headers of
// older build machines do not know it: its interface is written down here.
#include "FileSystem.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace uwk::fs {

namespace {

#ifdef O_PATH
constexpr int kLookUp = O_PATH;
#else
constexpr int kLookUp = O_RDONLY;
#endif
#ifdef __linux__
constexpr long kOpenat2 = 437; // the same number on every architecture
#endif
constexpr int kRead = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

template <typename Call> int retried(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0) {
      return static_cast<int>(result);
    }
    if (errno != EINTR) {
      return -errno;
    }
  }
}

} // namespace

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept {
  if (this != &other) {
    Descriptor old(std::exchange(fd_, other.release()));
  }
  return *this;
}

Descriptor::~Descriptor() {
  // Not retried: after EINTR the descriptor is gone, and its number may be somebody else's.
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

int openDirectory(const char *path) {
  return retried([path] { return ::open(path, kLookUp | O_DIRECTORY | O_CLOEXEC); });
}

bool canOpenInRoot() {
#ifdef __linux__
  // A kernel that has the call finds the size of its argument wrong before anything else; a seccomp
  // filter answers whatever its author liked.
  return ::syscall(kOpenat2, -1, "", nullptr, 0) < 0 && errno == EINVAL;
#else
  return false;
#endif
}

int openInRoot([[maybe_unused]] int root, [[maybe_unused]] const char *path) {
#ifdef __linux__
  struct {
    uint64_t flags = kRead;
    uint64_t mode = 0;
    uint64_t resolve = 0x02 | 0x10; // RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT
  } how;
  return retried([&] { return ::syscall(kOpenat2, root, path, &how, sizeof how); });
#else
  return -ENOSYS;
#endif
}

int openFileAt(int directory, const char *name) {
  return retried([&] { return ::openat(directory, name, kRead | O_NOFOLLOW); });
}

int openDirectoryAt(int directory, const char *name) {
  const int fd = retried(
      [&] { return ::openat(directory, name, kLookUp | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); });
  // Systems disagree on how they refuse a link here.
  return fd == -ELOOP ? -ENOTDIR : fd;
}

int readLinkAt(int directory, const char *name, char *out, size_t capacity) {
  return retried([&] { return ::readlinkat(directory, name, out, capacity); });
}

int openFile(const char *path) {
  return retried([path] { return ::open(path, kRead); });
}

int duplicate(int fd) {
  return retried([fd] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
}

int readAt(int fd, char *to, size_t size, uint64_t offset) {
  return retried([&] { return ::pread(fd, to, size, static_cast<off_t>(offset)); });
}

int factsOf(int fd, FileFacts &facts) {
  struct stat found {};
  const int result = retried([&] { return ::fstat(fd, &found); });
  if (result < 0) {
    return result;
  }
  facts.kind = S_ISREG(found.st_mode)   ? FileKind::Regular
               : S_ISDIR(found.st_mode) ? FileKind::Directory
                                        : FileKind::Other;
  facts.size = static_cast<uint64_t>(found.st_size);
  facts.device = static_cast<uint64_t>(found.st_dev);
  facts.inode = static_cast<uint64_t>(found.st_ino);
#ifdef __APPLE__
  const timespec &modified = found.st_mtimespec;
  const timespec &changed = found.st_ctimespec;
#else
  const timespec &modified = found.st_mtim;
  const timespec &changed = found.st_ctim;
#endif
  facts.modified = modified.tv_sec;
  facts.modifiedNanoseconds = modified.tv_nsec;
  facts.changed = changed.tv_sec;
  facts.changedNanoseconds = changed.tv_nsec;
  return 0;
}

} // namespace uwk::fs

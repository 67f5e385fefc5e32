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
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#endif

#include <algorithm>
#include <vector>

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

#ifdef __linux__
constexpr int kNowait = 0x8; // RWF_NOWAIT
#endif

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

bool isExhaustion(int error) { return error == -EMFILE || error == -ENFILE || error == -ENOMEM; }

int duplicate(int fd) {
  return retried([fd] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
}

int readAt(int fd, char *to, size_t size, uint64_t offset) {
  return retried([&] { return ::pread(fd, to, size, static_cast<off_t>(offset)); });
}

void willNeed([[maybe_unused]] int fd, [[maybe_unused]] uint64_t offset,
              [[maybe_unused]] uint64_t size) {
#ifdef POSIX_FADV_WILLNEED
  ::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(size), POSIX_FADV_WILLNEED);
#endif
}

#ifdef __linux__
namespace {

// preadv2(2) that fails with EAGAIN instead of waiting for what is not in the page cache, and with
// EOPNOTSUPP where the file system cannot promise that (tmpfs, overlayfs, network ones).
int readNowait(int fd, char *to, size_t size, uint64_t offset) {
  const iovec part{to, size};
  // The offset comes in two halves; where a long holds all of it, the upper one is ignored.
  return retried([&] {
    return ::syscall(SYS_preadv2, fd, &part, 1, static_cast<long>(offset),
                     static_cast<long>(offset >> 16 >> 16), kNowait);
  });
}

// By mincore(2), which sees the page cache of any file system. It needs a mapping, and says yes to
// everything of a file that we neither own nor may write to.
bool isMappedInMemory(int fd, uint64_t offset, size_t size) {
  static const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const uint64_t first = offset / page * page;
  const size_t length = size + static_cast<size_t>(offset - first);
  void *at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(first));
  if (at == MAP_FAILED) {
    return true;
  }
  std::vector<unsigned char> pages((length + page - 1) / page);
  const int result = ::mincore(at, length, pages.data());
  ::munmap(at, length);
  return result != 0 || std::all_of(pages.begin(), pages.end(),
                                    [](unsigned char bits) { return (bits & 1) != 0; });
}

} // namespace

bool readCached(int fd, char *to, size_t size, uint64_t offset) {
  int count = readNowait(fd, to, size, offset);
  if (count == -EOPNOTSUPP || count == -ENOSYS) {
    count = isMappedInMemory(fd, offset, size) ? readAt(fd, to, size, offset) : -EAGAIN;
  }
  return count >= 0 && static_cast<size_t>(count) == size;
}

bool isCached(int fd, uint64_t offset, size_t size) {
  char byte = 0;
  int result = readNowait(fd, &byte, 1, offset);
  if (result >= 0 && size > 1) {
    result = readNowait(fd, &byte, 1, offset + size - 1);
  }
  if (result == -EOPNOTSUPP || result == -ENOSYS) {
    return isMappedInMemory(fd, offset, size);
  }
  return result != -EAGAIN;
}
#else
// Nobody can be asked.
bool readCached(int fd, char *to, size_t size, uint64_t offset) {
  const int count = readAt(fd, to, size, offset);
  return count >= 0 && static_cast<size_t>(count) == size;
}

bool isCached(int, uint64_t, size_t) { return true; }
#endif

namespace {

void readFacts(const struct stat &found, FileFacts &facts) {
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
}

} // namespace

int factsOf(int fd, FileFacts &facts) {
  struct stat found {};
  const int result = retried([&] { return ::fstat(fd, &found); });
  if (result == 0) {
    readFacts(found, facts);
  }
  return result;
}

int factsAt(const char *path, FileFacts &facts) {
  struct stat found {};
  const int result = retried([&] { return ::stat(path, &found); });
  if (result == 0) {
    readFacts(found, facts);
  }
  return result;
}

} // namespace uwk::fs

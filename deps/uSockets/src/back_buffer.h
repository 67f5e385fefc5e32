// SPDX-License-Identifier: MIT
//
// Bytes the kernel did not take yet: a queue of blocks of at most 64 KiB, so that a large backlog
// is neither moved nor copied again while it drains. Knows nothing of sockets.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <string_view>

namespace usk {

class BackBuffer {
public:
  // With its header a block stays at 64 KiB, below malloc's threshold for a mapping of its own.
  static constexpr size_t kBlockBytes = 64 * 1024;
  // Slices given to one system call: 1 MiB, more than a default send buffer takes at once.
  static constexpr size_t kMaxSlices = 16;

  BackBuffer() = default;
  ~BackBuffer();
  BackBuffer(const BackBuffer &) = delete;
  BackBuffer &operator=(const BackBuffer &) = delete;

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  // False when memory ran out; nothing was appended then.
  [[nodiscard]] bool append(std::string_view bytes);

  // The front of the queue as up to kMaxSlices slices; returns how many.
  size_t front(iovec *slices) const;
  // Drops `count` bytes from the front; count <= size().
  void consume(size_t count);

private:
  struct Block;

  Block *head_ = nullptr;
  Block *tail_ = nullptr;
  size_t size_ = 0;
};

} // namespace usk

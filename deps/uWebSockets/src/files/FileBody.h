// SPDX-License-Identifier: MIT
//
// A part of an open file on its way to a client. The kernel sends it without a copy where it can;
// else it is read and written in blocks. Neither waits for a disk: what is not in memory is read
// into the page cache on another thread first. Holds the file, so that one which is replaced
// meanwhile is still sent as it was; one that becomes shorter cannot be completed.
#pragma once

#include <usk/socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace uwk {

// An open file, and what keeps it open.
struct HeldFile {
  int fd = -1;
  std::shared_ptr<const void> holder;
};

class FileBody {
public:
  // Size of the scratch memory that pump() may need.
  static constexpr size_t kBlock = 64 * 1024;
  // Called when pump() can go on although no drain was asked for.
  using Resume = void (*)(usk::Socket &socket);

  FileBody(HeldFile file, uint64_t offset, uint64_t length, Resume resume)
      : file_(std::move(file)), offset_(offset), left_(length), resume_(resume) {}

  enum class Step : uint8_t {
    Done,    // the socket has taken all of it
    Waiting, // onDrain, `resume` or onClose follows
    Broken   // the rest cannot be read
  };
  // Offers the socket its share of the turn, after everything that was written to it before.
  // `block` is only looked at during the call.
  [[nodiscard]] Step pump(usk::Socket &socket, char *block);

  // The other thread is done, or will never be.
  void fetched() { fetching_ = false; }

private:
  [[nodiscard]] Step send(usk::Socket &socket, size_t size, char *block);
  [[nodiscard]] Step copy(usk::Socket &socket, size_t size, char *block);
  [[nodiscard]] Step stepDone(usk::Socket &socket) const;
  void advance(size_t count);
  void fetch(usk::Socket &socket);

  HeldFile file_;
  uint64_t offset_;
  uint64_t left_;
  uint64_t inMemoryTo_ = 0; // what is before it need not be asked for again
  Resume resume_;
  bool copying_ = false;  // sendFile() does not do for this file or socket
  bool fetching_ = false; // another thread reads it
};

} // namespace uwk

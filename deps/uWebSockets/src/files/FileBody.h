// SPDX-License-Identifier: MIT
//
// A part of an open file on its way to a client. The kernel sends it without a copy where it can;
// else it is read and written in blocks. Holds the descriptor, its own or a share of one, so that a
// file which is replaced meanwhile is still sent as it was; one that becomes shorter cannot be
// completed.
#pragma once

#include "ByteRange.h"
#include "FileSystem.h"
#include "ServedFile.h"

#include <usk/socket.h>

#include <memory>

namespace uwk {

class FileBody {
public:
  FileBody(fs::Descriptor descriptor, uint64_t offset, uint64_t length)
      : descriptor_(std::move(descriptor)), file_(descriptor_.get()), offset_(offset),
        left_(length) {}
  FileBody(ServedFileRef shared, const ByteRange &range)
      : shared_(std::move(shared)), file_(shared_->descriptor()), offset_(range.first),
        left_(range.length) {}

  enum class Step : uint8_t {
    Done,    // the socket has taken all of it
    Waiting, // onDrain follows
    Broken   // the rest cannot be read
  };
  // Offers the socket what is left, after everything that was written to it before.
  [[nodiscard]] Step pump(usk::Socket &socket);

private:
  [[nodiscard]] Step copy(usk::Socket &socket);

  fs::Descriptor descriptor_;
  ServedFileRef shared_;
  int file_;
  uint64_t offset_;
  uint64_t left_;
  std::unique_ptr<char[]> block_; // exists once copying turned out to be necessary
};

} // namespace uwk

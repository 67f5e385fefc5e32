// SPDX-License-Identifier: MIT
//
// See FileBody.h.
#include "FileBody.h"

#include <algorithm>
#include <new>

namespace uwk {

namespace {

constexpr size_t kBlock = 128 * 1024;
// Blocks of one socket in one event: as much as sendFile() sends.
constexpr int kBlocksPerStep = 8;

} // namespace

FileBody::Step FileBody::pump(usk::Socket &socket) {
  if (block_ != nullptr) {
    return copy(socket);
  }
  while (left_ != 0) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(left_, SIZE_MAX));
    const usk::FileSend sent = socket.sendFile(file_, offset_, size);
    switch (sent.outcome) {
    case usk::FileSend::Outcome::Ended:
      return Step::Broken;
    case usk::FileSend::Outcome::Unsupported:
      block_.reset(new (std::nothrow) char[kBlock]);
      return block_ == nullptr ? Step::Broken : copy(socket);
    case usk::FileSend::Outcome::Sent:
      break;
    }
    offset_ += sent.taken;
    left_ -= sent.taken;
    if (sent.taken < size) {
      return Step::Waiting;
    }
  }
  return Step::Done;
}

FileBody::Step FileBody::copy(usk::Socket &socket) {
  for (int round = 0; left_ != 0; round++) {
    if (round == kBlocksPerStep) {
      socket.awaitDrain();
      return Step::Waiting;
    }
    const auto size = static_cast<size_t>(std::min<uint64_t>(left_, kBlock));
    const int count = fs::readAt(file_, block_.get(), size, offset_);
    if (count <= 0) {
      return Step::Broken;
    }
    const auto read = static_cast<size_t>(count);
    const size_t taken = socket.tryWrite({block_.get(), read});
    offset_ += taken;
    left_ -= taken;
    if (taken < read) {
      // What was not taken is read again: the page cache is the better buffer.
      return Step::Waiting;
    }
  }
  return Step::Done;
}

} // namespace uwk

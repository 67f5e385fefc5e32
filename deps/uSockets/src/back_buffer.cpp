// SPDX-License-Identifier: MIT
//
// The block queue. Blocks start small and double, so that a short backlog stays cheap.
#include "back_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace usk {

struct BackBuffer::Block {
  Block *next;
  size_t begin;
  size_t end;
  size_t capacity;

  char *bytes() { return reinterpret_cast<char *>(this + 1); }
};

BackBuffer::~BackBuffer() {
  while (head_ != nullptr) {
    Block *next = head_->next;
    std::free(head_);
    head_ = next;
  }
}

bool BackBuffer::append(std::string_view bytes) {
  constexpr size_t kLargest = kBlockBytes - sizeof(Block);
  constexpr size_t kSmallest = 4096 - sizeof(Block);

  // All blocks are allocated before the first byte is copied: it either happens or it does not.
  const size_t room = tail_ == nullptr ? 0 : tail_->capacity - tail_->end;
  size_t missing = bytes.size() > room ? bytes.size() - room : 0;
  size_t last = tail_ == nullptr ? kSmallest / 2 : tail_->capacity;
  Block *fresh = nullptr;
  Block **link = &fresh;
  while (missing > 0) {
    const size_t capacity = std::min(kLargest, std::max({missing, kSmallest, last * 2}));
    auto *block = static_cast<Block *>(std::malloc(sizeof(Block) + capacity));
    if (block == nullptr) {
      while (fresh != nullptr) {
        Block *next = fresh->next;
        std::free(fresh);
        fresh = next;
      }
      return false;
    }
    *block = {nullptr, 0, 0, capacity};
    *link = block;
    link = &block->next;
    missing -= std::min(missing, capacity);
    last = capacity;
  }

  (tail_ == nullptr ? head_ : tail_->next) = fresh;
  Block *block = tail_ == nullptr ? fresh : tail_;
  size_t copied = 0;
  while (copied < bytes.size()) {
    if (block->end == block->capacity) {
      block = block->next;
    }
    const size_t count = std::min(block->capacity - block->end, bytes.size() - copied);
    std::memcpy(block->bytes() + block->end, bytes.data() + copied, count);
    block->end += count;
    copied += count;
  }
  tail_ = block;
  size_ += bytes.size();
  return true;
}

size_t BackBuffer::front(iovec *slices) const {
  size_t count = 0;
  for (Block *block = head_; block != nullptr && count < kMaxSlices; block = block->next) {
    slices[count++] = {block->bytes() + block->begin, block->end - block->begin};
  }
  return count;
}

void BackBuffer::consume(size_t count) {
  size_ -= count;
  while (count > 0) {
    const size_t available = head_->end - head_->begin;
    if (count < available) {
      head_->begin += count;
      return;
    }
    count -= available;
    Block *next = head_->next;
    std::free(head_);
    head_ = next;
  }
  if (head_ == nullptr) {
    tail_ = nullptr;
  }
}

} // namespace usk

// SPDX-License-Identifier: MIT
//
// A growable byte buffer in 16 bytes, for state that almost every connection leaves empty: partial
// heads, parked input, request bodies. Keeps kPadding readable bytes after its content, as the head
// parser requires. Consuming moves a mark, not the bytes: a long pipeline is parsed in linear time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace uwk {

class ByteBuffer {
public:
  static constexpr size_t kPadding = 64;

  ByteBuffer() = default;
  ~ByteBuffer() { std::free(block_); }
  ByteBuffer(const ByteBuffer &) = delete;
  ByteBuffer &operator=(const ByteBuffer &) = delete;
  ByteBuffer(ByteBuffer &&other) noexcept
      : block_(std::exchange(other.block_, nullptr)), size_(std::exchange(other.size_, 0)),
        start_(std::exchange(other.start_, 0)) {}
  ByteBuffer &operator=(ByteBuffer &&other) noexcept {
    if (this != &other) {
      std::free(block_);
      block_ = std::exchange(other.block_, nullptr);
      size_ = std::exchange(other.size_, 0);
      start_ = std::exchange(other.start_, 0);
    }
    return *this;
  }

  [[nodiscard]] char *data() { return at(start_); }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {at(start_), size_}; }

  // False when memory is short or the 4 GiB of a 32-bit size are exceeded; nothing changed then.
  [[nodiscard]] bool append(std::string_view bytes) {
    if (bytes.empty()) {
      return true;
    }
    if (!reserve(size_ + bytes.size())) {
      return false;
    }
    std::memcpy(at(start_ + size_), bytes.data(), bytes.size());
    size_ += static_cast<uint32_t>(bytes.size());
    return true;
  }

  // Room for `wanted` bytes of content.
  [[nodiscard]] bool reserve(size_t wanted) {
    const size_t capacity = this->capacity();
    if (start_ + wanted <= capacity) {
      return true;
    }
    // Moved to the front only when that is cheaper than what was consumed since the last time.
    if (wanted <= capacity && start_ >= size_) {
      std::memmove(at(0), at(start_), size_);
      start_ = 0;
      return true;
    }
    return grow(wanted);
  }

  // Drops the first `count` bytes.
  void consume(size_t count) {
    size_ -= static_cast<uint32_t>(count);
    start_ = size_ == 0 ? 0 : start_ + static_cast<uint32_t>(count);
  }

  // Gives the memory back.
  void clear() { std::free(release()); }

  // Hands over the block that holds the content, to be given to std::free(). Views stay valid.
  [[nodiscard]] void *release() {
    size_ = 0;
    start_ = 0;
    return std::exchange(block_, nullptr);
  }

private:
  // The capacity stands at the beginning of the block; content begins aligned.
  static constexpr size_t kFront = 16;

  [[nodiscard]] char *at(size_t offset) const {
    return block_ == nullptr ? nullptr : block_ + kFront + offset;
  }

  [[nodiscard]] size_t capacity() const {
    uint32_t capacity = 0;
    if (block_ != nullptr) {
      std::memcpy(&capacity, block_, sizeof capacity);
    }
    return capacity;
  }

  bool grow(size_t wanted) {
    const size_t grown = capacity() + capacity() / 2;
    const size_t capacity = wanted > grown ? wanted : grown;
    if (capacity > UINT32_MAX - kFront - kPadding) {
      return false;
    }
    const size_t bytes = kFront + capacity + kPadding;
    char *block = nullptr;
    if (start_ == 0) {
      block = static_cast<char *>(std::realloc(block_, bytes));
    } else if (block = static_cast<char *>(std::malloc(bytes)); block != nullptr) {
      std::memcpy(block + kFront, at(start_), size_);
      std::free(block_);
      start_ = 0;
    }
    if (block == nullptr) {
      return false;
    }
    block_ = block;
    const auto stored = static_cast<uint32_t>(capacity);
    std::memcpy(block_, &stored, sizeof stored);
    // The parser may look at the padding; it must not be uninitialised memory.
    std::memset(at(capacity), 0, kPadding);
    return true;
  }

  char *block_ = nullptr;
  uint32_t size_ = 0;
  uint32_t start_ = 0; // of the content, behind what was consumed
};

static_assert(sizeof(ByteBuffer) == 16);

} // namespace uwk

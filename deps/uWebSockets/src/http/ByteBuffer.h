// SPDX-License-Identifier: MIT
//
// A growable byte buffer in 16 bytes, for state that almost every connection leaves empty: partial
// heads, parked input, request bodies. Keeps kPadding readable bytes after its content, as the head
// parser requires.
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
  ~ByteBuffer() { std::free(data_); }
  ByteBuffer(const ByteBuffer &) = delete;
  ByteBuffer &operator=(const ByteBuffer &) = delete;
  ByteBuffer(ByteBuffer &&other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ByteBuffer &operator=(ByteBuffer &&other) noexcept {
    if (this != &other) {
      std::free(data_);
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
  }

  [[nodiscard]] char *data() { return data_; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {data_, size_}; }

  // False when memory is short or the 4 GiB of a 32-bit size are exceeded; nothing changed then.
  [[nodiscard]] bool append(std::string_view bytes) {
    if (bytes.empty()) {
      return true;
    }
    if (!reserve(size_ + bytes.size())) {
      return false;
    }
    std::memcpy(data_ + size_, bytes.data(), bytes.size());
    size_ += static_cast<uint32_t>(bytes.size());
    return true;
  }

  [[nodiscard]] bool reserve(size_t wanted) {
    if (wanted <= capacity_) {
      return true;
    }
    size_t grown = capacity_ + capacity_ / 2;
    size_t capacity = wanted > grown ? wanted : grown;
    if (capacity > UINT32_MAX - kPadding) {
      return false;
    }
    char *moved = static_cast<char *>(std::realloc(data_, capacity + kPadding));
    if (moved == nullptr) {
      return false;
    }
    // The parser may look at the padding; it must not be uninitialised memory.
    std::memset(moved + capacity, 0, kPadding);
    data_ = moved;
    capacity_ = static_cast<uint32_t>(capacity);
    return true;
  }

  // Drops the first `count` bytes.
  void consume(size_t count) {
    size_ -= static_cast<uint32_t>(count);
    std::memmove(data_, data_ + count, size_);
  }

  // Gives the memory back.
  void clear() {
    std::free(data_);
    data_ = nullptr;
    size_ = 0;
    capacity_ = 0;
  }

private:
  char *data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

} // namespace uwk

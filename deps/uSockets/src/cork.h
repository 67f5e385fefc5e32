// SPDX-License-Identifier: MIT
//
// The cork: one buffer per loop in which the pieces of a response become one system call. It has
// at most one owner. Only memory and ownership are kept here; sending is the write path's work.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace usk {

class Socket;

class Cork {
public:
  // One TLS record, and more than any response head.
  static constexpr size_t kCapacity = 16 * 1024;

  // False when memory ran out.
  [[nodiscard]] bool init();

  [[nodiscard]] Socket *owner() const { return owner_; }
  [[nodiscard]] bool ownedBy(const Socket &socket) const { return owner_ == &socket; }
  void setOwner(Socket *owner) { owner_ = owner; }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool fits(size_t count) const { return count <= kCapacity - size_; }
  [[nodiscard]] char *end() { return buffer_.get() + size_; }
  // Makes `count` bytes at end() part of the content; the caller checked fits().
  void grow(size_t count) { size_ += count; }
  void append(std::string_view bytes);
  // The content; the buffer counts as empty afterwards, the bytes stay valid until the next append.
  [[nodiscard]] std::string_view take();

private:
  std::unique_ptr<char[]> buffer_;
  size_t size_ = 0;
  Socket *owner_ = nullptr;
};

} // namespace usk

// SPDX-License-Identifier: MIT
//
// Bytes of a request body on their way to the embedder: either in memory that comes along, or where
// they were received. Borrowed bytes live as long as the callback in which they were taken.
#pragma once

#include <cstdlib>
#include <string_view>
#include <utility>

namespace uwk {

class BodyBytes {
public:
  BodyBytes() = default;
  // Without a block the content is borrowed.
  BodyBytes(void *block, std::string_view content) : block_(block), view_(content) {}
  ~BodyBytes() { std::free(block_); }
  BodyBytes(BodyBytes &&other) noexcept
      : block_(std::exchange(other.block_, nullptr)), view_(std::exchange(other.view_, {})) {}
  BodyBytes(const BodyBytes &) = delete;
  BodyBytes &operator=(const BodyBytes &) = delete;
  BodyBytes &operator=(BodyBytes &&) = delete;

  [[nodiscard]] std::string_view view() const { return view_; }
  // Hands over the block that holds the bytes, to be given to std::free(); null when they are
  // borrowed.
  [[nodiscard]] void *release() { return std::exchange(block_, nullptr); }

private:
  void *block_ = nullptr;
  std::string_view view_;
};

} // namespace uwk

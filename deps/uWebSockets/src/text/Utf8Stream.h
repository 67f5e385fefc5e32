// SPDX-License-Identifier: MIT
//
// UTF-8 that comes in pieces, which may end within a character. Says at once when no continuation
// could make the text valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk::text {

class Utf8Stream {
public:
  // False when the text is not UTF-8, whatever follows.
  [[nodiscard]] bool add(std::string_view bytes);
  // The text may end here.
  [[nodiscard]] bool isComplete() const { return size_ == 0; }
  void reset() { size_ = 0; }

private:
  char pending_[3] = {}; // the beginning of a character
  uint8_t size_ = 0;
};

} // namespace uwk::text

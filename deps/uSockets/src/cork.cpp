// SPDX-License-Identifier: MIT
//
// Memory of the cork.
#include "cork.h"

#include <cstring>
#include <new>

namespace usk {

bool Cork::init() {
  buffer_.reset(new (std::nothrow) char[kCapacity]);
  return buffer_ != nullptr;
}

void Cork::append(std::string_view bytes) {
  if (!bytes.empty()) {
    std::memcpy(end(), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
}

std::string_view Cork::take() {
  const std::string_view content{buffer_.get(), size_};
  size_ = 0;
  return content;
}

} // namespace usk

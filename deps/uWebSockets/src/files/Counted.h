// SPDX-License-Identifier: MIT
//
// Holds one reference of an object that counts them itself, on one thread: made with one, freed by
// the release() of the last.
#pragma once

#include <utility>

namespace uwk {

template <typename Object> class Counted {
public:
  Counted() = default;
  // Takes over the reference that a new object starts with.
  explicit Counted(const Object *object) : object_(object) {}
  Counted(const Counted &other) : object_(other.object_) {
    if (object_ != nullptr) {
      object_->retain();
    }
  }
  Counted(Counted &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Counted &operator=(Counted other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Counted() {
    if (object_ != nullptr) {
      object_->release();
    }
  }

  explicit operator bool() const { return object_ != nullptr; }
  const Object *operator->() const { return object_; }
  const Object &operator*() const { return *object_; }
  // The reference is the caller's from now on.
  [[nodiscard]] const Object *detach() { return std::exchange(object_, nullptr); }

private:
  const Object *object_ = nullptr;
};

} // namespace uwk

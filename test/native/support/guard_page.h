// SPDX-License-Identifier: MIT
//
// A buffer whose text ends exactly `padding` bytes before an unmapped page: a read of one byte more
// than a function is allowed is a crash, not a lucky hit. Knows nothing of what is read.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace test {

class GuardPage {
public:
  explicit GuardPage(size_t capacity) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    usable_ = (capacity + page - 1) / page * page;
    mapped_ = usable_ + page;
    void *map = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(static_cast<char *>(map) + usable_, page, PROT_NONE) != 0) {
      std::abort();
    }
    base_ = static_cast<char *>(map);
  }
  GuardPage(const GuardPage &) = delete;
  GuardPage &operator=(const GuardPage &) = delete;
  ~GuardPage() { munmap(base_, mapped_); }

  // Places a copy of `text`, then `padding` bytes of `filler`, then the unmapped page.
  std::string_view place(std::string_view text, size_t padding, char filler) {
    if (text.size() + padding > usable_) {
      std::abort();
    }
    char *start = base_ + usable_ - padding - text.size();
    std::memcpy(start, text.data(), text.size());
    std::memset(start + text.size(), filler, padding);
    return {start, text.size()};
  }

private:
  char *base_ = nullptr;
  size_t usable_ = 0;
  size_t mapped_ = 0;
};

} // namespace test

// SPDX-License-Identifier: MIT
//
// Fixed-size slots in blocks of 64. A slot never moves; its index is found again in two loads. The
// lowest free slot is taken first, so that blocks at the end run empty after a burst and are
// given back. Slots are raw memory: constructing and destroying is the caller's business.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

// AddressSanitizer: GCC says it with a macro, clang with a feature test.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define USK_POISON_SLOTS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define USK_POISON_SLOTS
#endif
#ifdef USK_POISON_SLOTS
#include <sanitizer/asan_interface.h>
#endif

namespace usk {

template <class T> class Slab {
public:
  static constexpr uint32_t kBlockSlots = 64;

  Slab() = default;
  Slab(const Slab &) = delete;
  Slab &operator=(const Slab &) = delete;
  ~Slab() {
    for (uint32_t block = 0; block < blocks_.size(); block++) {
      releaseBlock(block);
    }
  }

  // Memory for one T and its index, or null when the system is out of memory.
  [[nodiscard]] void *allocate(uint32_t &index) {
    const uint32_t block = firstBlockWithSpace();
    if (block == blocks_.size()) {
      blocks_.push_back(nullptr);
      free_.push_back(~uint64_t{0});
      if (block / 64 == summary_.size()) {
        summary_.push_back(0);
      }
      summary_[block / 64] |= uint64_t{1} << (block % 64);
    }
    if (blocks_[block] == nullptr) {
      blocks_[block] = newBlock();
      if (blocks_[block] == nullptr) {
        return nullptr;
      }
      emptyBlocks_++;
    }
    if (free_[block] == ~uint64_t{0}) {
      emptyBlocks_--;
    }
    const auto slot = static_cast<uint32_t>(std::countr_zero(free_[block]));
    free_[block] &= free_[block] - 1;
    if (free_[block] == 0) {
      summary_[block / 64] &= ~(uint64_t{1} << (block % 64));
    }
    used_++;
    index = block * kBlockSlots + slot;
    unpoison(blocks_[block] + slot, sizeof(T));
    return blocks_[block] + slot;
  }

  // The T must be destroyed already.
  void release(uint32_t index) {
    const uint32_t block = index / kBlockSlots;
    poison(blocks_[block] + index % kBlockSlots, sizeof(T));
    free_[block] |= uint64_t{1} << (index % kBlockSlots);
    summary_[block / 64] |= uint64_t{1} << (block % 64);
    used_--;
    // One empty block is kept, so that a load around a block's edge does not allocate each time.
    if (free_[block] == ~uint64_t{0} && ++emptyBlocks_ > 1) {
      releaseBlock(block);
      emptyBlocks_--;
    }
  }

  // Null for a free slot and for an index never given out.
  [[nodiscard]] T *at(uint32_t index) const {
    const uint32_t block = index / kBlockSlots;
    if (block >= blocks_.size() || ((free_[block] >> (index % kBlockSlots)) & 1) != 0) {
      return nullptr;
    }
    return blocks_[block] + index % kBlockSlots;
  }

  [[nodiscard]] size_t used() const { return used_; }
  // Every index in use is below this.
  [[nodiscard]] uint32_t indexLimit() const {
    return static_cast<uint32_t>(blocks_.size()) * kBlockSlots;
  }
  [[nodiscard]] size_t allocatedBlocks() const {
    size_t count = 0;
    for (const T *block : blocks_) {
      count += block != nullptr;
    }
    return count;
  }

private:
  static constexpr size_t kAlignment = alignof(T) > 64 ? alignof(T) : 64;

  [[nodiscard]] uint32_t firstBlockWithSpace() const {
    for (size_t word = 0; word < summary_.size(); word++) {
      if (summary_[word] != 0) {
        return static_cast<uint32_t>(word * 64) +
               static_cast<uint32_t>(std::countr_zero(summary_[word]));
      }
    }
    return static_cast<uint32_t>(blocks_.size());
  }

  static T *newBlock() {
    void *memory =
        ::operator new (sizeof(T) * kBlockSlots, std::align_val_t{kAlignment}, std::nothrow);
    if (memory != nullptr) {
      poison(memory, sizeof(T) * kBlockSlots);
    }
    return static_cast<T *>(memory);
  }

  void releaseBlock(uint32_t block) {
    if (blocks_[block] != nullptr) {
      unpoison(blocks_[block], sizeof(T) * kBlockSlots);
      ::operator delete (static_cast<void *>(blocks_[block]), std::align_val_t{kAlignment});
      blocks_[block] = nullptr;
    }
  }

  // Under AddressSanitizer a free slot is as forbidden as freed heap memory.
  static void poison([[maybe_unused]] void *memory, [[maybe_unused]] size_t size) {
#if defined(USK_POISON_SLOTS)
    __asan_poison_memory_region(memory, size);
#endif
  }
  static void unpoison([[maybe_unused]] void *memory, [[maybe_unused]] size_t size) {
#if defined(USK_POISON_SLOTS)
    __asan_unpoison_memory_region(memory, size);
#endif
  }

  std::vector<T *> blocks_;       // null = not allocated (its slots all count as free)
  std::vector<uint64_t> free_;    // a bit per slot of each block
  std::vector<uint64_t> summary_; // a bit per block that has a free slot
  size_t used_ = 0;
  size_t emptyBlocks_ = 0; // allocated, no slot in use
};

} // namespace usk

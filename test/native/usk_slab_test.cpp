// SPDX-License-Identifier: MIT
//
// The slab: stable addresses, lowest slot first, blocks given back.
#include <slab.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

struct Item {
  uint64_t value[6];
};

using Slab = usk::Slab<Item>;

} // namespace

TEST_CASE("slab gives out indexes in order and finds the slots again") {
  Slab slab;
  std::vector<void *> slots;
  for (uint32_t count = 0; count < 1000; count++) {
    uint32_t index = UINT32_MAX;
    void *slot = slab.allocate(index);
    REQUIRE(slot != nullptr);
    REQUIRE(index == count);
    REQUIRE(reinterpret_cast<uintptr_t>(slot) % alignof(Item) == 0);
    slots.push_back(slot);
  }
  for (uint32_t index = 0; index < 1000; index++) {
    CHECK(slab.at(index) == slots[index]);
  }
  CHECK(slab.used() == 1000);
  CHECK(slab.at(1000) == nullptr);
  CHECK(slab.at(100'000) == nullptr);
  CHECK(slab.at(UINT32_MAX) == nullptr);
}

TEST_CASE("slab reuses the lowest free slot") {
  Slab slab;
  uint32_t index = 0;
  for (int count = 0; count < 200; count++) {
    (void)slab.allocate(index);
  }
  slab.release(150);
  slab.release(7);
  slab.release(70);
  CHECK(slab.at(7) == nullptr);
  (void)slab.allocate(index);
  CHECK(index == 7);
  (void)slab.allocate(index);
  CHECK(index == 70);
  (void)slab.allocate(index);
  CHECK(index == 150);
  (void)slab.allocate(index);
  CHECK(index == 200);
}

TEST_CASE("slab gives blocks back after a burst and keeps one empty one") {
  Slab slab;
  uint32_t index = 0;
  for (uint32_t count = 0; count < 10'000; count++) {
    (void)slab.allocate(index);
  }
  CHECK(slab.allocatedBlocks() == 157);
  for (uint32_t count = 0; count < 10'000; count++) {
    slab.release(count);
  }
  CHECK(slab.used() == 0);
  CHECK(slab.allocatedBlocks() == 1);
}

TEST_CASE("slab does not allocate a block each time around a block's edge") {
  Slab slab;
  uint32_t index = 0;
  for (uint32_t count = 0; count < Slab::kBlockSlots; count++) {
    (void)slab.allocate(index);
  }
  void *edge = slab.allocate(index);
  for (int round = 0; round < 10; round++) {
    slab.release(index);
    CHECK(slab.allocatedBlocks() == 2);
    CHECK(slab.allocate(index) == edge);
  }
}

TEST_CASE("slab keeps contents and addresses through random use") {
  Slab slab;
  std::mt19937 random(42);
  std::unordered_map<uint32_t, Item *> live;
  std::vector<uint32_t> indexes;
  for (int step = 0; step < 50'000; step++) {
    // Phases of growth and of shrinking, so that blocks come and go.
    const bool grow = random() % 100 < ((step / 5000) % 2 == 0 ? 70U : 30U);
    if (grow || indexes.empty()) {
      uint32_t index = 0;
      auto *item = static_cast<Item *>(slab.allocate(index));
      REQUIRE(live.count(index) == 0);
      item->value[0] = index;
      item->value[5] = ~uint64_t{index};
      live[index] = item;
      indexes.push_back(index);
    } else {
      const size_t pick = random() % indexes.size();
      const uint32_t index = indexes[pick];
      REQUIRE(slab.at(index) == live[index]);
      REQUIRE(live[index]->value[0] == index);
      REQUIRE(live[index]->value[5] == ~uint64_t{index});
      slab.release(index);
      REQUIRE(slab.at(index) == nullptr);
      live.erase(index);
      indexes[pick] = indexes.back();
      indexes.pop_back();
    }
    REQUIRE(slab.used() == live.size());
  }
}

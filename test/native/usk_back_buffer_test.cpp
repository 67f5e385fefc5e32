// SPDX-License-Identifier: MIT
//
// The back buffer: order, block sizes, slices.
#include <back_buffer.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using usk::BackBuffer;

namespace {

// All bytes that one call of front() shows.
std::string visible(const BackBuffer &buffer) {
  iovec slices[BackBuffer::kMaxSlices];
  const size_t count = buffer.front(slices);
  std::string bytes;
  for (size_t index = 0; index < count; index++) {
    bytes.append(static_cast<const char *>(slices[index].iov_base), slices[index].iov_len);
  }
  return bytes;
}

std::string pattern(size_t size, std::mt19937::result_type seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
  return bytes;
}

} // namespace

TEST_CASE("an empty back buffer shows nothing") {
  BackBuffer buffer;
  CHECK(buffer.empty());
  CHECK(buffer.append(""));
  CHECK(buffer.empty());
  iovec slices[BackBuffer::kMaxSlices];
  CHECK(buffer.front(slices) == 0);
  buffer.consume(0);
  CHECK(buffer.size() == 0);
}

TEST_CASE("back buffer returns bytes in order whatever the pieces") {
  BackBuffer buffer;
  CHECK(buffer.append("hello "));
  CHECK(buffer.append("world"));
  CHECK(visible(buffer) == "hello world");
  buffer.consume(4);
  CHECK(visible(buffer) == "o world");
  CHECK(buffer.append("!"));
  CHECK(visible(buffer) == "o world!");
  buffer.consume(8);
  CHECK(buffer.empty());
  CHECK(buffer.append("again"));
  CHECK(visible(buffer) == "again");
}

TEST_CASE("back buffer blocks stay within 64 KiB and slices within the limit") {
  BackBuffer buffer;
  const std::string bytes = pattern(3'000'000, 1);
  CHECK(buffer.append(bytes));
  iovec slices[BackBuffer::kMaxSlices];
  CHECK(buffer.front(slices) == BackBuffer::kMaxSlices);
  for (const iovec &slice : slices) {
    CHECK(slice.iov_len < BackBuffer::kBlockBytes);
  }
  std::string drained;
  while (!buffer.empty()) {
    const std::string front = visible(buffer);
    drained += front;
    buffer.consume(front.size());
  }
  CHECK(drained == bytes);
}

TEST_CASE("many small appends share blocks") {
  BackBuffer buffer;
  for (int count = 0; count < 60'000; count++) {
    REQUIRE(buffer.append("x"));
  }
  iovec slices[BackBuffer::kMaxSlices];
  // 4 KiB, 8, 16, 32: doubling.
  CHECK(buffer.front(slices) == 4);
  CHECK(buffer.size() == 60'000);
}

TEST_CASE("back buffer equals a string under random use") {
  std::mt19937 random(7);
  BackBuffer buffer;
  std::string model;
  for (int step = 0; step < 3000; step++) {
    if (random() % 2 == 0) {
      const std::string bytes = pattern(random() % (step % 10 == 0 ? 200'000 : 3000), random());
      REQUIRE(buffer.append(bytes));
      model += bytes;
    } else {
      const size_t count = model.empty() ? 0 : random() % (model.size() + 1);
      buffer.consume(count);
      model.erase(0, count);
    }
    REQUIRE(buffer.size() == model.size());
    const std::string front = visible(buffer);
    REQUIRE(model.compare(0, front.size(), front) == 0);
    REQUIRE(front.empty() == model.empty());
  }
}

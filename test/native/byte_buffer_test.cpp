// SPDX-License-Identifier: MIT
//
// ByteBuffer: contents under append and consume, readable padding, and memory that is given back.
#include <http/ByteBuffer.h>

#include <doctest/doctest.h>

#include <random>
#include <string>

using uwk::ByteBuffer;

TEST_CASE("an empty buffer owns nothing") {
  ByteBuffer buffer;
  CHECK(buffer.empty());
  CHECK(buffer.data() == nullptr);
  CHECK(buffer.view() == "");
  CHECK(buffer.append({}));
  CHECK(buffer.data() == nullptr);
  buffer.clear();
  CHECK(buffer.empty());
}

TEST_CASE("what is appended comes out in order, minus what is consumed") {
  std::mt19937 random(7);
  ByteBuffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; i++) {
    const std::string piece(random() % 50, static_cast<char>('a' + i % 26));
    REQUIRE(buffer.append(piece));
    expected += piece;
    const size_t count = random() % (expected.size() + 1);
    if (i % 3 == 0 && !expected.empty()) {
      buffer.consume(count);
      expected.erase(0, count);
    }
    REQUIRE(buffer.view() == expected);
  }
}

TEST_CASE("the padding behind the content is readable") {
  for (size_t size = 1; size < 300; size++) {
    ByteBuffer buffer;
    REQUIRE(buffer.append(std::string(size, 'x')));
    unsigned sum = 0;
    for (size_t i = 0; i < ByteBuffer::kPadding; i++) {
      sum += static_cast<unsigned char>(buffer.data()[size + i]);
    }
    CHECK(sum < ByteBuffer::kPadding * 256);
  }
}

TEST_CASE("moving leaves an empty buffer behind and frees what was there") {
  ByteBuffer from;
  REQUIRE(from.append("content"));
  const char *place = from.data();
  ByteBuffer to(std::move(from));
  CHECK(to.view() == "content");
  CHECK(to.data() == place);
  REQUIRE(from.append("other"));
  CHECK(from.view() == "other");
  from = std::move(to);
  CHECK(from.data() == place);
  ByteBuffer &same = from;
  from = std::move(same);
  CHECK(from.view() == "content");
}

TEST_CASE("a size that 32 bits do not hold is refused and changes nothing") {
  ByteBuffer buffer;
  REQUIRE(buffer.append("kept"));
  CHECK_FALSE(buffer.reserve(size_t{UINT32_MAX}));
  CHECK_FALSE(buffer.reserve(size_t{UINT32_MAX} * 4));
  CHECK(buffer.view() == "kept");
}

TEST_CASE("clear() gives the memory back") {
  ByteBuffer buffer;
  REQUIRE(buffer.append(std::string(100'000, 'x')));
  buffer.clear();
  CHECK(buffer.data() == nullptr);
  CHECK(buffer.empty());
  REQUIRE(buffer.append("again"));
  CHECK(buffer.view() == "again");
}

TEST_CASE("consuming moves nothing, and appending reuses what was consumed") {
  ByteBuffer buffer;
  REQUIRE(buffer.append(std::string(1000, 'a')));
  const char *place = buffer.data();
  buffer.consume(600);
  CHECK(buffer.data() == place + 600);
  CHECK(buffer.view() == std::string(400, 'a'));
  REQUIRE(buffer.append(std::string(500, 'b')));
  CHECK(buffer.data() == place);
  CHECK(buffer.view() == std::string(400, 'a') + std::string(500, 'b'));
  buffer.consume(900);
  CHECK(buffer.empty());
  REQUIRE(buffer.append("c"));
  CHECK(buffer.data() == place);
}

TEST_CASE("a released block is the caller's, its content stays") {
  ByteBuffer buffer;
  REQUIRE(buffer.append("content of a block"));
  buffer.consume(8);
  const std::string_view view = buffer.view();
  void *block = buffer.release();
  CHECK(buffer.empty());
  CHECK(buffer.data() == nullptr);
  REQUIRE(buffer.append("another"));
  CHECK(view == "of a block");
  std::free(block);
  CHECK(buffer.view() == "another");
}

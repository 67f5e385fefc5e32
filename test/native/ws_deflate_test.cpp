// SPDX-License-Identifier: MIT
//
// Compressed messages: every window there and back, bombs, and bytes that are no DEFLATE at all.
#include <ws/Deflate.h>

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace uwk::ws;

namespace {

std::string compress(Deflater &deflater, std::string_view message) {
  std::string out;
  REQUIRE(deflater.compress(message, out));
  return out;
}

std::string textOf(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) {
    text += "word" + std::to_string(random() % 500) + ' ';
  }
  text.resize(size);
  return text;
}

} // namespace

TEST_CASE("messages survive every pair of windows, with and without memory") {
  for (unsigned window = 8; window <= 15; ++window) {
    for (const bool takeover : {false, true}) {
      CAPTURE(window);
      CAPTURE(takeover);
      const auto deflater = Deflater::create(window, 1 + window % 8, takeover);
      // The client may only have the window that was agreed upon.
      const auto inflater = Inflater::create(window, takeover);
      REQUIRE(deflater != nullptr);
      REQUIRE(inflater != nullptr);
      std::string out;
      for (const size_t size : {1u, 2u, 20u, 300u, 16'384u, 100'000u, 5u}) {
        const std::string message = textOf(size, static_cast<unsigned>(size));
        const std::string packed = compress(*deflater, message);
        CHECK(inflater->decompress(packed, UINT64_MAX, out) == InflateResult::Done);
        CHECK(out == message);
      }
    }
  }
}

TEST_CASE("what cannot be compressed is sent all the same") {
  std::mt19937 random(1);
  std::string noise(300'000, '\0');
  for (char &byte : noise) {
    byte = static_cast<char>(random());
  }
  const auto deflater = Deflater::create(15, 8, false);
  const auto inflater = Inflater::create(15, false);
  std::string out;
  CHECK(inflater->decompress(compress(*deflater, noise), noise.size(), out) == InflateResult::Done);
  CHECK(out == noise);
}

TEST_CASE("memory from message to message makes the second one smaller") {
  const std::string message = textOf(2000, 9);
  const auto remembers = Deflater::create(15, 8, true);
  const auto forgets = Deflater::create(15, 8, false);
  const std::string first = compress(*remembers, message);
  CHECK(compress(*remembers, message).size() < first.size() / 4);
  CHECK(compress(*forgets, message) == compress(*forgets, message));
}

TEST_CASE("the limit is exact, and memory stays near it") {
  const auto deflater = Deflater::create(15, 8, false);
  const auto inflater = Inflater::create(15, false);
  const std::string bomb = compress(*deflater, std::string(20u << 20, 'a'));
  CHECK(bomb.size() < 21'000);
  std::string out;
  CHECK(inflater->decompress(bomb, 64 * 1024, out) == InflateResult::TooBig);
  CHECK(out.capacity() <= 64 * 1024 + 2 * 16 * 1024);
  CHECK(out.empty());
  const std::string thousand = compress(*deflater, std::string(1000, 'b'));
  CHECK(inflater->decompress(thousand, 999, out) == InflateResult::TooBig);
  CHECK(inflater->decompress(thousand, 1000, out) == InflateResult::Done);
  CHECK(out == std::string(1000, 'b'));
}

TEST_CASE("RFC 7692's examples") {
  const auto inflater = Inflater::create(15, false);
  std::string out;
  const auto read = [&](std::string_view bytes) {
    return inflater->decompress(bytes, 100, out) == InflateResult::Done ? out : "invalid";
  };
  CHECK(read({"\xf2\x48\xcd\xc9\xc9\x07\x00", 7}) == "Hello");
  CHECK(read({"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11}) == "Hello");
  // A last block, with and without an empty one behind it.
  CHECK(read({"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8}) == "Hello");
  CHECK(read({"\xf3\x48\xcd\xc9\xc9\x07\x00", 7}) == "Hello");
  // Two blocks.
  CHECK(read({"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13}) == "Hello");
  CHECK(read({"\x00", 1}).empty());
  CHECK(read("").empty());
  CHECK(read("\xff\xff\xff") == "invalid");
  CHECK(read("\xf2\x48\xcd") == "invalid");
  CHECK(read({"\xf2\x48\xcd\xc9\xc9\x07\x00", 7}) == "Hello");
}

TEST_CASE("a window that is remembered goes on behind a last block") {
  const auto inflater = Inflater::create(15, true);
  std::string out;
  CHECK(inflater->decompress({"\xf3\x48\xcd\xc9\xc9\x07\x00", 7}, 100, out) == InflateResult::Done);
  CHECK(inflater->decompress({"\xf2\x00\x11\x00\x00", 5}, 100, out) == InflateResult::Done);
  CHECK(out == "Hello");
}

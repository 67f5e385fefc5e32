// SPDX-License-Identifier: MIT
//
// Frames: headers, close payloads, masking, and the parser at every split.
#include "support/frames.h"

#include <doctest/doctest.h>

#include <random>

using namespace uwk::ws;
using test::encode;
using test::Parsed;
using test::parseFrames;

namespace {

// The same outcome whole, byte by byte, and cut in two anywhere.
Parsed parse(const std::string &stream, const FrameRules &rules = {}) {
  const Parsed whole = parseFrames(stream, rules, {});
  CHECK(parseFrames(stream, rules, test::everyByte(stream.size())) == whole);
  if (stream.size() < 400) {
    for (size_t cut = 0; cut <= stream.size(); ++cut) {
      CHECK(parseFrames(stream, rules, {cut}) == whole);
    }
  }
  return whole;
}

Violation violationOf(const std::string &stream, const FrameRules &rules = {}) {
  return parse(stream, rules).violation;
}

std::string header(uint64_t size, bool compressed = false) {
  char out[kMaxServerHeader];
  return std::string(out, writeHeader(out, Opcode::Binary, size, compressed));
}

} // namespace

TEST_CASE("server headers take the fewest bytes") {
  CHECK(header(0) == std::string("\x82\x00", 2));
  CHECK(header(125) == "\x82\x7d");
  CHECK(header(126) == std::string("\x82\x7e\x00\x7e", 4));
  CHECK(header(65535) == "\x82\x7e\xff\xff");
  CHECK(header(65536) == std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10));
  CHECK(header(5, true) == "\xc2\x05");
}

TEST_CASE("messages come out as they went in, at any size") {
  std::string bytes;
  for (int i = 0; i < 70'000; ++i) {
    bytes.push_back(static_cast<char>(i * 7));
  }
  for (const size_t size : {0u, 1u, 7u, 8u, 31u, 32u, 33u, 125u, 126u, 127u, 65535u, 65536u}) {
    const std::string_view payload = std::string_view(bytes).substr(0, size);
    const Parsed parsed = parseFrames(encode(0x82, payload), {}, {});
    REQUIRE(parsed.items.size() == 1);
    CHECK(parsed.items[0].payload == payload);
    CHECK(parsed.idle);
  }
}

TEST_CASE("fragments make one message, with control frames in between") {
  const Parsed parsed = parse(encode(0x01, "he") + encode(0x89, "p") + encode(0x00, "") +
                              encode(0x8a, "q") + encode(0x80, "llo") + encode(0x82, "next"));
  CHECK(parsed.violation == Violation::None);
  REQUIRE(parsed.items.size() == 4);
  CHECK(parsed.items[0] == Parsed::Item{Opcode::Ping, false, "p"});
  CHECK(parsed.items[1] == Parsed::Item{Opcode::Pong, false, "q"});
  CHECK(parsed.items[2] == Parsed::Item{Opcode::Text, false, "hello"});
  CHECK(parsed.items[3] == Parsed::Item{Opcode::Binary, false, "next"});
}

TEST_CASE("each rule has its violation") {
  struct {
    std::string stream;
    Violation violation;
  } const cases[] = {
      {encode({.first = 0x81, .payload = "hi", .masked = false}), Violation::Unmasked},
      {encode({.first = 0xc3, .payload = "hi", .masked = false}), Violation::Unmasked},
      {encode(0xc1, "hi"), Violation::Rsv1},
      {encode(0xf3, "hi"), Violation::Rsv1},
      {encode(0xc9, ""), Violation::Rsv1},
      {encode(0xa1, "hi"), Violation::Rsv2Or3},
      {encode(0x91, "hi"), Violation::Rsv2Or3},
      {encode(0x83, ""), Violation::InvalidOpcode},
      {encode(0x87, ""), Violation::InvalidOpcode},
      {encode(0x8b, ""), Violation::InvalidOpcode},
      {encode(0x8f, ""), Violation::InvalidOpcode},
      {encode(0x09, "hi"), Violation::FragmentedControl},
      {encode(0x08, std::string(126, 'x')), Violation::FragmentedControl},
      {encode(0x89, std::string(126, 'x')), Violation::TooBigControl},
      {encode({.first = 0x8a, .payload = "hi", .lengthBytes = 2}), Violation::TooBigControl},
      {encode(0x80, "hi"), Violation::StrayContinuation},
      {encode(0x00, ""), Violation::StrayContinuation},
      {encode(0x01, "a") + encode(0x80, "b") + encode(0x80, "c"), Violation::StrayContinuation},
      {encode(0x01, "a") + encode(0x81, "b"), Violation::NestedMessage},
      {encode(0x02, "a") + encode(0x02, "b"), Violation::NestedMessage},
      {encode({.first = 0x82, .payload = "hi", .lengthBytes = 2}), Violation::LongLength},
      {encode({.first = 0x82, .payload = "hi", .lengthBytes = 8}), Violation::LongLength},
      {std::string("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff\1\2\3\4", 14), Violation::LongLength},
  };
  for (const auto &one : cases) {
    CAPTURE(one.stream);
    CHECK(violationOf(one.stream) == one.violation);
  }
}

TEST_CASE("a violation is told with the second byte of a header") {
  const std::string stream = encode(0x83, "payload that never has to come");
  CHECK(parseFrames(stream.substr(0, 2), {}, {}).violation == Violation::InvalidOpcode);
  CHECK(parseFrames(stream.substr(0, 1), {}, {}).violation == Violation::None);
}

TEST_CASE("RSV1 is for the first frame of a message, once negotiated") {
  const FrameRules rules{UINT64_MAX, true};
  const Parsed parsed = parse(encode(0x41, "a") + encode(0x80, "b") + encode(0x81, "c"), rules);
  REQUIRE(parsed.items.size() == 2);
  CHECK(parsed.items[0].compressed);
  CHECK(!parsed.items[1].compressed);
  CHECK(violationOf(encode(0x41, "a") + encode(0xc0, "b"), rules) == Violation::Rsv1);
  CHECK(violationOf(encode(0xc9, "a"), rules) == Violation::Rsv1);
}

TEST_CASE("the limit counts all frames of a message, before their payload comes") {
  const FrameRules rules{10, false};
  CHECK(violationOf(encode(0x82, std::string(10, 'x')), rules) == Violation::None);
  CHECK(violationOf(encode(0x82, std::string(11, 'x')), rules) == Violation::TooBigMessage);
  const std::string six = encode(0x02, "123456");
  CHECK(violationOf(six + encode(0x80, "1234"), rules) == Violation::None);
  CHECK(violationOf(six + encode(0x80, "12345"), rules) == Violation::TooBigMessage);
  CHECK(violationOf(six + encode(0x89, std::string(125, 'p')) + encode(0x80, "1234"), rules) ==
        Violation::None);
  // Lengths that no memory has.
  const std::string huge("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\2\3\4", 14);
  CHECK(violationOf(huge, rules) == Violation::TooBigMessage);
  CHECK(violationOf(six + std::string("\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\2\3\4", 14)) ==
        Violation::TooBigMessage);
  CHECK(violationOf(encode(0x82, ""), {0, false}) == Violation::None);
  CHECK(violationOf(encode(0x82, "x"), {0, false}) == Violation::TooBigMessage);
}

TEST_CASE("close codes that may come") {
  for (unsigned code = 0; code <= 70'000; ++code) {
    const bool valid = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                       (code >= 3000 && code <= 4999);
    CAPTURE(code);
    REQUIRE(isValidCloseCode(code) == valid);
  }
}

TEST_CASE("close payloads") {
  ClosePayload close;
  CHECK(parseClose("", close) == Violation::None);
  CHECK(close.code == kNoStatus);
  CHECK(parseClose("\x03", close) == Violation::InvalidClosePayload);
  CHECK(parseClose("\x03\xe8", close) == Violation::None);
  CHECK(close.code == 1000);
  CHECK(parseClose("\x0f\xa1why", close) == Violation::None);
  CHECK(close.code == 4001);
  CHECK(close.reason == "why");
  CHECK(parseClose("\x03\xed", close) == Violation::InvalidCloseCode);
  CHECK(parseClose("\x03\xe8\xff", close) == Violation::InvalidUtf8);

  char out[kMaxControlPayload];
  CHECK(writeClose(out, 1005, "x") == 0);
  CHECK(writeClose(out, 1006, "x") == 0);
  CHECK(writeClose(out, 0, "x") == 0);
  CHECK(std::string(out, writeClose(out, 4001, "why")) == "\x0f\xa1why");
  std::string reason;
  for (int i = 0; i < 100; ++i) {
    reason += "\xc3\xa9";
  }
  CHECK(writeClose(out, 1000, reason) == 2 + 122);
  CHECK(writeClose(out, 1000, "a" + reason) == 2 + 123);
}

TEST_CASE("any bytes, any split: the same outcome") {
  std::mt19937 random(17);
  for (int round = 0; round < 3000; ++round) {
    std::string stream;
    const size_t frames = 1 + random() % 5;
    for (size_t i = 0; i < frames; ++i) {
      static constexpr unsigned kFirst[] = {0x81, 0x82, 0x01, 0x00, 0x80, 0x89, 0x8a, 0xc1, 0x88};
      std::string payload(random() % 140, 'x');
      for (char &byte : payload) {
        byte = static_cast<char>(random());
      }
      stream += encode({.first = kFirst[random() % 9],
                        .payload = payload,
                        .masked = random() % 50 != 0,
                        .key = static_cast<uint32_t>(random())});
    }
    if (random() % 4 == 0) {
      stream[random() % stream.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    const FrameRules rules{random() % 3 == 0 ? 200 : UINT64_MAX, random() % 2 == 0};
    const Parsed whole = parseFrames(stream, rules, {});
    REQUIRE(parseFrames(stream, rules, test::everyByte(stream.size())) == whole);
    std::vector<size_t> cuts;
    for (size_t at = random() % 20; at < stream.size(); at += 1 + random() % 40) {
      cuts.push_back(at);
    }
    REQUIRE(parseFrames(stream, rules, cuts) == whole);
  }
}

TEST_CASE("unmasking is the plain loop, at every size, alignment and rotation") {
  std::mt19937 random(3);
  for (size_t size = 0; size < 100; ++size) {
    for (size_t shift = 0; shift < 9; ++shift) {
      std::string bytes(shift + size, '\0');
      for (char &byte : bytes) {
        byte = static_cast<char>(random());
      }
      const auto key = static_cast<MaskKey>(random());
      char keyBytes[4];
      std::memcpy(keyBytes, &key, 4);
      std::string expected = bytes;
      for (size_t i = 0; i < size; ++i) {
        expected[shift + i] = static_cast<char>(expected[shift + i] ^ keyBytes[i % 4]);
      }
      unmask(bytes.data() + shift, size, key);
      REQUIRE(bytes == expected);
      const MaskKey rotated = rotate(key, size);
      char rotatedBytes[4];
      std::memcpy(rotatedBytes, &rotated, 4);
      for (size_t i = 0; i < 4; ++i) {
        REQUIRE(rotatedBytes[i] == keyBytes[(size + i) % 4]);
      }
    }
  }
}

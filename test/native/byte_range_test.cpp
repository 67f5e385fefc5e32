// SPDX-License-Identifier: MIT
//
// Range fields against a size: RFC 9110 section 14 in Bun's reading (behaviours 8.6-8.8).
#include <files/ByteRange.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace uwk;

namespace {

// "200", "416", or what a 206 carries: "first-last".
std::string choose(const std::string &field, uint64_t size) {
  ByteRange range{77, 77};
  switch (chooseRange(field, size, range)) {
  case RangeChoice::Whole:
    CHECK(range.first == 0);
    CHECK(range.length == size);
    return "200";
  case RangeChoice::Unsatisfiable:
    CHECK(range.length == 0);
    return "416";
  case RangeChoice::Part:
    break;
  }
  CHECK(range.length > 0);
  CHECK(range.last() < size);
  return std::to_string(range.first) + "-" + std::to_string(range.last());
}

} // namespace

TEST_CASE("ranges of ten bytes") {
  struct {
    const char *field;
    const char *result;
  } const cases[] = {
      {"bytes=0-3", "0-3"},
      {"bytes=0-0", "0-0"},
      {"bytes=0-9", "0-9"},
      {"bytes=4-", "4-9"},
      {"bytes=9-", "9-9"},
      {"bytes=4-100", "4-9"},
      {"bytes=-4", "6-9"},
      {"bytes=-10", "0-9"},
      {"bytes=-100", "0-9"},
      {"bytes=01-02", "1-2"},
      {"Bytes = 2-5", "2-5"},
      {"BYTES=1-2", "1-2"},
      {"bytes= 1 - 2", "1-2"},
      {"bytes\t=\t1\t-\t2\t", "1-2"},
      {"bytes=0-18446744073709551615", "0-9"},
      {"bytes=-18446744073709551615", "0-9"},
      {"bytes=-9223372036854775808", "0-9"},
      // Nothing that could be sent.
      {"bytes=10-", "416"},
      {"bytes=10-12", "416"},
      {"bytes=100-50", "416"},
      {"bytes=-0", "416"},
      {"bytes=-00", "416"},
      {"bytes=9223372036854775807-", "416"},
      {"bytes=18446744073709551615-", "416"},
      // Ignored.
      {"", "200"},
      {"bytes", "200"},
      {"bytes=", "200"},
      {"bytes=-", "200"},
      {"bytes=3-2", "200"},
      {"bytes=a-b", "200"},
      {"bytes=+1-2", "200"},
      {"bytes=1--2", "200"},
      {"bytes=--2", "200"},
      {"bytes=1-2-3", "200"},
      {"bytes=0x1-2", "200"},
      {"bytes=1.5-2", "200"},
      {"bytes=1 2-3", "200"},
      {"bytes=1-2 3", "200"},
      {"bytes=0-1;q=1", "200"},
      {"bytes==0-1", "200"},
      {"bytes 0-1", "200"},
      {"=0-1", "200"},
      {"items=0-1", "200"},
      {"xbytes=0-1", "200"},
      {"bytes=1-2,4-5", "200"},
      {"bytes=1-2,", "200"},
      {"bytes=,1-2", "200"},
      {"bytes=18446744073709551616-", "200"},
      {"bytes=0-18446744073709551616", "200"},
      {"bytes=-99999999999999999999", "200"},
      {"bytes=99999999999999999999-", "200"},
  };
  for (const auto &one : cases) {
    CAPTURE(one.field);
    CHECK(choose(one.field, 10) == one.result);
  }
}

TEST_CASE("ranges of nothing") {
  CHECK(choose("bytes=0-", 0) == "416");
  CHECK(choose("bytes=0-0", 0) == "416");
  CHECK(choose("bytes=-0", 0) == "416");
  CHECK(choose("bytes=-1", 0) == "200");
  CHECK(choose("bytes=1-0", 0) == "416");
}

TEST_CASE("ranges of as many bytes as there can be") {
  const uint64_t most = UINT64_MAX;
  CHECK(choose("bytes=0-", most) == "0-18446744073709551614");
  CHECK(choose("bytes=18446744073709551614-", most) == "18446744073709551614-18446744073709551614");
  CHECK(choose("bytes=18446744073709551615-", most) == "416");
  CHECK(choose("bytes=-1", most) == "18446744073709551614-18446744073709551614");
  CHECK(choose("bytes=-18446744073709551615", most) == "0-18446744073709551614");
  CHECK(choose("bytes=1-18446744073709551615", most) == "1-18446744073709551614");
}

TEST_CASE("a thousand ranges are ignored like two") {
  std::string field = "bytes=0-0";
  for (int i = 0; i < 1000; ++i) {
    field += ",0-0";
  }
  CHECK(choose(field, 10) == "200");
  CHECK(choose("bytes=" + std::string(16000, '9') + "-", 10) == "200");
  CHECK(choose("bytes=" + std::string(16000, '0') + "1-2", 10) == "1-2");
  CHECK(choose("bytes=" + std::string(16000, ' ') + "1-2", 10) == "1-2");
}

TEST_CASE("Content-Range") {
  const auto format = [](ByteRange range, uint64_t size) {
    char out[kMaxContentRange];
    return std::string(out, formatContentRange(range, size, out));
  };
  CHECK(format({2, 4}, 10) == "bytes 2-5/10");
  CHECK(format({}, 10) == "bytes */10");
  CHECK(format({}, 0) == "bytes */0");
  CHECK(format({UINT64_MAX - 1, 1}, UINT64_MAX) ==
        "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
}

// SPDX-License-Identifier: MIT
//
// What decoding one parameter value costs, as one JSON line an input: {"input":"cjk9","bytes":81,
// "ns":..,"best":..}. "plain" inputs only pass needsDecoding(), as in the server. Then the text
// primitives beside their scalar twins, from which Utf8.cpp takes the length at which it changes
// over.
#include "text/Utf8.h"

#include <uwk/Router.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <ctime>

namespace {

constexpr int kRounds = 15;
constexpr int kRepeats = 50'000;

double threadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Median and best nanoseconds of one call.
template <typename Work> std::pair<double, double> measure(Work work) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const double start = threadNanoseconds();
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      work();
      asm volatile("" : : : "memory");
    }
    rounds.push_back((threadNanoseconds() - start) / kRepeats);
  }
  std::sort(rounds.begin(), rounds.end());
  return {rounds[rounds.size() / 2], rounds.front()};
}

std::string repeated(std::string_view text, size_t count) {
  std::string result;
  for (size_t index = 0; index < count; ++index) {
    result += text;
  }
  return result;
}

void benchDecode(const char *name, const std::string &raw) {
  uwk::DecodedParam out;
  size_t seen = 0;
  const auto [median, best] = measure([&] {
    if (uwk::needsDecoding(raw)) {
      uwk::decodeParam(raw, out);
      seen += out.latin1.size();
    }
    asm volatile("" : "+r"(seen));
  });
  std::printf("{\"input\":\"%s\",\"bytes\":%zu,\"ns\":%.1f,\"best\":%.1f}\n", name, raw.size(),
              median, best);
}

template <typename Simd, typename Scalar>
void benchTwin(const char *name, size_t bytes, Simd simd, Scalar scalar) {
  const double fast = measure(simd).first;
  const double plain = measure(scalar).first;
  std::printf("{\"twin\":\"%s\",\"bytes\":%zu,\"ns\":%.1f,\"scalar\":%.1f}\n", name, bytes, fast,
              plain);
}

void benchTwins(size_t length) {
  const std::string ascii(length, 'a');
  const std::string greek = repeated("\xce\xb1", length / 2);
  std::u16string out(length, u'\0');
  size_t seen = 0;
  const auto keep = [&seen](size_t value) {
    seen += value;
    asm volatile("" : "+r"(seen));
  };
  using namespace uwk::text;
  benchTwin(
      "isAscii", length, [&] { keep(isAscii(ascii)); }, [&] { keep(scalar::isAscii(ascii)); });
  benchTwin(
      "isValidUtf8", length, [&] { keep(isValidUtf8(greek)); },
      [&] { keep(scalar::isValidUtf8(greek)); });
  benchTwin(
      "utf8ToUtf16", length, [&] { keep(utf8ToUtf16(greek, out.data())); },
      [&] { keep(scalar::utf8ToUtf16(greek, out.data())); });
  benchTwin(
      "latin1ToUtf16", length, [&] { keep(latin1ToUtf16(ascii, out.data())); },
      [&] { keep(scalar::latin1ToUtf16(ascii, out.data())); });
}

} // namespace

int main() {
  const std::string text = "The quick brown fox jumps over the lazy dog. ";
  benchDecode("plain4", "1234");
  benchDecode("plain36", "123e4567-e89b-12d3-a456-426614174000");
  benchDecode("plain1000", repeated("0123456789", 100));
  benchDecode("space", "hello%20world");
  benchDecode("latin9", "caf%C3%A9");
  benchDecode("cjk4", repeated("%E4%BD%A0", 4));
  benchDecode("cjk100", repeated("%E4%BD%A0", 100));
  benchDecode("emoji1", "%F0%9F%98%80");
  benchDecode("text1000", repeated("The%20quick%20brown%20fox%20jumps%20", 28));
  benchDecode("sparse1000", repeated(text, 22) + "%20");
  benchDecode("rawgreek1000", repeated("\xce\xb1", 500));
  benchDecode("malformed30", repeated("%zz", 10));
  for (const size_t length : {8u, 16u, 32u, 64u, 1024u}) {
    benchTwins(length);
  }
  return 0;
}

// SPDX-License-Identifier: MIT
//
// Nanoseconds per request head and per chunked body byte, and of each search against its scalar
// twin. Prints one line a case: the minimum and the median of the rounds, because this runs on
// shared machines.
#include "http/ChunkedDecoder.h"
#include "http/HeaderScan.h"
#include "http/HttpParser.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr size_t kPadding = 16;
constexpr int kRounds = 21;
constexpr int kRepeats = 20000;

// Keeps the compiler from dropping work whose result nobody reads.
void keep(const void *value) { asm volatile("" : : "g"(value) : "memory"); }

template <typename Work> void measure(const char *name, size_t bytes, int repeats, Work work) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; round++) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < repeats; i++) {
      work();
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    rounds.push_back(took.count() / repeats);
  }
  std::sort(rounds.begin(), rounds.end());
  const double median = rounds[rounds.size() / 2];
  std::printf("%-34s %7zu bytes %9.1f ns min %9.1f ns median %7.2f GB/s\n", name, bytes,
              rounds.front(), median, static_cast<double>(bytes) / median);
}

void benchHead(const char *name, const std::string &head) {
  static uwk::HttpHead parsed;
  const std::string padded = head + std::string(kPadding, '\0');
  const uwk::ParseResult result = uwk::parseHead(padded.data(), head.size(), parsed);
  if (result.status != uwk::ParseStatus::Complete) {
    std::printf("%-34s not a complete head\n", name);
    return;
  }
  measure(name, head.size(), kRepeats, [&] {
    const uwk::ParseResult again = uwk::parseHead(padded.data(), head.size(), parsed);
    keep(&again);
    keep(&parsed);
  });
}

void benchChunked(const char *name, size_t chunk, size_t count) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", chunk);
  std::string body;
  for (size_t i = 0; i < count; i++) {
    body += size + std::string(chunk, 'x') + "\r\n";
  }
  body += "0\r\n\r\n";
  measure(name, body.size(), 2000, [&] {
    uwk::ChunkedDecoder decoder;
    std::string_view input = body;
    std::string_view piece;
    while (decoder.next(input, piece) == uwk::ChunkedDecoder::Step::Data) {
      keep(piece.data());
    }
  });
}

template <typename Rule> void benchScan(const char *name, char fill) {
  const std::string text(240, fill);
  const std::string padded = text + std::string(kPadding, '\r');
  const char *end = padded.data() + text.size();
  std::string label = name;
  const size_t base = label.size();
  measure((label += " default").c_str(), text.size(), kRepeats,
          [&] { keep(uwk::scan::find<Rule>(padded.data(), end)); });
  label.resize(base);
  measure((label += " swar").c_str(), text.size(), kRepeats,
          [&] { keep(uwk::scan::find<Rule, uwk::scan::Swar>(padded.data(), end)); });
  label.resize(base);
  measure((label += " scalar").c_str(), text.size(), kRepeats,
          [&] { keep(uwk::scan::findScalar<Rule>(padded.data(), end)); });
}

const char kBrowserHead[] =
    "GET /users/42?tab=posts HTTP/1.1\r\n"
    "Host: localhost:3000\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "If-None-Match: \"5d8c72a5edda8d6a\"\r\n"
    "\r\n";

} // namespace

int main() {
  benchHead("head: wrk (1 field)", "GET / HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n");
  benchHead("head: browser (8 fields)", kBrowserHead);
  benchHead("head: POST JSON (6 fields)",
            "POST /api/items HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/8.5.0\r\n"
            "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n"
            "Authorization: Bearer 0123456789abcdef\r\n\r\n");
  std::string escaped = "GET /users/";
  for (int i = 0; i < 12; i++) {
    escaped += "%E2%82%AC";
  }
  benchHead("head: percent-encoded path", escaped + " HTTP/1.1\r\nHost: localhost:3000\r\n\r\n");
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; i++) {
    many += "X-Field-" + std::to_string(i) + ": some value of no importance\r\n";
  }
  benchHead("head: 100 fields", many + "\r\n");
  benchChunked("chunked: 16 B chunks", 16, 64);
  benchChunked("chunked: 16 KB chunks", 16384, 8);
  benchScan<uwk::scan::ValueRule>("scan: value", 'v');
  benchScan<uwk::scan::NameRule>("scan: name", 'n');
  benchScan<uwk::scan::PathRule>("scan: path", 'p');
  benchScan<uwk::scan::QueryRule>("scan: query", 'q');
}

// SPDX-License-Identifier: MIT
//
// Valid and invalid heads, mutated at random from a fixed seed: the parser and the reference must
// say the same, word for word, of the whole and of every prefix.
#include "support/reference_http.h"
#include "support/split_driver.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace {

const std::vector<std::string> kSeeds = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET /users/42?tab=posts HTTP/1.1\r\nHost: localhost:3000\r\nAccept: */*\r\n\r\n",
    "POST /a/../b/.%2e/c HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0012\r\n\r\n",
    "PUT /x?y='z' HTTP/1.1\r\nHost: A.b\r\nTransfer-Encoding: ,chunked, \r\nTE: x\r\n\r\n",
    "GET http://example.com:80/p?q HTTP/1.1\r\nhost: [::1]:8080\r\nConnection: close\r\n\r\n",
    "GET hTTps://1.2.3?q HTTP/1.0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: xn--a\r\nExpect: 100-Continue\r\n\r\n",
    "CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:443\r\n\r\n",
    "M-SEARCH / HTTP/1.1\r\nHost:a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: x\r\n\r\n",
    "GET /\xe2\x82\xac/{a}|b\\c HTTP/1.1\r\nHost: a\r\nX:\t\x80\xff a\tb \t\r\nEmpty:\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\r\n",
};

// What grammars turn on, whole words included.
const std::vector<std::string> kPieces = {
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    "/",
    "//",
    "/.",
    "/..",
    "/../",
    "%2e",
    "%",
    "?",
    "#",
    "*",
    "@",
    "[",
    "]",
    "\\",
    "\"",
    "'",
    "-",
    "--",
    ".",
    ",",
    ";",
    "0",
    "9",
    "65536",
    "\x7f",
    "\x80",
    "\x01",
    std::string(1, '\0'),
    "a",
    "Z",
    "_",
    "{",
    "HTTP/1.0",
    "HTTP/1.1",
    "http://",
    "https://",
    "GET ",
    "CONNECT ",
    "OPTIONS ",
    "Host: b\r\n",
    "Host:",
    "close",
    "Content-Length: 1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "chunked",
    "upgrade",
    "xn--",
    "Connection: close\r\n",
    "Upgrade: a\r\n",
    "9007199254740991",
    "9007199254740992",
    "::",
};

std::string mutate(std::string text, std::mt19937 &random) {
  for (auto edits = 1 + random() % 4; edits > 0; edits--) {
    const size_t at = random() % (text.size() + 1);
    const size_t length = std::min<size_t>(random() % 8, text.size() - at);
    switch (random() % 4) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, kPieces[random() % kPieces.size()]);
      break;
    case 2:
      text.replace(at, length, kPieces[random() % kPieces.size()]);
      break;
    default:
      if (at < text.size()) {
        text[at] = static_cast<char>(random());
      }
    }
  }
  return text;
}

void compare(const std::string &text, bool everyPrefix) {
  CAPTURE(text);
  test::reference::Head reference;
  for (size_t size = 1; size <= text.size(); size++) {
    reference.feed(text[size - 1]);
    if (everyPrefix || size == text.size()) {
      CAPTURE(size);
      REQUIRE(test::parseWhole(text.substr(0, size)) == reference.describe());
    }
  }
}

} // namespace

TEST_CASE("the seeds: every prefix as the reference says") {
  for (const std::string &seed : kSeeds) {
    compare(seed, true);
  }
}

TEST_CASE("mutations: the whole as the reference says") {
  std::mt19937 random(1);
  for (int round = 0; round < 40000; round++) {
    compare(mutate(kSeeds[random() % kSeeds.size()], random), false);
  }
}

TEST_CASE("mutations: every prefix as the reference says") {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; round++) {
    compare(mutate(kSeeds[random() % kSeeds.size()], random), true);
  }
}

TEST_CASE("random pieces: the whole as the reference says") {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; round++) {
    std::string text = random() % 2 == 0 ? "GET /" : "";
    for (auto count = random() % 12; count > 0; count--) {
      text += kPieces[random() % kPieces.size()];
    }
    compare(text, false);
  }
}

TEST_CASE("values of the framing fields: as the reference says") {
  std::mt19937 random(4);
  const std::string_view alphabet = "0019 ,+-x\tchunked";
  for (int round = 0; round < 20000; round++) {
    std::string value = random() % 2 == 0 ? "chunked" : "";
    for (auto count = random() % 6; count > 0; count--) {
      value.insert(random() % (value.size() + 1), 1, alphabet[random() % alphabet.size()]);
    }
    const char *name = random() % 2 == 0 ? "Content-Length: " : "Transfer-Encoding:";
    compare("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(name) + value + "\r\n\r\n", false);
  }
}

// SPDX-License-Identifier: MIT
//
// uri-host [ ":" port ]: what is valid, and what `new URL` would leave alone.
#include "http/HostName.h"

#include "support/guard_page.h"
#include "support/reference_http.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace {

constexpr size_t kPadding = 16;

uwk::HostCheck check(std::string_view authority, char filler = '-') {
  static test::GuardPage page(8192);
  return uwk::checkHost(page.place(authority, kPadding, filler));
}

void checkLikeReference(const std::string &authority, char filler) {
  CAPTURE(authority);
  const test::reference::Host expected = test::reference::checkHost(authority);
  const uwk::HostCheck got = check(authority, filler);
  REQUIRE(got.valid == expected.valid);
  if (got.valid) {
    REQUIRE(got.canonical == expected.canonical);
    REQUIRE(got.hasPort == expected.hasPort);
  }
}

} // namespace

TEST_CASE("plain hosts are valid and stay as they are") {
  for (const std::string host :
       {"localhost", "example.com", "a", "a.b.c.", "127.0.0.1", "0.0.0.0", "255.255.255.255",
        "localhost:3000", "127.0.0.1:8080", "a:0", "a:65535", "-a-", "1a.2b", "3com", "1.2.3.4a",
        "0x", "a.0xg", "."}) {
    CAPTURE(host);
    CHECK(check(host).valid);
    CHECK(check(host).canonical == (host != "0x"));
  }
}

TEST_CASE("hosts the URL standard rewrites, or may refuse, are valid but not canonical") {
  for (const std::string host : {"Example.com",
                                 "EXAMPLE",
                                 "a%41b",
                                 "%e4",
                                 "xn--bcher-kva.example",
                                 "a--b",
                                 "1",
                                 "1.2",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "256.1.1.1",
                                 "01.2.3.4",
                                 "0x7f.1",
                                 "a.1",
                                 "a.0x1F",
                                 "1.2.3.4.",
                                 "a:",
                                 "a:80",
                                 "a:443",
                                 "a:0080",
                                 "a:00",
                                 "[::1]",
                                 "[::1]:3000",
                                 "[2001:db8::a]",
                                 "[::ffff:1.2.3.4]",
                                 "[1:2:3:4:5:6:7:8]",
                                 "[1:2:3:4:5:6:7::]",
                                 "[::]",
                                 "[::2:3:4:5:6:7:8]",
                                 "a_b",
                                 "a~b",
                                 "!$&'()*+,;=",
                                 "127.0.0.1:80"}) {
    CAPTURE(host);
    CHECK(check(host).valid);
    CHECK_FALSE(check(host).canonical);
  }
}

TEST_CASE("what is no host is refused") {
  for (const std::string host : {"",
                                 ":80",
                                 ":",
                                 "a b",
                                 " a",
                                 "a ",
                                 "user@host",
                                 "a/b",
                                 "a#b",
                                 "a?b",
                                 "a\\b",
                                 "a\"b",
                                 "<a>",
                                 "a|b",
                                 "a^b",
                                 "a`b",
                                 "{a}",
                                 "a:b",
                                 "a:-1",
                                 "a:+1",
                                 "a:65536",
                                 "a:99999999999999999999",
                                 "a:80:80",
                                 "a:8 0",
                                 "%",
                                 "%4",
                                 "%4g",
                                 "a%",
                                 "%g4",
                                 "[",
                                 "]",
                                 "[]",
                                 "[::1",
                                 "::1",
                                 "[::1]x",
                                 "[::1]:x",
                                 "[:::]",
                                 "[1::2::3]",
                                 "[:1]",
                                 "[1:]",
                                 "[::1:]",
                                 "[12345::]",
                                 "[1:2:3:4:5:6:7]",
                                 "[1:2:3:4:5:6:7:8:9]",
                                 "[1:2:3:4:5:6:7:8::]",
                                 "[::1.2.3]",
                                 "[::1.2.3.256]",
                                 "[::01.2.3.4]",
                                 "[::1.2.3.4.5]",
                                 "[1:2:3:4:5:6:7:1.2.3.4]",
                                 "[1:2:3:4:5:6::1.2.3.4]",
                                 "[::1.2.3.4:1]",
                                 "[fe80::1%25eth0]",
                                 "[v1.x]",
                                 "[g::]",
                                 "a\x7f",
                                 "a\x80",
                                 "\xc3\xa4",
                                 "a\tb",
                                 "a,b:1,2"}) {
    CAPTURE(host);
    CHECK_FALSE(check(host).valid);
  }
  CHECK_FALSE(check(std::string_view("a\0b", 3)).valid);
}

TEST_CASE("a port is seen") {
  CHECK(check("a:1").hasPort);
  CHECK(check("[::1]:1").hasPort);
  CHECK_FALSE(check("a:").hasPort);
  CHECK_FALSE(check("a").hasPort);
}

TEST_CASE("long names take linear time and no recursion") {
  CHECK(check(std::string(4000, 'a')).valid);
  CHECK(check(std::string(4000, '0')).valid);
  CHECK(check("a:" + std::string(4000, '0') + "1").valid);
  CHECK_FALSE(check("[" + std::string(4000, ':') + "]").valid);
}

TEST_CASE("random hosts: as the reference says") {
  std::mt19937 random(7);
  const std::string_view alphabet = "aZx0129fF.:-%[]@/_~! \x80";
  for (int round = 0; round < 60000; round++) {
    std::string host;
    for (size_t size = random() % 14; size > 0; size--) {
      host += alphabet[random() % alphabet.size()];
    }
    checkLikeReference(host, alphabet[random() % alphabet.size()]);
  }
}

TEST_CASE("random addresses: as inet_pton says") {
  std::mt19937 random(8);
  const std::string_view six = ":::12aF0.";
  const std::string_view four = "0125.";
  for (int round = 0; round < 60000; round++) {
    std::string inner;
    for (size_t size = random() % 20; size > 0; size--) {
      inner += six[random() % six.size()];
    }
    checkLikeReference("[" + inner + "]", ':');
    std::string quad;
    for (size_t size = random() % 16; size > 0; size--) {
      quad += four[random() % four.size()];
    }
    checkLikeReference(quad, '.');
  }
}

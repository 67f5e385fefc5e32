// SPDX-License-Identifier: MIT
//
// Request paths below a directory route: one spelling a file, everything else is refused
// (behaviours 8.23, and the hostile paths of other servers' advisories).
#include <files/DirectoryPath.h>

#include <doctest/doctest.h>

#include <cctype>
#include <cstdio>
#include <string>

using namespace uwk;

namespace {

constexpr const char *kRefused = "refused";

std::string read(const std::string &raw, Dotfiles dotfiles = Dotfiles::Deny,
                 bool isHostRoot = false) {
  DirectoryPath path;
  const std::string exact(raw); // an exact heap block, for the sanitizer
  if (!readDirectoryPath(exact, dotfiles, isHostRoot, path)) {
    return kRefused;
  }
  CHECK(path.text[path.size] == '\0');
  CHECK(path.isCanonical == (canonicalSpelling(path) == raw));
  return std::string(path.view()) + (path.isDirectory ? "/" : "");
}

} // namespace

TEST_CASE("plain paths are taken as they are") {
  CHECK(read("") == "/");
  CHECK(read("a.txt") == "a.txt");
  CHECK(read("a/b/c.js") == "a/b/c.js");
  CHECK(read("a/") == "a/");
  CHECK(read("a/b/") == "a/b/");
  CHECK(read("a.") == "a.");
  CHECK(read("a..b") == "a..b");
  CHECK(read("a...") == "a...");
  CHECK(read("~user") == "~user");
  CHECK(read("NUL.txt") == "NUL.txt");
  CHECK(read("*") == "*");
}

TEST_CASE("what cannot stand for itself is decoded once") {
  CHECK(read("a%20b.txt") == "a b.txt");
  CHECK(read("100%25.txt") == "100%.txt");
  CHECK(read("a%252e") == "a%2e");
  CHECK(read("%252e%252e/x") == "%2e%2e/x");
  CHECK(read("a+b") == "a+b");
  CHECK(read("%C3%A9") == "\xc3\xa9");
  CHECK(read("%c3%a9") == "\xc3\xa9");
  CHECK(read("%FF") == "\xff");
  CHECK(read("\xc3\xa9") == "\xc3\xa9");
  CHECK(read("a%0Ab") == "a\nb");
  CHECK(read("a%23b%3Fc") == "a#b?c");
}

TEST_CASE("hostile and needlessly spelled paths are refused") {
  for (const std::string &raw : {
           std::string("."),
           std::string(".."),
           std::string("../"),
           std::string("../secret"),
           std::string("a/.."),
           std::string("a/../b"),
           std::string("a/../../b"),
           std::string("./a"),
           std::string("a/./b"),
           std::string("a/."),
           std::string("/"),
           std::string("//"),
           std::string("/a"),
           std::string("a//b"),
           std::string("a//"),
           std::string("/etc/passwd"),
           std::string("%2e%2e/secret"),
           std::string("%2E%2E/secret"),
           std::string(".%2e/secret"),
           std::string("%2e/a"),
           std::string("..%2fsecret"),
           std::string("..%2Fsecret"),
           std::string("a%2Fb"),
           std::string("%2Fetc%2Fpasswd"),
           std::string("..%5csecret"),
           std::string("..\\secret"),
           std::string("a\\b"),
           std::string("a%5Cb"),
           std::string("%5c%5c"),
           std::string("a%00"),
           std::string("a%00.txt"),
           std::string("%00"),
           std::string("a\0b", 3),
           std::string("C:"),
           std::string("c:/windows/win.ini"),
           std::string("C%3A/windows"),
           std::string("a.txt::$DATA"),
           std::string("a.txt%3a%3a$DATA"),
           std::string("%"),
           std::string("a%"),
           std::string("a%2"),
           std::string("a%zz"),
           std::string("a%2g"),
           std::string("a%%20"),
           std::string("%u002e"),
           std::string("%61.txt"),
           std::string("a%2Etxt"),
           std::string("a%2D"),
           std::string("a%2B"),
           std::string("a%40b"),
           std::string("%7Euser"),
       }) {
    CAPTURE(raw);
    CHECK(read(raw) == kRefused);
    CHECK(read(raw, Dotfiles::Allow) == kRefused);
    CHECK(read(raw, Dotfiles::Allow, true) == kRefused);
  }
}

TEST_CASE("UTF-8 that is too long for a slash or a dot is just bytes") {
  CHECK(read("..%c0%af..%c0%afsecret", Dotfiles::Allow) == "..\xc0\xaf..\xc0\xafsecret");
  CHECK(read("%c0%ae%c0%ae/secret") == "\xc0\xae\xc0\xae/secret");
}

TEST_CASE("every byte: encoded exactly when it cannot stand for itself") {
  for (int c = 0; c < 256; ++c) {
    const bool plain = c < 128 && (std::isalnum(c) != 0 ||
                                   std::string("-._~!$&'()*+,;=@").find(static_cast<char>(c)) !=
                                       std::string::npos);
    const bool never = c == 0 || c == '\\' || c == ':' || c == '/';
    CAPTURE(c);
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned>(c));
    const std::string decoded = std::string("z") + static_cast<char>(c) + "z";
    CHECK(read(std::string("z") + escape + "z") == (plain || never ? kRefused : decoded));
    if (c != '/' && c != '%') {
      CHECK(read(decoded) == (never ? kRefused : decoded));
    }
  }
}

TEST_CASE("names with a leading dot are for those who ask") {
  for (const char *raw : {".env", ".git/config", "a/.env", "a/.git/", ".a/b", "...", ".%20"}) {
    CAPTURE(raw);
    CHECK(read(raw) == kRefused);
    CHECK(read(raw, Dotfiles::Allow) != kRefused);
  }
}

TEST_CASE(".well-known is public at the root of the host only") {
  CHECK(read(".well-known/security.txt", Dotfiles::Deny, true) == ".well-known/security.txt");
  CHECK(read(".well-known", Dotfiles::Deny, true) == ".well-known");
  CHECK(read(".well-known/.env", Dotfiles::Deny, true) == kRefused);
  CHECK(read("a/.well-known/x", Dotfiles::Deny, true) == kRefused);
  CHECK(read(".well-knownx/x", Dotfiles::Deny, true) == kRefused);
  CHECK(read(".well-known/security.txt", Dotfiles::Deny, false) == kRefused);
}

TEST_CASE("paths longer than the kernel takes are refused, not cut") {
  const std::string longest(DirectoryPath::kMaxSize, 'a');
  CHECK(read(longest) == longest);
  CHECK(read(longest + "/") == longest + "/");
  CHECK(read(longest + "a") == kRefused);
  CHECK(read(longest + "/a") == kRefused);
  CHECK(read(longest.substr(1) + "%20") == longest.substr(1) + " ");
  CHECK(read(longest + "%20") == kRefused);
}

TEST_CASE("the name of a path is its last segment") {
  DirectoryPath path;
  REQUIRE(readDirectoryPath("a/b.c/d.txt", Dotfiles::Deny, false, path));
  CHECK(path.name() == "d.txt");
  REQUIRE(readDirectoryPath("d.txt", Dotfiles::Deny, false, path));
  CHECK(path.name() == "d.txt");
  REQUIRE(readDirectoryPath("", Dotfiles::Deny, false, path));
  CHECK(path.name().empty());
}

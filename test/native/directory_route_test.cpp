// SPDX-License-Identifier: MIT
//
// What a directory route answers: files, forms, redirects, conditions, and what its open files
// notice of changes on disk (behaviours 8.20-8.24).
#include "support/request_head.h"
#include "support/temporary_folder.h"

#include <files/DirectoryRoute.h>

#include <doctest/doctest.h>

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace uwk;

namespace {

constexpr int64_t kNow = 1800000000;
constexpr time_t kModified = 1700000000;

struct Site {
  Site() {
    folder.makeDirectory("sub/deep");
    folder.makeDirectory("empty");
    folder.makeDirectory("odd/index.html");
    write("a.txt", "0123456789");
    write("index.html", "index");
    write("sub/index.html", "sub index");
    write("sub/deep/x.bin", "x");
    write(".env", "secret");
    write(".well-known/security.txt", "contact");
    write("a b.txt", "space");
    write("caf\xc3\xa9.txt", "accent");
  }
  void write(const std::string &name, const std::string &text, time_t modified = kModified) {
    folder.makeDirectory(std::filesystem::path(name).parent_path().string());
    folder.write(name, text);
    touch(name, modified);
  }
  void touch(const std::string &name, time_t modified) {
    const timespec times[2] = {{modified, 0}, {modified, 0}};
    REQUIRE(::utimensat(AT_FDCWD, folder.at(name).c_str(), times, 0) == 0);
  }

  test::TemporaryFolder folder;
};

struct Options {
  std::string prefix = "/s/";
  std::string fields;
  bool dotfiles = false;
  bool precompressed = true;
  bool keepOpen = true;
};

template <typename Edit> Options with(Edit edit) {
  Options options;
  edit(options);
  return options;
}

class Route {
public:
  explicit Route(const Site &site, const Options &given = {}) {
    DirectoryOptions options;
    options.prefix = given.prefix;
    options.fields = given.fields;
    options.types = makeMediaTypes("text/plain txt|text/html html|image/png png|");
    options.dotfiles = given.dotfiles;
    options.precompressed = given.precompressed;
    options.keepOpen = given.keepOpen;
    int error = 0;
    route_ = openDirectoryRoute(site.folder.path(), options, error);
    REQUIRE(error == 0);
  }

  DirectoryAnswer ask(const std::string &path, const std::vector<std::string> &fields = {},
                      const std::string &method = "GET") {
    const test::RequestHead head(method, path, fields);
    REQUIRE(head.isValid());
    return route_->answer(head.get(), nowMs, kNow);
  }
  // "404", or "200 bytes".
  std::string get(const std::string &path, const std::vector<std::string> &fields = {},
                  const std::string &method = "GET") {
    const DirectoryAnswer answer = ask(path, fields, method);
    std::string text = std::to_string(answer.status);
    if (answer.range.length > 0) {
      std::string bytes(answer.range.length, '\0');
      const ssize_t size = ::pread(answer.file->descriptor(), bytes.data(), bytes.size(),
                                   static_cast<off_t>(answer.range.first));
      text += " " + bytes.substr(0, size < 0 ? 0 : static_cast<size_t>(size));
    }
    return text;
  }
  DirectoryRoute &route() { return *route_; }

  uint64_t nowMs = 1000000;

private:
  std::shared_ptr<DirectoryRoute> route_;
};

size_t openDescriptors() {
  size_t count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    count += ::fcntl(fd, F_GETFD) >= 0 ? 1u : 0u;
  }
  return count;
}

} // namespace

TEST_CASE("a missing directory and a file are no directory") {
  Site site;
  int error = 0;
  CHECK(openDirectoryRoute(site.folder.at("missing"), {}, error) == nullptr);
  CHECK(error == ENOENT);
  CHECK(openDirectoryRoute(site.folder.at("a.txt"), {}, error) == nullptr);
  CHECK(error == ENOTDIR);
}

TEST_CASE("files, directories and neither") {
  Site site;
  for (const bool keepOpen : {true, false}) {
    Route route(site, with([&](Options &o) { o.keepOpen = keepOpen; }));
    for (int round = 0; round < 2; ++round) {
      CHECK(route.get("/s/a.txt") == "200 0123456789");
      CHECK(route.get("/s/a.txt?query") == "200 0123456789");
      CHECK(route.get("/s/a%20b.txt") == "200 space");
      CHECK(route.get("/s/") == "200 index");
      CHECK(route.get("/s/index.html") == "200 index");
      CHECK(route.get("/s/sub/") == "200 sub index");
      CHECK(route.get("/s/sub/deep/x.bin") == "200 x");
      CHECK(route.get("/s/sub") == "301");
      CHECK(route.get("/s/empty") == "301");
      CHECK(route.get("/s/empty/") == "404");
      CHECK(route.get("/s/odd/") == "404");
      CHECK(route.get("/s/odd/index.html") == "301");
      CHECK(route.get("/s/a.txt/") == "404");
      CHECK(route.get("/s/a.txt/b") == "404");
      CHECK(route.get("/s/missing") == "404");
      CHECK(route.get("/s/A.txt") == "404");
      CHECK(route.get("/s//a.txt") == "404");
      CHECK(route.get("/s/sub/../a.txt") == "404");
      CHECK(route.get("/s/%61.txt") == "404");
      CHECK(route.get("/other/a.txt") == "404");
    }
  }
}

TEST_CASE("every method is answered, conditions and ranges are for GET and HEAD") {
  Site site;
  Route route(site);
  CHECK(route.get("/s/a.txt", {"Range: bytes=2-4"}) == "206 234");
  CHECK(route.get("/s/a.txt", {"Range: bytes=2-4"}, "HEAD") == "206 234");
  CHECK(route.get("/s/a.txt", {"Range: bytes=2-4"}, "POST") == "200 0123456789");
  CHECK(route.get("/s/a.txt", {"If-None-Match: *"}, "DELETE") == "200 0123456789");
  CHECK(route.get("/s/a.txt", {"Range: bytes=10-"}) == "416");
  CHECK(route.get("/s/a.txt", {"Range: bytes=0-1,3-4"}) == "200 0123456789");
  CHECK(route.get("/s/a.txt", {"If-None-Match: W/\"a-6553f100\""}) == "304");
  CHECK(route.get("/s/a.txt", {"If-Match: W/\"a-6553f100\""}) == "412");
  CHECK(route.get("/s/a.txt", {"If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"}) == "304");
  CHECK(route.get("/s/a.txt", {"Range: bytes=2-4", "If-Range: W/\"a-6553f100\""}) ==
        "200 0123456789");
  CHECK(route.get("/s/a.txt", {"Range: bytes=2-4", "If-Range: Tue, 14 Nov 2023 22:13:20 GMT"}) ==
        "206 234");
  CHECK(route.get("/s/missing", {"If-None-Match: *"}) == "404");
  CHECK(route.get("/s/sub", {"If-None-Match: *"}) == "301");
}

TEST_CASE("what is said of a file") {
  Site site;
  Route route(site, with([&](Options &o) { o.fields = "Cache-Control: max-age=60\r\n"; }));
  CHECK(route.ask("/s/a.txt").file->fields() ==
        "content-type: text/plain\r\nCache-Control: max-age=60\r\n"
        "last-modified: Tue, 14 Nov 2023 22:13:20 GMT\r\netag: W/\"a-6553f100\"\r\n");
  CHECK(route.ask("/s/sub/deep/x.bin")
            .file->fields()
            .starts_with("content-type: application/octet-stream\r\n"));
  site.write("old.txt", "", -5);
  CHECK(route.ask("/s/old.txt").file->fields() ==
        "content-type: text/plain\r\nCache-Control: max-age=60\r\netag: W/\"0-0\"\r\n");
  CHECK(route.get("/s/old.txt", {"If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"}) == "200");
}

TEST_CASE("names with a leading dot") {
  Site site;
  Route deny(site);
  CHECK(deny.get("/s/.env") == "404");
  CHECK(deny.get("/s/.well-known/security.txt") == "404");
  Route allow(site, with([&](Options &o) { o.dotfiles = true; }));
  CHECK(allow.get("/s/.env") == "200 secret");
  Route host(site, with([&](Options &o) { o.prefix = "/"; }));
  CHECK(host.get("/.env") == "404");
  CHECK(host.get("/.well-known/security.txt") == "200 contact");
  CHECK(host.get("/") == "200 index");
}

TEST_CASE("another spelling of a path is told") {
  Site site;
  Route route(site);
  CHECK(route.ask("/s/a%20b.txt").spelling.empty());
  CHECK(route.ask("/s/caf%C3%A9.txt").spelling.empty());
  CHECK(route.ask("/s/caf%c3%a9.txt").spelling == "/s/caf%C3%A9.txt");
  CHECK(route.ask("/s/caf\xc3\xa9.txt").spelling == "/s/caf%C3%A9.txt");
  CHECK(route.ask("/s/a|b").spelling == "/s/a%7Cb");
}

TEST_CASE("compressed forms") {
  Site site;
  site.write("a.txt.gz", "gzipped");
  site.write("a.txt.br", "brotli", kModified + 1);
  site.write("sub/index.html.gz", "gzipped index");
  site.write("p.png", "png");
  site.write("p.png.gz", "gzipped png");
  Route route(site);

  SUBCASE("are sent to who accepts them, the plain one to others") {
    CHECK(route.get("/s/a.txt") == "200 0123456789");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip"}) == "200 gzipped");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip, br"}) == "200 brotli");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip", "Accept-Encoding: br"}) == "200 brotli");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: zstd"}) == "200 0123456789");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: br;q=0, gzip;q=0.5"}) == "200 gzipped");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: identity;q=0"}) == "200 0123456789");
    CHECK(route.get("/s/sub/", {"Accept-Encoding: gzip"}) == "200 gzipped index");
  }
  SUBCASE("say what they are, and each has its own tag") {
    const DirectoryAnswer gzip = route.ask("/s/a.txt", {"Accept-Encoding: gzip"});
    CHECK(gzip.file->coding() == ContentCoding::Gzip);
    CHECK(gzip.file->fields() ==
          "content-type: text/plain\r\nvary: Accept-Encoding\r\n"
          "last-modified: Tue, 14 Nov 2023 22:13:20 GMT\r\netag: W/\"7-6553f100-gzip\"\r\n");
    CHECK(route.ask("/s/a.txt").file->fields().find("vary: Accept-Encoding\r\n") !=
          std::string::npos);
    CHECK(route.get("/s/a.txt",
                    {"Accept-Encoding: gzip", "If-None-Match: W/\"7-6553f100-gzip\""}) == "304");
    CHECK(route.get("/s/a.txt", {"If-None-Match: W/\"7-6553f100-gzip\""}) == "200 0123456789");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip", "Range: bytes=0-3"}) == "206 gzip");
  }
  SUBCASE("that are older than the file are out of date") {
    site.touch("a.txt", kModified + 1);
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip"}) == "200 0123456789");
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip, br"}) == "200 brotli");
    site.touch("a.txt.br", kModified);
    route.nowMs += Limits::kOpenFileTrustMs;
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip, br"}) == "200 0123456789");
    CHECK(route.ask("/s/a.txt").file->fields().find("vary") == std::string::npos);
  }
  SUBCASE("are not looked for where the type is compressed itself") {
    CHECK(route.get("/s/p.png", {"Accept-Encoding: gzip"}) == "200 png");
    CHECK(route.ask("/s/p.png").file->fields().find("vary") == std::string::npos);
    CHECK(route.get("/s/p.png.gz") == "200 gzipped png");
  }
  SUBCASE("are left alone when told so") {
    Route plain(site, with([&](Options &o) { o.precompressed = false; }));
    CHECK(plain.get("/s/a.txt", {"Accept-Encoding: gzip"}) == "200 0123456789");
    CHECK(plain.ask("/s/a.txt").file->fields().find("vary") == std::string::npos);
    CHECK(plain.get("/s/a.txt.gz") == "200 gzipped");
  }
  SUBCASE("do not exist without the file") {
    std::filesystem::remove(site.folder.at("a.txt"));
    CHECK(route.get("/s/a.txt", {"Accept-Encoding: gzip"}) == "404");
  }
}

TEST_CASE("a file that is edited in place is seen at once") {
  Site site;
  Route route(site);
  CHECK(route.get("/s/a.txt") == "200 0123456789");
  site.write("a.txt", "shorter", kModified + 1);
  CHECK(route.get("/s/a.txt") == "200 shorter");
  site.write("a.txt", "", kModified + 1);
  CHECK(route.get("/s/a.txt") == "200");
}

TEST_CASE("a file that is replaced, renamed or deleted is seen at once") {
  Site site;
  Route route(site);
  CHECK(route.get("/s/a.txt") == "200 0123456789");
  site.write("new.txt", "new");
  std::filesystem::rename(site.folder.at("new.txt"), site.folder.at("a.txt"));
  CHECK(route.get("/s/a.txt") == "200 new");
  std::filesystem::remove(site.folder.at("a.txt"));
  CHECK(route.get("/s/a.txt") == "404");
  CHECK(route.get("/s/a%20b.txt") == "200 space");
  std::filesystem::rename(site.folder.at("a b.txt"), site.folder.at("b.txt"));
  CHECK(route.get("/s/a%20b.txt") == "404");
}

TEST_CASE("another directory of the name is seen after a second, or at once when nothing is kept") {
  Site site;
  site.write("other/index.html", "other index");
  Route kept(site);
  Route plain(site, with([&](Options &o) { o.keepOpen = false; }));
  CHECK(kept.get("/s/sub/") == "200 sub index");
  std::filesystem::rename(site.folder.at("sub"), site.folder.at("away"));
  std::filesystem::rename(site.folder.at("other"), site.folder.at("sub"));
  CHECK(plain.get("/s/sub/") == "200 other index");
  kept.nowMs += Limits::kOpenFileTrustMs - 1;
  CHECK(kept.get("/s/sub/") == "200 sub index");
  kept.nowMs += 1;
  CHECK(kept.get("/s/sub/") == "200 other index");
}

TEST_CASE("a clock that does not move keeps nothing for ever") {
  Site site;
  Route route(site);
  CHECK(route.get("/s/new.txt") == "404");
  site.write("new.txt", "new");
  CHECK(route.get("/s/new.txt") == "200 new");
}

TEST_CASE("open files are bounded, and closed with the route and the last response") {
  Site site;
  for (int i = 0; i < 300; ++i) {
    site.write("f" + std::to_string(i) + ".txt", "f");
  }
  site.write("large.png", std::string(Limits::kMaxOpenFileBytes + 1, 'l'));
  const size_t before = openDescriptors();
  DirectoryAnswer held;
  {
    Route route(site);
    for (int i = 0; i < 300; ++i) {
      CHECK(route.get("/s/f" + std::to_string(i) + ".txt") == "200 f");
    }
    const size_t open = openDescriptors() - before;
    CHECK(open > 32);
    CHECK(open <= Limits::kMaxOpenFiles + 1);
    for (int round = 0; round < 2; ++round) {
      CHECK(route.ask("/s/large.png").status == 200);
      CHECK(openDescriptors() - before <= open);
    }
    held = route.ask("/s/a.txt");
  }
  CHECK(openDescriptors() == before + 1);
  held = {};
  CHECK(openDescriptors() == before);
}

TEST_CASE("without a descriptor left, files kept open make room; then it is a 503") {
  Site site;
  for (int i = 0; i < 100; ++i) {
    site.write("f" + std::to_string(i) + ".txt", "f");
  }
  Route route(site);
  for (int i = 0; i < 50; ++i) {
    CHECK(route.get("/s/f" + std::to_string(i) + ".txt") == "200 f");
  }
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
  const int next = ::dup(0);
  ::close(next);
  const rlimit tight{static_cast<rlim_t>(next), old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  const DirectoryAnswer fits = route.ask("/s/f99.txt");
  std::vector<DirectoryAnswer> answers;
  uint16_t last = 200;
  for (int i = 0; i < 100 && last == 200; ++i) {
    answers.push_back(route.ask("/s/f" + std::to_string(i) + ".txt"));
    last = answers.back().status;
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &old) == 0);
  CHECK(fits.status == 200);
  CHECK(last == 503);
  answers.clear();
  CHECK(route.get("/s/a.txt") == "200 0123456789");
}

// SPDX-License-Identifier: MIT
//
// Directory routes on connections: files that leave piece by piece, what is pipelined behind them,
// and what may happen to client, route table and file meanwhile.
#include "support/fake_server.h"
#include "support/temporary_folder.h"

#include <uwk/Directory.h>

#include <cerrno>
#include <dirent.h>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>

using namespace uwk;
using namespace uwk::test;

namespace {

size_t openDescriptors() {
  size_t count = 0;
  DIR *listing = ::opendir("/proc/self/fd");
  if (listing != nullptr) {
    while (::readdir(listing) != nullptr) {
      count++;
    }
    ::closedir(listing);
  }
  return count;
}

struct Site {
  Site() : large(300'000, '\0') {
    std::iota(large.begin(), large.end(), char{0});
    folder.makeDirectory("sub");
    folder.write("a.txt", "0123456789");
    folder.write("large.bin", large);
    folder.write("sub/index.html", "index");
    folder.makeDirectory("caf\xc3\xa9");
    folder.write("caf\xc3\xa9/b.txt", "guarded");
    folder.makeDirectory("off ");
    folder.write("off /b.txt", "guarded");
  }

  void serve(FakeServer &fake, bool keepOpen = true) {
    auto table = std::make_unique<RouteTable>();
    DirectoryOptions options;
    options.prefix = "/d/";
    options.types = makeMediaTypes("text/plain txt|");
    options.keepOpen = keepOpen;
    int error = 0;
    auto directory = openDirectoryRoute(folder.path(), std::move(options), error);
    REQUIRE(directory != nullptr);
    CHECK(table->addDirectory(kAnyMethod, "/d/*", std::move(directory)) == RouteError::None);
    CHECK(table->addHandler(kAnyMethod, "/d/caf%C3%A9/*", 0) == RouteError::None);
    CHECK(table->addNegative("/d/off%20/*") == RouteError::None);
    table->freeze();
    (*fake.server)->setRoutes(std::move(table), true);
  }

  ::test::TemporaryFolder folder;
  std::string large;
};

} // namespace

TEST_CASE("a small file and what is pipelined behind it") {
  Site site;
  FakeServer fake;
  site.serve(fake);
  const int fd = fake.connect();
  fake.send(fd, get("/d/a.txt") + get("/d/sub") + get("/d/sub/") + get("/d/no") + get("/other"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 5);
  CHECK(replies.statuses() == "200,301,200,404,200");
  CHECK(replies[0].body == "0123456789");
  CHECK(replies[2].body == "index");
  CHECK(replies[4].body == "/other");
  CHECK(fake.server->ledger.open() == 0);
}

TEST_CASE("a large file to a client that takes it in any pieces") {
  Site site;
  for (const bool keepOpen : {true, false}) {
    for (const size_t piece : {size_t{1000}, size_t{65'536}, size_t{299'999}}) {
      CAPTURE(piece);
      FakeServer fake;
      site.serve(fake, keepOpen);
      const int fd = fake.connect();
      fake.at(fd).room = piece;
      fake.send(fd, get("/d/large.bin") + get("/d/a.txt"));
      for (int i = 0; i < 400 && fake.at(fd).output.size() < site.large.size() + 400; i++) {
        fake.at(fd).room = piece;
        fake.net.settle();
      }
      fake.at(fd).room = SIZE_MAX;
      fake.net.settle();
      const Replies replies = fake.replies(fd);
      REQUIRE(replies.size() == 2);
      CHECK(replies[0].body == site.large);
      CHECK(replies[1].body == "0123456789");
    }
  }
}

TEST_CASE("where the kernel cannot send the file, it is read and written") {
  Site site;
  FakeServer fake;
  site.serve(fake);
  const int fd = fake.connect();
  fake.at(fd).fileError = EINVAL;
  fake.send(fd, get("/d/large.bin", "Range: bytes=100000-250000\r\n") + get("/d/a.txt"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].status == 206);
  CHECK(replies[0].body == site.large.substr(100'000, 150'001));
  CHECK(replies[1].body == "0123456789");
}

TEST_CASE("routes that are replaced while a file is being sent") {
  Site site;
  const size_t before = openDescriptors();
  {
    FakeServer fake;
    site.serve(fake);
    const int fd = fake.connect();
    fake.at(fd).room = 1000;
    fake.send(fd, get("/d/large.bin") + get("/d/a.txt"));
    (*fake.server)->setRoutes(nullptr, true);
    fake.net.settle();
    fake.at(fd).room = SIZE_MAX;
    fake.net.settle();
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].body == site.large);
    CHECK(replies[1].body == "/d/a.txt"); // the fallback's
  }
  CHECK(openDescriptors() == before);
}

TEST_CASE("descriptors come back when clients leave, in whatever way") {
  Site site;
  const size_t before = openDescriptors();
  {
    FakeServer fake;
    site.serve(fake);
    for (int i = 0; i < 30; i++) {
      const int fd = fake.connect();
      fake.at(fd).room = static_cast<size_t>(i) * 1000;
      fake.send(fd, get(i % 3 == 0 ? "/d/large.bin" : "/d/a.txt"));
      if (i % 2 == 0) {
        fake.at(fd).inputError = ECONNRESET;
      } else {
        fake.at(fd).inputEnds = true;
      }
      fake.net.settle();
    }
    (*fake.server)->setRoutes(nullptr, true);
    fake.net.settle();
    (void)(*fake.server)->closeIdleConnections();
    fake.net.pass(120);
    CHECK(openDescriptors() == before);
  }
  CHECK(openDescriptors() == before);
}

TEST_CASE("a file that becomes shorter while it is sent ends the connection") {
  Site site;
  FakeServer fake;
  site.serve(fake);
  const int fd = fake.connect();
  fake.at(fd).room = 50'000;
  fake.send(fd, get("/d/large.bin") + get("/d/a.txt"));
  std::filesystem::resize_file(site.folder.at("large.bin"), 60'000);
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.isClosed(fd));
  CHECK(fake.at(fd).reset);
  CHECK(fake.at(fd).output.size() < 61'000);
}

TEST_CASE("HEAD, conditions and bodies of requests leave the connection in order") {
  Site site;
  FakeServer fake;
  site.serve(fake);
  const int fd = fake.connect();
  fake.send(fd, request("HEAD", "/d/large.bin") + get("/d/a.txt", "If-None-Match: *\r\n") +
                    post("/d/a.txt", "a body") + postChunked("/d/sub") + chunk("more") + chunk("") +
                    get("/d/a.txt", "Range: bytes=20-\r\n") + get("/d/a.txt"));
  CHECK(fake.replies(fd, "H").statuses() == "200,304,200,301,416,200");
  const int last = fake.connect();
  fake.send(last, get("/d/a.txt", "Connection: close\r\n"));
  CHECK(fake.statuses(last) == "200");
  CHECK((fake.at(last).finSent || fake.isClosed(last)));
}

TEST_CASE("another spelling of what a more specific route answers is not served") {
  Site site;
  FakeServer fake;
  site.serve(fake);
  const int fd = fake.connect();
  fake.send(fd, get("/d/caf%C3%A9/b.txt") + get("/d/caf%c3%a9/b.txt") +
                    get("/d/caf\xc3\xa9/b.txt") + get("/d/off%20/b.txt"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 4);
  CHECK(replies.statuses() == "200,404,404,200");
  CHECK(replies[0].body == "/d/caf%C3%A9/b.txt"); // the handler's
  CHECK(replies[3].body == "/d/off%20/b.txt");    // the fallback's
}

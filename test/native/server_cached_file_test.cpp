// SPDX-License-Identifier: MIT
//
// Small files that are sent from memory: the same answers as from the disk, and every point at
// which something may happen to the client, the server or the file meanwhile. Run under
// AddressSanitizer.
#include "support/file_site.h"

#include <ServerInternal.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace uwk;
using namespace uwk::test;

namespace {

constexpr size_t kSize = 50'000;

// Serves /medium.bin and /route/medium.bin, from memory once it was warmed up.
struct CachedSite {
  explicit CachedSite(const ServerOptions &options = TestServer::withFallback()) : fake(options) {
    files.folder.write("medium.bin", body);
    files.serve(fake);
    auto table = std::make_unique<RouteTable>();
    FileRouteOptions route;
    route.part = files.part("medium.bin");
    CHECK(table->addFile(kAnyMethod, "/route/medium.bin", route) == RouteError::None);
    table->freeze();
    (*fake.server)->setRoutes(std::move(table), true);
  }

  void warm() {
    // Files look as if nobody had touched them for long.
    internal().contents =
        std::make_unique<ContentCache>([] { return ContentCache::systemTime() + 3'600'000; });
    const int fd = fake.connect();
    fake.send(fd, get("/medium.bin") + get("/medium.bin") + get("/small.txt") + get("/small.txt"));
    CHECK(fake.statuses(fd) == "200,200,200,200");
    CHECK(internal().contents->bytes() == kSize + 10);
  }
  Server::Internal &internal() { return (*fake.server)->internal(); }

  std::string body = std::string(kSize, 'm');
  FileSite files;
  FakeServer fake;
};

const std::string kPaths[] = {"/medium.bin", "/route/medium.bin"};

// Everything but the Date, which may be another second's.
std::string withoutDate(const Reply &reply) {
  std::string head = reply.head;
  if (const size_t at = head.find("\r\nDate: "); at != std::string::npos) {
    head.erase(at, head.find("\r\n", at + 2) - at);
  }
  return head + reply.body;
}

} // namespace

TEST_CASE("without the option nothing is kept") {
  ServerOptions options = TestServer::withFallback();
  options.cacheFiles = false;
  CachedSite site(options);
  CHECK(site.internal().contents == nullptr);
  const int fd = site.fake.connect();
  site.fake.send(fd, get("/medium.bin") + get("/medium.bin") + get("/route/medium.bin"));
  CHECK(site.fake.statuses(fd) == "200,200,200");
}

TEST_CASE("answers from memory are those from the disk") {
  CachedSite site;
  std::string requests;
  std::string kinds;
  for (const std::string &path : kPaths) {
    for (const char *fields :
         {"", "Range: bytes=10-19\r\n", "Range: bytes=-1\r\n", "Range: bytes=49999-\r\n",
          "Range: bytes=50000-\r\n", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT\r\n",
          "If-Unmodified-Since: Fri, 31 Dec 1999 23:59:59 GMT\r\n"}) {
      requests += get(path, fields) + request("HEAD", path, fields);
      kinds += "GH";
    }
  }
  const auto answers = [&] {
    const int fd = site.fake.connect();
    site.fake.send(fd, requests);
    const Replies replies = site.fake.replies(fd, kinds);
    REQUIRE(replies.size() == kinds.size());
    std::vector<std::string> texts;
    for (size_t index = 0; index < replies.size(); index++) {
      texts.push_back(withoutDate(replies[index]));
    }
    return texts;
  };
  site.internal().contents.reset();
  const auto fromDisk = answers();
  site.warm();
  CHECK(answers() == fromDisk);
}

TEST_CASE("every byte once and in order, whatever the client takes at once") {
  for (const size_t piece : {size_t{100}, size_t{4'096}, size_t{16'384}, kSize - 1, SIZE_MAX}) {
    CAPTURE(piece);
    CachedSite site;
    site.warm();
    FakeServer &fake = site.fake;
    const int fd = fake.connect();
    fake.at(fd).room = piece;
    fake.send(fd, get("/small.txt") + get("/medium.bin") + get("/small.txt") +
                      get("/route/medium.bin") + get("/large.bin") + get("/small.txt"));
    do {
      fake.at(fd).room = piece;
    } while (fake.net.turn() != 0);
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 6);
    CHECK(replies.statuses() == "200,200,200,200,200,200");
    for (const size_t index : {size_t{0}, size_t{2}, size_t{5}}) {
      CHECK(replies[index].body == "0123456789");
    }
    CHECK(replies[1].body == site.body);
    CHECK(replies[3].body == site.body);
    CHECK(replies[4].body == site.files.large);
  }
}

TEST_CASE("every point at which a transfer from memory may end") {
  const size_t before = openDescriptors();
  for (const std::string &path : kPaths) {
    for (const End how : kEnds) {
      for (const size_t room :
           {size_t{0}, size_t{1}, size_t{60}, size_t{200}, size_t{20'000}, kSize - 1, kSize + 60}) {
        CAPTURE(path);
        CAPTURE(static_cast<int>(how));
        CAPTURE(room);
        {
          CachedSite site;
          site.warm();
          FakeServer &fake = site.fake;
          const int fd = fake.connect();
          fake.at(fd).room = room;
          fake.send(fd, get(path) + get("/small.txt"));
          // Whoever is being served keeps what it began with.
          site.internal().contents = std::make_unique<ContentCache>();
          end(fake, fd, how);
          fake.net.settle();
          fake.at(fd).room = SIZE_MAX;
          fake.net.settle();
          CHECK(fake.server->ledger.open() == 0);
          if (how != End::Fin && how != End::Stop) {
            CHECK(fake.isClosed(fd));
          }
          if (how == End::Stop) {
            fake.net.pass(5);
            CHECK(fake.replies(fd)[0].body == site.body);
          }
        }
        CHECK(openDescriptors() == before);
      }
    }
  }
}

TEST_CASE("a file that changes while it is sent from memory is sent as it was") {
  for (const std::string &path : kPaths) {
    CachedSite site;
    site.warm();
    FakeServer &fake = site.fake;
    const int fd = fake.connect();
    fake.at(fd).room = 10'000;
    fake.send(fd, get(path));
    std::filesystem::resize_file(site.files.folder.at("medium.bin"), 10);
    fake.at(fd).room = SIZE_MAX;
    fake.net.settle();
    fake.send(fd, get(path));
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].body == site.body);
    CHECK(replies[1].body == site.body.substr(0, 10));
  }
}

TEST_CASE("a file that is deleted is gone at once") {
  CachedSite site;
  site.warm();
  std::filesystem::remove(site.files.folder.at("medium.bin"));
  const int fd = site.fake.connect();
  site.fake.send(fd, get("/medium.bin") + get("/route/medium.bin"));
  const Replies replies = site.fake.replies(fd);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].body == std::to_string(ENOENT));
  // The route does not match any more, and the fallback finds nothing either.
  CHECK(replies[1].body == std::to_string(ENOENT));
}

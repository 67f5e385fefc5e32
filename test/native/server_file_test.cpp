// SPDX-License-Identifier: MIT
//
// Files as responses of handlers and of file routes, at every point where something may go wrong:
// clients that leave, servers that stop, files that change, disks that fail. Run under
// AddressSanitizer; descriptors are counted.
#include "support/file_site.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace uwk;
using namespace uwk::test;

namespace {

const std::string kPaths[] = {"/large.bin", "/route/large.bin"};

} // namespace

TEST_CASE("files and what is pipelined behind them, in any pieces") {
  FileSite files;
  for (const size_t piece :
       {size_t{100}, size_t{4'096}, size_t{65'536}, size_t{299'999}, SIZE_MAX}) {
    CAPTURE(piece);
    FakeServer fake;
    files.serve(fake);
    const int fd = fake.connect();
    fake.at(fd).room = piece;
    fake.send(fd, get("/small.txt") + get("/route/large.bin") + get("/empty.txt") +
                      get("/large.bin") + get("/route/empty.txt") + get("/route/small.txt"));
    // Until there is nothing that anybody waits for.
    do {
      fake.at(fd).room = piece;
    } while (fake.net.turn() != 0);
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 6);
    CHECK(replies.statuses() == "200,200,200,200,200,200");
    CHECK(replies[0].body == "0123456789");
    CHECK(replies[1].body == files.large);
    CHECK(replies[2].body == "");
    CHECK(replies[3].body == files.large);
    CHECK(replies[4].body == "");
    CHECK(replies[5].body == "0123456789");
  }
}

TEST_CASE("what is no file is an error of the handler, and no route") {
  FileSite files;
  FakeServer fake;
  files.serve(fake);
  const int fd = fake.connect();
  fake.send(fd, get("/none") + get("/folder") + get("/route/folder"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 3);
  CHECK(replies[0].body == std::to_string(ENOENT));
  CHECK(replies[1].body == std::to_string(EISDIR));
  // The fallback, which looks for it below its own folder.
  CHECK(replies[2].body == std::to_string(ENOENT));
}

TEST_CASE("every point at which a transfer may end") {
  FileSite files;
  const size_t before = openDescriptors();
  for (const std::string &path : kPaths) {
    for (const End how : kEnds) {
      for (const size_t room : {size_t{0}, size_t{1}, size_t{60}, size_t{200}, size_t{70'000},
                                kLarge - 1, kLarge + 60}) {
        CAPTURE(path);
        CAPTURE(static_cast<int>(how));
        CAPTURE(room);
        {
          FakeServer fake;
          files.serve(fake);
          const int fd = fake.connect();
          fake.at(fd).room = room;
          fake.send(fd, get(path) + get("/small.txt"));
          end(fake, fd, how);
          fake.net.settle();
          // What is graceful ends when the client has taken everything.
          fake.at(fd).room = SIZE_MAX;
          fake.net.settle();
          CHECK(fake.server->ledger.open() == 0);
          if (how != End::Fin && how != End::Stop) {
            CHECK(fake.isClosed(fd));
          }
          if (how == End::Stop) {
            fake.net.pass(5);
            CHECK(fake.replies(fd)[0].body == files.large);
          }
        }
        CHECK(openDescriptors() == before);
      }
    }
  }
}

TEST_CASE("a file that becomes shorter ends the connection, wherever that is noticed") {
  FileSite files;
  for (const std::string &path : kPaths) {
    for (const bool copied : {false, true}) {
      for (const size_t size : {size_t{0}, size_t{10'000}, size_t{60'000}, kLarge - 1}) {
        CAPTURE(size);
        files.folder.write("large.bin", files.large);
        FakeServer fake;
        files.serve(fake);
        const int fd = fake.connect();
        fake.at(fd).fileError = copied ? EINVAL : 0;
        fake.at(fd).room = 50'000;
        fake.send(fd, get(path) + get("/small.txt"));
        std::filesystem::resize_file(files.folder.at("large.bin"), size);
        fake.at(fd).room = SIZE_MAX;
        fake.net.settle();
        CHECK(fake.at(fd).reset);
        CHECK(fake.isClosed(fd));
        CHECK(fake.at(fd).output.size() <= std::max<size_t>(size, 50'000) + 400);
      }
    }
  }
}

TEST_CASE("a disk that fails in the middle ends the connection, and only that one") {
  FileSite files;
  FakeServer fake;
  files.serve(fake);
  const int fd = fake.connect();
  const int other = fake.connect();
  fake.at(fd).room = 50'000;
  fake.send(fd, get("/large.bin"));
  fake.at(fd).fileError = EIO;
  fake.at(fd).room = SIZE_MAX;
  fake.net.settle();
  CHECK(fake.at(fd).reset);
  fake.send(other, get("/large.bin"));
  CHECK(fake.statuses(other) == "200");
}

TEST_CASE("many transfers share the descriptors they need, and no more") {
  FileSite files;
  const size_t before = openDescriptors();
  {
    FakeServer fake;
    files.serve(fake);
    std::vector<int> clients;
    for (int i = 0; i < 100; i++) {
      clients.push_back(fake.connect());
      fake.at(clients.back()).room = 1'000;
      fake.send(clients.back(), get(kPaths[i % 2]));
    }
    CHECK(openDescriptors() == before + 100);
    for (const int fd : clients) {
      fake.at(fd).room = SIZE_MAX;
    }
    fake.net.settle();
    CHECK(openDescriptors() == before);
    for (const int fd : clients) {
      CHECK(fake.replies(fd)[0].body == files.large);
    }
  }
  CHECK(openDescriptors() == before);
}

TEST_CASE("without a descriptor left a file is not called missing") {
  FileSite files;
  FakeServer fake;
  files.serve(fake);
  const int fd = fake.connect();
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
  const rlimit none{0, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  fake.send(fd, get("/route/small.txt") + get("/small.txt"));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &old) == 0);
  fake.send(fd, get("/route/small.txt"));
  const Replies replies = fake.replies(fd);
  REQUIRE(replies.size() == 3);
  CHECK(replies[0].status == 503);
  CHECK(replies[1].body == std::to_string(EMFILE));
  CHECK(replies[2].body == "0123456789");
}

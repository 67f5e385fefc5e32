// SPDX-License-Identifier: MIT
//
// Files that are not in the page cache: another thread reads them first, and meanwhile anything may
// happen to the client, the server and the loop. The system's answer to "is it in memory" is no
// here, whatever file system the test runs on.
#include "support/file_site.h"
#include "support/forbid_system_call.h"

#include <sys/syscall.h>

#include <string>

using namespace uwk;
using namespace uwk::test;

namespace {

// For the rest of the process, which is this file's alone.
void forgetThePageCache() {
  static const bool done = ::test::forbidSystemCall(SYS_preadv2, EAGAIN);
  REQUIRE(done);
}

} // namespace

TEST_CASE("a file that is not in memory is read by another thread, then sent") {
  forgetThePageCache();
  FileSite files;
  for (const char *path : {"/large.bin", "/route/large.bin"}) {
    FakeServer fake;
    files.serve(fake);
    fake.net.holdWork(true);
    const int fd = fake.connect();
    fake.send(fd, get(path) + get("/small.txt"));
    REQUIRE(fake.net.works() == 1);
    CHECK(fake.at(fd).output.size() < 1'000);
    fake.net.holdWork(false);
    fake.net.settle();
    const Replies replies = fake.replies(fd);
    REQUIRE(replies.size() == 2);
    CHECK((replies[0].body == files.large));
    CHECK(replies[1].body == "0123456789");
  }
}

TEST_CASE("every end while another thread reads the file") {
  forgetThePageCache();
  FileSite files;
  const size_t before = openDescriptors();
  for (const char *path : {"/large.bin", "/route/large.bin"}) {
    for (const End how : kEnds) {
      CAPTURE(static_cast<int>(how));
      FakeServer fake;
      files.serve(fake);
      fake.net.holdWork(true);
      const int fd = fake.connect();
      fake.send(fd, get(path));
      REQUIRE(fake.net.works() == 1);
      end(fake, fd, how);
      fake.net.settle();
      // The slot is another connection's by now; it must not hear of the old one's file.
      const int next = how == End::Reset ? fake.connect() : fd;
      fake.net.holdWork(false);
      fake.net.settle();
      fake.net.pass(3);
      if (next != fd) {
        fake.send(next, get("/small.txt"));
        CHECK(fake.statuses(next) == "200");
      }
    }
  }
  CHECK(openDescriptors() == before);
}

TEST_CASE("a loop that ends while another thread reads the file") {
  forgetThePageCache();
  FileSite files;
  const size_t before = openDescriptors();
  {
    FakeServer fake;
    files.serve(fake);
    fake.net.holdWork(true);
    const int fd = fake.connect();
    fake.send(fd, get("/large.bin"));
    REQUIRE(fake.net.works() == 1);
    fake.stop();
    fake.net.holdWork(false);
    fake.net.settle();
  }
  CHECK(openDescriptors() == before);
}

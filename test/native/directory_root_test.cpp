// SPDX-License-Identifier: MIT
//
// Opening below a root, by the kernel and by the walk that stands in for it: the same table of
// links, special files and errors for both, and a race against somebody who swaps directories.
#include "support/forbid_system_call.h"
#include "support/temporary_folder.h"

#include <files/DirectoryRoot.h>
#include <files/PathWalk.h>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace uwk;
using Resolver = DirectoryRoot::Resolver;

namespace {

std::string contents(const OpenedFile &opened) {
  char text[64];
  const ssize_t size = ::read(opened.descriptor.get(), text, sizeof text);
  return size < 0 ? "unreadable" : std::string(text, static_cast<size_t>(size));
}

std::string open(const DirectoryRoot &root, const std::string &path) {
  const OpenedFile opened = root.openFile(path.c_str());
  CHECK(opened.descriptor.isOpen() == (opened.outcome == OpenOutcome::File));
  switch (opened.outcome) {
  case OpenOutcome::File:
    return contents(opened);
  case OpenOutcome::Directory:
    return "directory";
  case OpenOutcome::Missing:
    return "missing";
  case OpenOutcome::Exhausted:
    return "exhausted";
  }
  return "";
}

DirectoryRoot rootAt(const std::string &path, Resolver resolver) {
  DirectoryRoot root;
  REQUIRE(root.open(path.c_str()) == 0);
  root.setResolver(resolver);
  return root;
}

size_t openDescriptors() {
  size_t count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    count += ::fcntl(fd, F_GETFD) >= 0 ? 1u : 0u;
  }
  return count;
}

} // namespace

TEST_CASE("a root must be a directory that is there") {
  test::TemporaryFolder folder;
  folder.write("file", "x");
  DirectoryRoot root;
  CHECK(root.open(folder.at("missing").c_str()) == -ENOENT);
  CHECK(root.open(folder.at("file").c_str()) == -ENOTDIR);
  CHECK(root.open(std::string(5000, 'x').c_str()) == -ENAMETOOLONG);
  CHECK(root.open("") == -ENOENT);
  CHECK(root.open(folder.path().c_str()) == 0);
}

TEST_CASE("files, links and what is neither, by either resolver") {
  test::TemporaryFolder folder;
  folder.write("secret", "secret");
  folder.makeDirectory("root/sub/deep");
  folder.write("root/a", "a");
  folder.write("root/sub/b", "b");
  folder.write("root/sub/deep/c", "c");
  folder.write("root/twin", "inside");
  folder.write("twin", "outside");
  folder.link("a", "root/to-file");
  folder.link("sub", "root/to-directory");
  folder.link("sub/", "root/to-directory-slash");
  folder.link("../a", "root/sub/up");
  folder.link("../../root/a", "root/sub/too-far");
  folder.link("../twin", "root/clamped");
  folder.link("/twin", "root/absolute");
  folder.link(folder.at("secret"), "root/escape");
  folder.link("../secret", "root/escape-up");
  folder.link("../../../../../../../../../../etc/passwd", "root/passwd");
  folder.link("/etc/passwd", "root/passwd-absolute");
  folder.link("/proc/self/root", "root/proc-root");
  folder.link("loop", "root/loop");
  folder.link("loop-b", "root/loop-a");
  folder.link("loop-a", "root/loop-b");
  folder.link("gone", "root/dangling");
  folder.link("deep/../b", "root/sub/round");
  folder.link(".", "root/self");
  folder.link("to-file", "root/twice");
  folder.link("a/", "root/file-slash");
  REQUIRE(::mkfifo(folder.at("root/fifo").c_str(), 0600) == 0);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  folder.at("root/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(listening, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  ::close(listening);

  for (const Resolver resolver : {Resolver::Kernel, Resolver::Walk}) {
    CAPTURE(static_cast<int>(resolver));
    const DirectoryRoot root = rootAt(folder.at("root"), resolver);
    const size_t before = openDescriptors();
    CHECK(open(root, "a") == "a");
    CHECK(open(root, "sub/b") == "b");
    CHECK(open(root, "sub/deep/c") == "c");
    CHECK(open(root, "sub") == "directory");
    CHECK(open(root, "sub/deep") == "directory");
    CHECK(open(root, "to-file") == "a");
    CHECK(open(root, "twice") == "a");
    CHECK(open(root, "to-directory") == "directory");
    CHECK(open(root, "to-directory/b") == "b");
    CHECK(open(root, "to-directory-slash/b") == "b");
    CHECK(open(root, "sub/up") == "a");
    CHECK(open(root, "sub/round") == "b");
    CHECK(open(root, "self") == "directory");
    CHECK(open(root, "self/self/self/a") == "a");
    // As if the root were the root of the file system.
    CHECK(open(root, "clamped") == "inside");
    CHECK(open(root, "absolute") == "inside");
    CHECK(open(root, "sub/too-far") == "missing");
    CHECK(open(root, "escape") == "missing");
    CHECK(open(root, "escape-up") == "missing");
    CHECK(open(root, "passwd") == "missing");
    CHECK(open(root, "passwd-absolute") == "missing");
    CHECK(open(root, "proc-root/etc/passwd") == "missing");
    CHECK(open(root, "loop") == "missing");
    CHECK(open(root, "loop-a/x") == "missing");
    CHECK(open(root, "dangling") == "missing");
    CHECK(open(root, "file-slash") == "missing");
    CHECK(open(root, "a/b") == "missing");
    CHECK(open(root, "missing") == "missing");
    CHECK(open(root, "missing/a") == "missing");
    CHECK(open(root, std::string(300, 'x')) == "missing");
    CHECK(open(root, "fifo") == "missing");
    CHECK(open(root, "socket") == "missing");
    CHECK(openDescriptors() == before);
  }
}

TEST_CASE("a path through /proc does not jump") {
  const int fd = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  for (const Resolver resolver : {Resolver::Kernel, Resolver::Walk}) {
    const DirectoryRoot root = rootAt("/proc/self", resolver);
    CHECK(open(root, "fd/" + std::to_string(fd)) == "missing");
    CHECK(open(root, "root/etc/passwd") == "missing");
    CHECK(open(root, "cwd") == "missing");
  }
  ::close(fd);
}

TEST_CASE("renaming the root does not change what is served") {
  for (const Resolver resolver : {Resolver::Kernel, Resolver::Walk}) {
    test::TemporaryFolder folder;
    folder.makeDirectory("old");
    folder.write("old/a", "a");
    const DirectoryRoot root = rootAt(folder.at("old"), resolver);
    REQUIRE(::rename(folder.at("old").c_str(), folder.at("new").c_str()) == 0);
    CHECK(open(root, "a") == "a");
  }
}

#ifdef __linux__
TEST_CASE("a container that forbids openat2 is served by the walk") {
  test::TemporaryFolder folder;
  folder.makeDirectory("root/sub");
  folder.write("root/sub/a", "a");
  folder.write("outside", "outside");
  folder.link("sub", "root/link");
  folder.link("../outside", "root/out");
  for (const int refusal : {ENOSYS, EPERM, EACCES}) {
    CAPTURE(refusal);
    // In a process of its own: a filter stays for good.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      DirectoryRoot root;
      const bool isReady = test::forbidSystemCall(437, refusal) && !fs::canOpenInRoot() &&
                           root.open(folder.at("root").c_str()) == 0 &&
                           root.resolver() == Resolver::Walk;
      const bool isRight = isReady && root.openFile("link/a").outcome == OpenOutcome::File &&
                           root.openFile("out").outcome == OpenOutcome::Missing;
      ::_exit(isRight ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}
#endif

TEST_CASE("no descriptor left is not the same as no file") {
  test::TemporaryFolder folder;
  folder.write("a", "a");
  folder.makeDirectory("sub");
  folder.write("sub/b", "b");
  const DirectoryRoot kernel = rootAt(folder.path(), Resolver::Kernel);
  const DirectoryRoot walk = rootAt(folder.path(), Resolver::Walk);
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
  const rlimit none{0, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const OpenOutcome first = kernel.openFile("a").outcome;
  const OpenOutcome second = walk.openFile("sub/b").outcome;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &old) == 0);
  CHECK(first == OpenOutcome::Exhausted);
  CHECK(second == OpenOutcome::Exhausted);
  CHECK(open(kernel, "a") == "a");
}

TEST_CASE("the walk holds a bounded number of descriptors") {
  test::TemporaryFolder folder;
  std::string path;
  for (int i = 0; i < 140; ++i) {
    path += "d/";
  }
  folder.makeDirectory(path);
  folder.write(path + "a", "deep");
  const DirectoryRoot root = rootAt(folder.path(), Resolver::Walk);
  CHECK(open(root, path + "a") == "missing");
  CHECK(open(root, path.substr(0, 240) + "a") == "missing");
  CHECK(open(root, path.substr(0, 239)) == "directory");
  CHECK(open(rootAt(folder.path(), Resolver::Kernel), path + "a") == "deep");
}

TEST_CASE("whoever swaps a directory for a link leads nobody outside") {
  test::TemporaryFolder folder;
  folder.makeDirectory("outside/dir");
  folder.write("outside/dir/file", "outside");
  folder.makeDirectory("root/real");
  folder.write("root/real/file", "inside");
  folder.link(folder.at("outside/dir"), "root/link");
  folder.link("../outside/dir", "root/link-up");
  REQUIRE(::symlink("real", folder.at("root/dir").c_str()) == 0);

  std::atomic<bool> done{false};
  std::thread swapper([&] {
    const std::string dir = folder.at("root/dir");
    const std::string spare = folder.at("root/spare");
    const char *targets[] = {"real", "../outside/dir", nullptr, "real/../../outside/dir"};
    for (size_t i = 0; !done; ++i) {
      const char *target = targets[i % 4];
      const std::string absolute = folder.at("outside/dir");
      (void)::symlink(target != nullptr ? target : absolute.c_str(), spare.c_str());
      (void)::rename(spare.c_str(), dir.c_str());
      // A real directory moved away and back, so that `..` changes under the resolver's feet.
      (void)::rename(folder.at("root/real").c_str(), folder.at("root/moved").c_str());
      (void)::rename(folder.at("root/moved").c_str(), folder.at("root/real").c_str());
    }
  });
  size_t inside = 0;
  size_t other = 0;
  for (const Resolver resolver : {Resolver::Kernel, Resolver::Walk}) {
    const DirectoryRoot root = rootAt(folder.at("root"), resolver);
    // However seldom the other thread has the processor, the link leads inside once.
    const size_t before = inside;
    for (int i = 0; i < 20000 || inside == before; ++i) {
      for (const char *path : {"dir/file", "link/file", "link-up/file"}) {
        const std::string found = open(root, path);
        inside += found == "inside" ? 1u : 0u;
        other += found != "inside" && found != "missing" && found != "exhausted" ? 1u : 0u;
      }
    }
  }
  done = true;
  swapper.join();
  CHECK(other == 0);
  CHECK(inside > 0);
}

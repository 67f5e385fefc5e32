// SPDX-License-Identifier: MIT
//
// Which files are kept in memory, what makes them out of date, and what bounds them.
#include "support/temporary_folder.h"

#include <files/ContentCache.h>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace uwk;

namespace {

// Files look as if nobody had touched them for long.
int64_t later() { return ContentCache::systemTime() + 3'600'000; }

struct Site {
  Site() : cache(later) { folder.write("a.txt", "first"); }

  // What a request for the file gets: "memory:..." or "disk"; "none" when there is nothing.
  std::string ask(const std::string &path, uint64_t now) {
    FileContentsRef contents = cache.find(path, now);
    if (!contents) {
      const fs::Descriptor file(fs::openFile(path.c_str()));
      fs::FileFacts facts;
      if (!file.isOpen() || fs::factsOf(file.get(), facts) != 0) {
        return "none";
      }
      contents = cache.keep(path, file.get(), facts, now);
    }
    return contents ? "memory:" + std::string(contents->bytes()) : "disk";
  }
  std::string ask(uint64_t now) { return ask(folder.at("a.txt"), now); }
  // Asks until it is in memory.
  void warm(const std::string &path, uint64_t now) {
    CHECK(ask(path, now) == "disk");
    CHECK(ask(path, now).starts_with("memory:"));
    CHECK(cache.find(path, now));
  }

  // Waits until a change gets another time than the last one: file systems have clocks that tick.
  void tick() const {
    folder.write("clock", "");
    const auto start = stamp();
    while (stamp() == start) {
      folder.write("clock", "");
    }
  }

  test::TemporaryFolder folder;
  ContentCache cache;

private:
  [[nodiscard]] std::pair<time_t, long> stamp() const {
    struct stat found {};
    REQUIRE(::stat(folder.at("clock").c_str(), &found) == 0);
    return {found.st_ctim.tv_sec, found.st_ctim.tv_nsec};
  }
};

} // namespace

TEST_CASE("a file that is asked for again is kept") {
  Site site;
  CHECK(site.ask(1000) == "disk");
  CHECK(site.cache.bytes() == 0);
  CHECK(site.ask(1500) == "memory:first");
  CHECK(site.cache.bytes() == 5);
  CHECK(site.cache.find(site.folder.at("a.txt"), 2499));
}

TEST_CASE("a file that is asked for now and then is not") {
  Site site;
  for (uint64_t now = 1000; now < 60'000; now += 2000) {
    CHECK(site.ask(now) == "disk");
  }
  CHECK(site.cache.bytes() == 0);
}

TEST_CASE("contents are read anew after a second, whatever the system says") {
  Site site;
  const std::string path = site.folder.at("a.txt");
  // A page that is dirty already is written to without the file's times changing.
  const fs::Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  void *at = ::mmap(nullptr, 5, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  REQUIRE(at != MAP_FAILED);
  auto *bytes = static_cast<char *>(at);
  bytes[0] = 'F';
  CHECK(site.ask(1000) == "disk");
  CHECK(site.ask(1000) == "memory:First");
  bytes[0] = 'W';
  CHECK_FALSE(site.cache.find(path, 2000));
  CHECK(site.ask(2000) == "memory:Wirst");
  CHECK(site.cache.bytes() == 5);
  ::munmap(at, 5);
}

TEST_CASE("what happens to a file counts at once") {
  using Change = void (*)(const test::TemporaryFolder &folder);
  const struct {
    const char *what;
    Change change;
    const char *then;
  } kChanges[] = {
      {"written in place",
       [](const test::TemporaryFolder &folder) {
         const fs::Descriptor file(::open(folder.at("d/a.txt").c_str(), O_WRONLY | O_CLOEXEC));
         CHECK(::pwrite(file.get(), "F", 1, 0) == 1);
       },
       "memory:First"},
      {"truncated",
       [](const test::TemporaryFolder &folder) {
         CHECK(::truncate(folder.at("d/a.txt").c_str(), 2) == 0);
       },
       "memory:fi"},
      {"replaced by one of the same size and time",
       [](const test::TemporaryFolder &folder) {
         struct stat old {};
         CHECK(::stat(folder.at("d/a.txt").c_str(), &old) == 0);
         folder.write("d/b.txt", "other");
         const timespec times[2] = {old.st_atim, old.st_mtim};
         CHECK(::utimensat(AT_FDCWD, folder.at("d/b.txt").c_str(), times, 0) == 0);
         std::filesystem::rename(folder.at("d/b.txt"), folder.at("d/a.txt"));
       },
       "memory:other"},
      {"written, and its time set back",
       [](const test::TemporaryFolder &folder) {
         struct stat old {};
         CHECK(::stat(folder.at("d/a.txt").c_str(), &old) == 0);
         folder.write("d/a.txt", "other");
         const timespec times[2] = {old.st_atim, old.st_mtim};
         CHECK(::utimensat(AT_FDCWD, folder.at("d/a.txt").c_str(), times, 0) == 0);
       },
       "memory:other"},
      {"deleted",
       [](const test::TemporaryFolder &folder) { std::filesystem::remove(folder.at("d/a.txt")); },
       "none"},
      {"its folder renamed",
       [](const test::TemporaryFolder &folder) {
         std::filesystem::rename(folder.at("d"), folder.at("e"));
       },
       "none"},
      {"its folder replaced",
       [](const test::TemporaryFolder &folder) {
         std::filesystem::rename(folder.at("d"), folder.at("e"));
         folder.makeDirectory("d");
         folder.write("d/a.txt", "other");
       },
       "memory:other"},
      {"a link instead",
       [](const test::TemporaryFolder &folder) {
         folder.write("b.txt", "other");
         std::filesystem::remove(folder.at("d/a.txt"));
         folder.link("../b.txt", "d/a.txt");
       },
       "memory:other"},
      {"a directory instead",
       [](const test::TemporaryFolder &folder) {
         std::filesystem::remove(folder.at("d/a.txt"));
         folder.makeDirectory("d/a.txt");
       },
       "disk"},
      {"a pipe instead",
       [](const test::TemporaryFolder &folder) {
         std::filesystem::remove(folder.at("d/a.txt"));
         CHECK(::mkfifo(folder.at("d/a.txt").c_str(), 0600) == 0);
       },
       "disk"},
  };
  for (const auto &[what, change, then] : kChanges) {
    CAPTURE(what);
    Site site;
    site.folder.makeDirectory("d");
    site.folder.write("d/a.txt", "first");
    const std::string path = site.folder.at("d/a.txt");
    site.warm(path, 1000);
    site.tick();
    change(site.folder);
    CHECK_FALSE(site.cache.find(path, 1000));
    CHECK(site.cache.bytes() == 0);
    CHECK(site.ask(path, 1000) == then);
  }
}

TEST_CASE("a permission that is taken away counts at once") {
  Site site;
  const std::string path = site.folder.at("a.txt");
  site.warm(path, 1000);
  site.tick();
  CHECK(::chmod(path.c_str(), 0) == 0);
  CHECK_FALSE(site.cache.find(path, 1000));
}

TEST_CASE("a link that is pointed elsewhere counts at once") {
  Site site;
  site.folder.write("b.txt", "second");
  site.folder.link("a.txt", "link");
  const std::string path = site.folder.at("link");
  site.warm(path, 1000);
  std::filesystem::remove(path);
  site.folder.link("b.txt", "link");
  CHECK(site.ask(path, 1000) == "memory:second");
}

TEST_CASE("contents that are being sent outlive their place") {
  Site site;
  const std::string path = site.folder.at("a.txt");
  site.warm(path, 1000);
  const FileContentsRef sent = site.cache.find(path, 1000);
  site.tick();
  site.folder.write("a.txt", "changed");
  CHECK(site.ask(path, 1000) == "memory:changed");
  CHECK(sent->bytes() == "first");
}

TEST_CASE("a file changed a moment ago is not kept: its times may not show the next change") {
  Site site;
  // Only the time of the change counts: this one anybody can set.
  const std::string path = site.folder.at("a.txt");
  const timespec old[2] = {{1, 0}, {1, 0}};
  CHECK(::utimensat(AT_FDCWD, path.c_str(), old, 0) == 0);
  ContentCache before([] { return ContentCache::systemTime() - 3'600'000; });
  ContentCache after(later);
  const fs::Descriptor file(fs::openFile(path.c_str()));
  fs::FileFacts facts;
  CHECK(fs::factsOf(file.get(), facts) == 0);
  for (uint64_t now = 1000; now < 1010; now++) {
    CHECK_FALSE(before.keep(path, file.get(), facts, now));
  }
  CHECK_FALSE(after.keep(path, file.get(), facts, 1000));
  CHECK(after.keep(path, file.get(), facts, 1001));
}

TEST_CASE("empty and large files, folders and pipes are not kept") {
  Site site;
  site.folder.write("empty", "");
  site.folder.write("large", std::string(Limits::kMaxCachedFileBytes + 1, 'x'));
  site.folder.write("largest", std::string(Limits::kMaxCachedFileBytes, 'x'));
  site.folder.makeDirectory("folder");
  CHECK(::mkfifo(site.folder.at("pipe").c_str(), 0600) == 0);
  for (const char *name : {"empty", "large", "folder", "pipe"}) {
    CAPTURE(name);
    for (uint64_t now = 1000; now < 1005; now++) {
      CHECK(site.ask(site.folder.at(name), now) == "disk");
    }
  }
  site.warm(site.folder.at("largest"), 1000);
}

TEST_CASE("a file that became shorter than its facts say is not kept") {
  Site site;
  const std::string path = site.folder.at("a.txt");
  const fs::Descriptor file(fs::openFile(path.c_str()));
  fs::FileFacts facts;
  CHECK(fs::factsOf(file.get(), facts) == 0);
  CHECK_FALSE(site.cache.keep(path, file.get(), facts, 1000));
  CHECK(::truncate(path.c_str(), 2) == 0);
  CHECK_FALSE(site.cache.keep(path, file.get(), facts, 1000));
  CHECK(site.cache.bytes() == 0);
}

TEST_CASE("memory is bounded, and what is out of date makes room") {
  Site site;
  const std::string path = site.folder.at("block");
  site.folder.write("block", std::string(Limits::kMaxCachedFileBytes, 'x'));
  const fs::Descriptor file(fs::openFile(path.c_str()));
  fs::FileFacts facts;
  CHECK(fs::factsOf(file.get(), facts) == 0);
  const auto keepMany = [&](const std::string &prefix, uint64_t now) {
    size_t kept = 0;
    for (int count = 0; count < 400; count++) {
      const std::string name = prefix + std::to_string(count);
      (void)site.cache.keep(name, file.get(), facts, now);
      kept += site.cache.keep(name, file.get(), facts, now) ? size_t{1} : size_t{0};
      REQUIRE(site.cache.bytes() <= Limits::kMaxFileCacheBytes);
    }
    return kept;
  };
  const size_t first = keepMany("first", 1000);
  CHECK(first > 200);
  CHECK(first * Limits::kMaxCachedFileBytes == site.cache.bytes());
  // All of those are still good.
  CHECK(keepMany("second", 1900) < 60);
  CHECK(keepMany("third", 2500) > 100);
}

TEST_CASE("files that are asked for once do not push out those that are in use") {
  Site site;
  const std::string path = site.folder.at("a.txt");
  site.warm(path, 1000);
  const fs::Descriptor file(fs::openFile(path.c_str()));
  fs::FileFacts facts;
  CHECK(fs::factsOf(file.get(), facts) == 0);
  for (int count = 0; count < 20'000; count++) {
    CHECK_FALSE(site.cache.keep("other" + std::to_string(count), file.get(), facts, 1500));
  }
  CHECK(site.cache.find(path, 1900));
  CHECK(site.cache.bytes() == 5);
}

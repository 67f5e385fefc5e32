// SPDX-License-Identifier: MIT
//
// A file that is open for the length of a test.
#pragma once

#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

namespace usk::test {

// An open file with these bytes.
class OpenFile {
public:
  explicit OpenFile(std::string_view bytes) {
    folder_.write("file", bytes);
    fd_ = ::open(folder_.at("file").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(fd_ >= 0);
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile &) = delete;
  OpenFile &operator=(const OpenFile &) = delete;

  [[nodiscard]] int fd() const { return fd_; }

private:
  ::test::TemporaryFolder folder_;
  int fd_ = -1;
};

} // namespace usk::test

// SPDX-License-Identifier: MIT
//
// A folder of files, a server whose handlers and routes answer with them, and the ways in which a
// transfer may end before its time.
#pragma once

#include "fake_server.h"
#include "temporary_folder.h"

#include <uwk/FileResponse.h>

#include <cerrno>
#include <dirent.h>
#include <memory>
#include <numeric>
#include <string>

namespace uwk::test {

inline constexpr size_t kLarge = 300'000;

inline size_t openDescriptors() {
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

struct FileSite {
  FileSite() : large(kLarge, '\0') {
    std::iota(large.begin(), large.end(), char{0});
    folder.write("small.txt", "0123456789");
    folder.write("empty.txt", "");
    folder.write("large.bin", large);
    folder.makeDirectory("folder");
  }

  [[nodiscard]] FilePart part(std::string_view name) const {
    FilePart made;
    made.path = folder.at(name);
    return made;
  }

  // Handlers answer /NAME with the file; /route/NAME are routes.
  void serve(FakeServer &fake) {
    fake.server->onRequest = [this](const RequestEvent &event) {
      const FilePart asked = part(event.exchange.path().substr(1));
      FileResponse response;
      response.part = &asked;
      result = event.exchange.respondFile(response);
      if (result.outcome != FileResult::Outcome::Responded) {
        (void)reply(event.exchange, std::to_string(result.error), 500);
      }
    };
    auto table = std::make_unique<RouteTable>();
    for (const char *name : {"small.txt", "empty.txt", "large.bin", "folder"}) {
      FileRouteOptions options;
      options.part = part(name);
      CHECK(table->addFile(kAnyMethod, std::string("/route/") + name, options) == RouteError::None);
    }
    table->freeze();
    (*fake.server)->setRoutes(std::move(table), true);
  }

  ::test::TemporaryFolder folder;
  std::string large;
  FileResult result;
};

// What may happen to a connection.
enum class End : unsigned char { Fin, Reset, Stop, ForcedStop, Error };
inline constexpr End kEnds[] = {End::Fin, End::Reset, End::Stop, End::ForcedStop, End::Error};

inline void end(FakeServer &fake, int fd, End how) {
  switch (how) {
  case End::Fin:
    fake.at(fd).inputEnds = true;
    break;
  case End::Reset:
    fake.at(fd).inputError = ECONNRESET;
    break;
  case End::Stop:
    (*fake.server)->stop(false);
    break;
  case End::ForcedStop:
    (*fake.server)->stop(true);
    break;
  case End::Error:
    fake.at(fd).fileError = EPIPE;
    fake.at(fd).sends = {-EPIPE};
    break;
  }
}

} // namespace uwk::test

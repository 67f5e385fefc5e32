// SPDX-License-Identifier: MIT
//
// A file as the body of a response, as the embedder describes it. Opened, measured and sent by the
// connection (http/HttpFile.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uwk {

// Which bytes of which file.
struct FilePart {
  static constexpr uint64_t kOpenEnd = UINT64_MAX;

  std::string path; // empty: `fd` counts, which stays the embedder's
  int fd = -1;
  uint64_t start = 0;      // both may lie beyond the end of the file
  uint64_t end = kOpenEnd; // exclusive
};

struct FileResponse {
  const FilePart *part = nullptr;
  // The part was asked for by the application: a 206 with its Content-Range, unless it turns out to
  // be the whole file (behaviours 8.13).
  bool sliced = false;
  uint16_t status = 200;
  std::string_view fields; // complete field lines, with the content type
  // Those of a 416, which has no content type of the file.
  std::string_view fieldsWithoutType;
  bool hasDate = false;         // `fields` carries a Date of the application's own
  bool closeAfter = false;      // `fields` says Connection: close
  bool hasContentRange = false; // `fields` carries a Content-Range: no range is added
  std::string_view range;       // the request's Range field where it counts, else empty
};

struct FileResult {
  enum class Outcome : uint8_t {
    Responded,
    Gone,   // nobody is there to respond to
    Failed, // nothing was sent; `error` says why
    // Nothing was sent: a pipe, a device or a socket, to be streamed by the embedder. Given by a
    // path it is open as `fd`, which is the embedder's then: a pipe that is closed and opened anew
    // has lost its writer.
    NotRegular
  };
  Outcome outcome = Outcome::Responded;
  int error = 0; // a positive errno value; EISDIR for a directory
  int fd = -1;
};

// A file route (behaviours 8.1-8.10): opened anew for every request, conditional, with ranges.
struct FileRouteOptions {
  FilePart part;
  uint16_t status = 200;
  std::string fields; // complete field lines, with the content type
  std::string etag;   // the application's own, which is among `fields` too; empty = none
  bool hasDate = false;
  bool closeAfter = false;
  bool hasContentRange = false;
  // `fields` carries a Last-Modified of the application's own; its value for comparisons.
  bool hasLastModified = false;
  std::string lastModified;
};

} // namespace uwk

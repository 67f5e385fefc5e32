// SPDX-License-Identifier: MIT
//
// Response heads: order of lines, what is left out when, the table of reason phrases, and that the
// promised capacity is enough (behaviours 1.1, 1.2, 1.14, 2.2).
#include <http/ResponseWriter.h>
#include <http/StatusText.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace uwk;

namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string write(const ResponseHead &head, int64_t length, std::string_view date) {
  // Exactly the promised capacity: the sanitizer sees a byte too many.
  std::vector<char> memory(headCapacity(head));
  const size_t size = writeHead(memory.data(), head, length, date);
  REQUIRE(size <= memory.size());
  return {memory.data(), size};
}

} // namespace

TEST_CASE("status line, fields, Date, Content-Length, blank line") {
  ResponseHead head;
  head.fields = "A: b\r\nC: d\r\n";
  CHECK(write(head, 5, kDate) ==
        "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Length: 5\r\n\r\n");
}

TEST_CASE("without fields, Date or length") {
  CHECK(write({}, -1, {}) == "HTTP/1.1 200 OK\r\n\r\n");
  CHECK(write({}, 0, {}) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("the length of a body that is left out is written in lower case") {
  ResponseHead head;
  head.omitBody = true;
  CHECK(write(head, 7, {}) == "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n");
}

TEST_CASE("every status, the largest length and any fields fit into the promised capacity") {
  for (unsigned status = 100; status <= 999; status++) {
    ResponseHead head;
    head.status = static_cast<uint16_t>(status);
    const std::string fields(status, 'x');
    head.fields = fields;
    const std::string text = write(head, INT64_MAX, kDate);
    CHECK(text.starts_with("HTTP/1.1 " + std::to_string(status) + " "));
    CHECK(text.ends_with("Content-Length: 9223372036854775807\r\n\r\n"));
  }
}

TEST_CASE("reason phrases are Bun's, HM where there is none") {
  CHECK(reasonPhrase(200) == "OK");
  CHECK(reasonPhrase(306) == "Switch Proxy");
  CHECK(reasonPhrase(413) == "Payload Too Large");
  CHECK(reasonPhrase(416) == "Range Not Satisfiable");
  CHECK(reasonPhrase(418) == "I'm a Teapot");
  CHECK(reasonPhrase(299) == "HM");
  CHECK(reasonPhrase(599) == "HM");
  CHECK(reasonPhrase(0) == "HM");
  CHECK(reasonPhrase(65535) == "HM");
  std::string line;
  appendStatusLine(line, 299);
  appendStatusLine(line, 404);
  CHECK(line == "HTTP/1.1 299 HM\r\nHTTP/1.1 404 Not Found\r\n");
}

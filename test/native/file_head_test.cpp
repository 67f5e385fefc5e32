// SPDX-License-Identifier: MIT
//
// Heads of file responses, byte for byte as Bun 1.4.5 writes them.
#include <files/FileHead.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace uwk;

namespace {

std::string write(const FileHead &head) {
  // An exact heap block: the sanitizer sees it when the capacity is too small.
  std::vector<char> out(fileHeadCapacity(head));
  const size_t size = writeFileHead(out.data(), head);
  CHECK(size <= out.size());
  return {out.data(), size};
}

FileHead ofFile(uint16_t status) {
  FileHead head;
  head.status = status;
  head.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  head.fields = "content-type: a/b\r\netag: W/\"a-1\"\r\n";
  head.hasRanges = status == 200 || status == 206 || status == 416;
  head.size = 10;
  return head;
}

} // namespace

TEST_CASE("the whole of a file") {
  CHECK(write(ofFile(200)) == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "content-type: a/b\r\netag: W/\"a-1\"\r\naccept-ranges: bytes\r\n"
                              "content-length: 10\r\n\r\n");
}

TEST_CASE("a part of a file") {
  FileHead head = ofFile(206);
  head.range = {2, 3};
  head.coding = "br";
  CHECK(write(head) == "HTTP/1.1 206 Partial Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                       "content-type: a/b\r\netag: W/\"a-1\"\r\ncontent-encoding: br\r\n"
                       "content-range: bytes 2-4/10\r\naccept-ranges: bytes\r\n"
                       "content-length: 3\r\n\r\n");
}

TEST_CASE("answers about a file without its bytes") {
  FileHead head = ofFile(416);
  head.coding = "br";
  CHECK(write(head) == "HTTP/1.1 416 Range Not Satisfiable\r\n"
                       "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                       "content-type: a/b\r\netag: W/\"a-1\"\r\ncontent-range: bytes */10\r\n"
                       "accept-ranges: bytes\r\nContent-Length: 0\r\n\r\n");
  CHECK(write(ofFile(304)) == "HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "content-type: a/b\r\netag: W/\"a-1\"\r\n\r\n");
  CHECK(write(ofFile(412)) == "HTTP/1.1 412 Precondition Failed\r\n"
                              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "content-type: a/b\r\netag: W/\"a-1\"\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("answers without a file") {
  FileHead head;
  head.status = 404;
  CHECK(write(head) == "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  head.status = 301;
  head.location = "/a/b";
  CHECK(write(head) ==
        "HTTP/1.1 301 Moved Permanently\r\nlocation: /a/b/\r\nContent-Length: 0\r\n\r\n");
  head.query = std::string_view("", 0);
  CHECK(write(head) ==
        "HTTP/1.1 301 Moved Permanently\r\nlocation: /a/b/?\r\nContent-Length: 0\r\n\r\n");
  head.query = "x=1";
  CHECK(write(head) ==
        "HTTP/1.1 301 Moved Permanently\r\nlocation: /a/b/?x=1\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("the largest head fits its capacity") {
  const std::string fields(3000, 'f');
  const std::string location(16000, 'l');
  FileHead head = ofFile(206);
  head.fields = fields;
  head.coding = "identity";
  head.location = location;
  head.query = location;
  head.size = UINT64_MAX;
  head.range = {UINT64_MAX - 1, 1};
  CHECK(write(head).size() > 35000);
}

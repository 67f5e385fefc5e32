// SPDX-License-Identifier: MIT
//
// Heads of directory routes' responses, byte for byte as Bun 1.4.5 writes them.
#include "support/request_head.h"
#include "support/temporary_folder.h"

#include <files/DirectoryReply.h>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>

using namespace uwk;

namespace {

constexpr const char *kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char *kAboutFile = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-type: a/b\r\n"
                                   "last-modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

DirectoryAnswer answerOf(uint16_t status, ContentCoding coding = ContentCoding::Identity) {
  fs::FileFacts facts;
  facts.kind = fs::FileKind::Regular;
  facts.size = 10;
  facts.modified = 1700000000;
  DirectoryAnswer answer;
  answer.status = status;
  answer.file =
      ServedFileRef(new ServedFile(fs::Descriptor(), facts, "content-type: a/b\r\n", coding));
  return answer;
}

// The fields, then the Content-Length that goes behind them.
std::string replyTo(const DirectoryAnswer &answer, const char *target = "/s/a") {
  const test::RequestHead request("GET", target);
  REQUIRE(request.isValid());
  std::string text = "left over";
  const DirectoryReply reply = directoryReply(answer, request.get(), kDate, text);
  CHECK(reply.head.status == answer.status);
  CHECK(reply.head.hasDate);
  std::string all(reply.head.fields);
  return reply.contentLength < 0 ? all : all + std::to_string(reply.contentLength);
}

const std::string kAbout = std::string(kAboutFile) + "etag: W/\"a-6553f100\"\r\n";
const std::string kAboutBrotli = std::string(kAboutFile) + "etag: W/\"a-6553f100-br\"\r\n";

} // namespace

TEST_CASE("the whole of a file, and a part") {
  DirectoryAnswer answer = answerOf(200);
  answer.range = {0, 10};
  CHECK(replyTo(answer) == kAbout + "accept-ranges: bytes\r\ncontent-length: 10\r\n");
  answer = answerOf(206);
  answer.range = {2, 3};
  CHECK(replyTo(answer) == kAbout + "content-range: bytes 2-4/10\r\naccept-ranges: bytes\r\n"
                                    "content-length: 3\r\n");
}

TEST_CASE("a compressed form says so where its bytes follow") {
  DirectoryAnswer answer = answerOf(206, ContentCoding::Brotli);
  answer.range = {0, 4};
  CHECK(replyTo(answer) == kAboutBrotli + "content-encoding: br\r\ncontent-range: bytes 0-3/10\r\n"
                                          "accept-ranges: bytes\r\ncontent-length: 4\r\n");
  CHECK(replyTo(answerOf(304, ContentCoding::Brotli)) == kAboutBrotli);
  CHECK(replyTo(answerOf(416, ContentCoding::Brotli)) ==
        kAboutBrotli + "content-range: bytes */10\r\naccept-ranges: bytes\r\n0");
}

TEST_CASE("answers about a file without its bytes") {
  CHECK(replyTo(answerOf(304)) == kAbout);
  CHECK(replyTo(answerOf(412)) == kAbout + "0");
  CHECK(replyTo(answerOf(416)) ==
        kAbout + "content-range: bytes */10\r\naccept-ranges: bytes\r\n0");
}

TEST_CASE("answers without a file") {
  const std::string date = std::string("Date: ") + kDate + "\r\n";
  DirectoryAnswer answer;
  CHECK(replyTo(answer) == date + "0");
  answer.status = 503;
  CHECK(replyTo(answer) == date + "0");
  answer.status = 301;
  CHECK(replyTo(answer, "/s/sub") == date + "location: /s/sub/\r\n0");
  CHECK(replyTo(answer, "/s/sub?") == date + "location: /s/sub/?\r\n0");
  CHECK(replyTo(answer, "/s/sub?a=/b&c") == date + "location: /s/sub/?a=/b&c\r\n0");
  CHECK(replyTo(answer, "http://b/s/sub?a") == date + "location: /s/sub/?a\r\n0");
}

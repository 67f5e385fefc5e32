// SPDX-License-Identifier: MIT
//
// The head parser's contract: what a complete head yields, limits at and above, how early garbage
// is noticed, and that neither padding nor the way the bytes arrive matters. Single requests and
// their outcomes are in test/conformance/http1.
#include "http/HttpParser.h"

#include "support/guard_page.h"
#include "support/split_driver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace uwk;
using test::describeError;
using test::Head;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string withFields(const std::string &fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string withTarget(const std::string &target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// A complete head of exactly `size` bytes.
std::string headOfSize(size_t size) {
  const std::string empty = withFields("X: \r\n");
  return withFields("X: " + std::string(size - empty.size(), 'x') + "\r\n");
}

std::string headWithFields(size_t count) {
  std::string fields;
  for (size_t i = 1; i < count; i++) {
    fields += "X" + std::to_string(i) + ": " + std::to_string(i) + "\r\n";
  }
  return withFields(fields);
}

const std::vector<std::string> kSamples = {
    kGet,
    "\r\n" + kGet,
    "POST /a/b?c=d&e HTTP/1.1\r\nHost: example.com:8080\r\nContent-Length: 5\r\n"
    "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n",
    "GET http://other:81/x?y HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n"
    "Upgrade: websocket\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\n\r\n",
    "GET /a/./%2e%2e/b HTTP/1.1\r\nhOST:\t[::1]:80 \t\r\nEmpty:\r\nTabs: a\tb\t\tc\r\n\r\n",
    "PUT /x HTTP/1.1\r\nHost: a\r\ntransfer-encoding: , Chunked\r\n\r\n",
    "GET https://h?q HTTP/1.1\r\nHost: a\r\nOdd!#$%&'*+-.^_`|~: \x80\xff\r\n\r\n",
    "FOO / HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET /\r\n",
    "GET / HTTP/2.0\r\n",
    "GET /a#b HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
};

} // namespace

TEST_CASE("a complete head: all of its parts") {
  const std::string text = "POST /users/42?tab=posts&x=%20 HTTP/1.1\r\nHost: example.com:3000\r\n"
                           "Accept: */*\r\nContent-Length: 11\r\n\r\n";
  const Head head(text + "hello world");
  REQUIRE(head.complete());
  CHECK(head.result.consumed == text.size());
  CHECK(head->size == text.size());
  CHECK(head->method == Method::Post);
  CHECK(head->minorVersion == 1);
  CHECK(head->target == "/users/42?tab=posts&x=%20");
  CHECK(head->path == "/users/42");
  CHECK(head->query == "tab=posts&x=%20");
  CHECK(head->host == "example.com:3000");
  CHECK(head->framing == BodyFraming::Length);
  CHECK(head->contentLength == 11);
  CHECK_FALSE(head->close);
  CHECK_FALSE(head->needsNormalising);
  REQUIRE(head->headerCount == 3);
  CHECK(head->headers[1].name == "Accept");
  CHECK(head->headers[1].value == "*/*");
}

TEST_CASE("views point into the caller's bytes") {
  const Head head(withTarget("/x?y"));
  const char *begin = head.bytes.get();
  CHECK(head->path.data() == begin + 4);
  CHECK(head->query.data() == begin + 7);
  CHECK(head->headers[0].name.data() == begin + 19);
  CHECK(head->host.data() == head->headers[0].value.data());
}

TEST_CASE("a query that is absent differs from one that is empty") {
  CHECK(Head(withTarget("/x"))->query.data() == nullptr);
  const Head empty(withTarget("/x?"));
  CHECK(empty->query.data() != nullptr);
  CHECK(empty->query.empty());
}

TEST_CASE("an absolute target without a path has the path / all the same") {
  const Head bare(withTarget("http://h"));
  CHECK(bare->path == "/");
  const Head query(withTarget("http://h?a=b"));
  CHECK(query->path == "/");
  CHECK(query->query == "a=b");
  CHECK_FALSE(query->needsNormalising);
}

TEST_CASE("one leading CRLF is consumed and is no part of the head") {
  const Head head("\r\n" + kGet);
  REQUIRE(head.complete());
  CHECK(head.result.consumed == kGet.size() + 2);
  CHECK(head->size == kGet.size());
}

TEST_CASE("find: known names by index, others by comparison, first of several") {
  const Head head(withFields("Cookie: 1\r\nX-Y: 2\r\ncookie: 3\r\nx-y: 4\r\n"));
  REQUIRE(head.complete());
  REQUIRE(head->find(KnownHeader::Cookie) != nullptr);
  CHECK(head->find(KnownHeader::Cookie)->value == "1");
  CHECK(head->find(KnownHeader::Range) == nullptr);
  REQUIRE(head->find("x-Y") != nullptr);
  CHECK(head->find("x-Y")->value == "2");
  CHECK(head->find("COOKIE") == head->find(KnownHeader::Cookie));
  CHECK(head->find("x") == nullptr);
  CHECK(head->find("") == nullptr);
}

TEST_CASE("every known name is indexed, at any position") {
  const std::vector<std::pair<KnownHeader, std::string>> fields = {
      {KnownHeader::Host, "Host: a"},
      {KnownHeader::Connection, "Connection: x"},
      {KnownHeader::ContentLength, "Content-Length: 0"},
      {KnownHeader::TransferEncoding, "Transfer-Encoding: chunked"},
      {KnownHeader::Expect, "Expect: 100-continue"},
      {KnownHeader::Upgrade, "Upgrade: x"},
      {KnownHeader::ContentType, "Content-Type: x"},
      {KnownHeader::Cookie, "Cookie: x"},
      {KnownHeader::IfNoneMatch, "If-None-Match: x"},
      {KnownHeader::IfMatch, "If-Match: x"},
      {KnownHeader::IfModifiedSince, "If-Modified-Since: x"},
      {KnownHeader::IfUnmodifiedSince, "If-Unmodified-Since: x"},
      {KnownHeader::IfRange, "If-Range: x"},
      {KnownHeader::Range, "Range: x"},
      {KnownHeader::AcceptEncoding, "Accept-Encoding: x"},
      {KnownHeader::SecWebSocketKey, "Sec-WebSocket-Key: x"},
      {KnownHeader::SecWebSocketVersion, "Sec-WebSocket-Version: x"},
      {KnownHeader::SecWebSocketProtocol, "Sec-WebSocket-Protocol: x"},
      {KnownHeader::SecWebSocketExtensions, "Sec-WebSocket-Extensions: x"},
  };
  REQUIRE(fields.size() == static_cast<size_t>(KnownHeader::Count));
  for (const auto &[header, line] : fields) {
    for (const size_t before : {size_t{0}, size_t{1}, size_t{100}, size_t{196}}) {
      std::string text = "GET / HTTP/1.1\r\n";
      for (size_t i = 0; i < before; i++) {
        text += "X: x\r\n";
      }
      text += line + "\r\n" + (header == KnownHeader::Host ? "" : "Host: a\r\n") + "\r\n";
      CAPTURE(text);
      const Head head(text);
      REQUIRE(head.complete());
      CHECK(head->find(header) == &head->headers[before]);
      const auto known = std::count_if(head->known.begin(), head->known.end(),
                                       [](uint8_t index) { return index != 0; });
      CHECK(known == (header == KnownHeader::Host ? 1 : 2));
    }
  }
}

TEST_CASE("nothing of an earlier request shows in the next one") {
  Head head(kSamples[3]);
  REQUIRE(head.complete());
  CHECK(head->close);
  const std::string plain = kGet + std::string(test::kPadding, '\0');
  head.result = parseHead(plain.data(), kGet.size(), *head.parsed);
  CHECK(test::describe(head.result, *head.parsed) == test::parseWhole(kGet));
  CHECK(head->find(KnownHeader::Upgrade) == nullptr);
}

TEST_CASE("limit: bytes of a head") {
  CHECK(Head(headOfSize(Limits::kMaxHeadBytes)).complete());
  CHECK(Head("\r\n" + headOfSize(Limits::kMaxHeadBytes)).complete());
  CHECK(Head(headOfSize(Limits::kMaxHeadBytes) + kGet).complete());
  const std::string tooLarge = describeError(HttpError::HeadTooLarge);
  CHECK(test::parseWhole(headOfSize(Limits::kMaxHeadBytes + 1)) == tooLarge);
  CHECK(test::parseWhole(headOfSize(100000)) == tooLarge);
  CHECK(test::parseInSteps(headOfSize(Limits::kMaxHeadBytes), 977).starts_with("complete"));
  CHECK(test::parseInSteps(headOfSize(100000), 977) == tooLarge);
}

TEST_CASE("limit: bytes of a head that has not ended") {
  for (const std::string start : {"GET /", "G", "GET / HTTP/1.1\r\nHost: a\r\nX: ", "GET /?",
                                  "GET / HTTP/1.1\r\nX", "GET http://a", "\r\nGET /"}) {
    CAPTURE(start);
    const size_t limit = Limits::kMaxHeadBytes + (start[0] == '\r' ? 2 : 0);
    const std::string text = start + std::string(limit - start.size(), 'a');
    CHECK(Head(text).partial());
    CHECK(test::parseWhole(text + "a") == describeError(HttpError::HeadTooLarge));
  }
}

TEST_CASE("limit: what stands above it has no say") {
  const std::string text = "GET / HTTP/1.1\r\nX: ";
  const std::string padded = text + std::string(Limits::kMaxHeadBytes - text.size(), 'x');
  for (const char *after : {"\x01", "\n", "\r\n\r\n", "\x7f", "x"}) {
    CHECK(test::parseWhole(padded + after) == describeError(HttpError::HeadTooLarge));
  }
  CHECK(test::parseWhole(padded.substr(1) + "\x01") == describeError(HttpError::BadRequest));
}

TEST_CASE("limit: number of fields") {
  const Head most(headWithFields(Limits::kMaxHeaders));
  REQUIRE(most.complete());
  CHECK(most->headerCount == Limits::kMaxHeaders);
  CHECK(most->headers[Limits::kMaxHeaders - 1].value == "197");
  const std::string more = headWithFields(Limits::kMaxHeaders + 1);
  CHECK(test::parseWhole(more) == describeError(HttpError::HeadTooLarge));
  CHECK(test::parseInSteps(more, 13) == describeError(HttpError::HeadTooLarge));
}

TEST_CASE("garbage is refused at the first byte that proves it") {
  const std::vector<std::string> starts = {
      "\x16",
      "\x80",
      "\n",
      " ",
      "\r\r",
      "\r\n\r",
      "\r\n\n",
      "\r\n ",
      "(",
      "G\t",
      "G\r",
      "G\n",
      "GET\x01",
      "GET  ",
      "GET a",
      "GET hx",
      "GET httpx",
      "GET http:x",
      "GET http:/x",
      "GET https/",
      "GET f",
      "GET *",
      "PRI *",
      "OPTIONS *a",
      "GET /#",
      "GET /\x01",
      "GET /\n",
      "GET /\x7f",
      "GET /?#",
      "GET /?\t",
      "GET /\rx",
      "GET / HTTP/1.1\n",
      "GET / HTTP/1.1\rx",
      "GET / HTTP/1.1 ",
      "GET /  ",
      "GET / a\x80",
      "GET http://a@/",
      "GET http://a\x80",
      "GET http:///",
      "GET http://a:b/",
      "GET http:// ",
      "GET http://a#",
      "CONNECT /",
      "CONNECT a ",
      "CONNECT a: ",
      "CONNECT a:1?",
      "GET / HTTP/1.1\r\n ",
      "GET / HTTP/1.1\r\n:",
      "GET / HTTP/1.1\r\n\n",
      "GET / HTTP/1.1\r\n\rx",
      "GET / HTTP/1.1\r\nA ",
      "GET / HTTP/1.1\r\nA\r",
      "GET / HTTP/1.1\r\nA\x80",
      "GET / HTTP/1.1\r\nA: \x01",
      "GET / HTTP/1.1\r\nA: b\n",
      "GET / HTTP/1.1\r\nA: b\rc",
      "GET / HTTP/1.1\r\nA: \x7f",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
      "POST / HTTP/1.1\r\nContent-Length: x\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n",
  };
  for (const std::string &start : starts) {
    CAPTURE(start);
    // A lone '*' after PRI and GET is judged at once, everything before it is still fine.
    CHECK(Head(start.substr(0, start.size() - 1)).partial());
    CHECK(test::parseWhole(start) == describeError(HttpError::BadRequest));
    CHECK(test::parseWhole(start + kGet) == describeError(HttpError::BadRequest));
  }
  CHECK(test::parseWhole(std::string_view("\0", 1)) == describeError(HttpError::BadRequest));
}

TEST_CASE(
    "a wrong version is refused at the end of its line, an odd method at the end of the head") {
  CHECK(Head("GET / HTTP/2.0\r").partial());
  CHECK(test::parseWhole("GET / HTTP/2.0\r\n") == describeError(HttpError::VersionNotSupported));
  CHECK(Head("FOO / HTTP/1.1\r\nHost: a\r\n\r").partial());
  CHECK(test::parseWhole("FOO / HTTP/1.1\r\nHost: a\r\n\r\n") ==
        describeError(HttpError::NotImplemented));
  CHECK(test::parseWhole("FOO / HTTP/1.1\r\nHost: a b\r\n\r\n") ==
        describeError(HttpError::BadRequest));
}

TEST_CASE("nothing at all is a partial head") { CHECK(Head("").partial()); }

TEST_CASE("bytes may arrive in steps of any size") {
  for (const std::string &text : kSamples) {
    CAPTURE(text);
    const std::string whole = test::parseWhole(text);
    for (size_t step = 1; step <= text.size(); step++) {
      REQUIRE(test::parseInSteps(text, step) == whole);
    }
    REQUIRE(test::parseWhole(text + "GET /next") == whole);
  }
}

TEST_CASE("what follows a head, or stands in the padding, does not matter") {
  test::GuardPage page(4096);
  const auto head = std::make_unique<HttpHead>();
  for (const std::string &text : kSamples) {
    for (size_t size = 0; size <= text.size(); size++) {
      const std::string expected = test::parseWhole(text.substr(0, size));
      for (const char filler : {'\0', '\r', '\n', ' ', ':', '\t', 'a', '/', '-', '\x7f', '\xff'}) {
        CAPTURE(text);
        CAPTURE(size);
        const std::string_view placed =
            page.place(std::string_view(text).substr(0, size), test::kPadding, filler);
        const ParseResult result = parseHead(placed.data(), placed.size(), *head);
        REQUIRE(test::describe(result, *head) == expected);
      }
      // Padding that would complete the head.
      const std::string more = text.substr(0, size) + "\r\n\r\n: \r\n\r\n" + std::string(16, '\n');
      const ParseResult result = parseHead(more.data(), size, *head);
      REQUIRE(test::describe(result, *head) == expected);
    }
  }
}

TEST_CASE("a target is read right at every length of its parts") {
  for (size_t length = 0; length < 70; length++) {
    const std::string part(length, 'p');
    const Head head(withTarget("/" + part + "?" + part));
    REQUIRE(head.complete());
    CHECK(head->path == "/" + part);
    CHECK(head->query == part);
    CHECK_FALSE(head->needsNormalising);
    for (const std::string odd : {"/./", "/..", "\\", "\"", "<", ">", "^", "`", "{", "}", "\x80"}) {
      CAPTURE(odd);
      CHECK(Head(withTarget("/" + part + odd))->needsNormalising);
      CHECK(Head(withTarget("/" + part + odd + part))->needsNormalising ==
            (odd != "/.." || length == 0));
    }
    for (const char odd : {'"', '\'', '<', '>', '\xff'}) {
      CHECK(Head(withTarget("/?" + part + odd + part))->needsNormalising);
    }
    CHECK_FALSE(Head(withTarget("/" + part + "/.p/...!$&'()*+,-:;=@[]_|~%2f%"))->needsNormalising);
    CHECK_FALSE(Head(withTarget("/?" + part + "/./\\^`{|}!"))->needsNormalising);
  }
}

TEST_CASE("values and names are read right at every length") {
  for (size_t length = 1; length < 70; length++) {
    const std::string text(length, 'v');
    for (const std::string space : {"", " ", "\t", " \t \t"}) {
      const Head head(withFields(text + ":" + space + text + space + "\r\n"));
      REQUIRE(head.complete());
      CHECK(head->headers[1].name == text);
      CHECK(head->headers[1].value == text);
    }
    CHECK(Head(withFields("A: " + text + "\t" + text + "\r\n")).complete());
    CHECK_FALSE(Head(withFields("A: " + text + "\x01" + text + "\r\n")).complete());
    CHECK_FALSE(Head(withFields(text + " :" + text + "\r\n")).complete());
  }
}

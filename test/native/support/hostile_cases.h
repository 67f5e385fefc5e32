// SPDX-License-Identifier: MIT
//
// What peers send that they should not, or that servers get wrong, and what ours does: framing,
// request line and header fields. One row an input; a server test sends each whole and in two
// pieces cut at every byte, and the outcome must be the row's each time. The `id` is the item of
// the checklist, with a letter per variant.
#pragma once

#include "requests.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace uwk::test {

enum class Handler : unsigned char {
  Never,
  Called,     // `calls` times
  UntilError, // whether it was called before the error depends on where the input is cut
};

struct HostileCase {
  std::string id;
  std::string input;
  std::string statuses; // as Replies::statuses() has them
  bool closed = true;   // by the server, after the last reply; else the connection is in step
  Handler handler = Handler::Never;
  size_t calls = 0;
  std::string body = {};   // of the last reply; "" = not compared
  bool clientEnds = false; // FIN after the input

  [[nodiscard]] bool isLong() const { return input.size() > 4096; }
};

class HostileCases {
public:
  std::vector<HostileCase> all;

  HostileCases() {
    contentLength();
    transferEncoding();
    chunks();
    trailers();
    bodies();
    lines();
    fields();
    methods();
    versions();
    targets();
    hosts();
    limits();
    conversations();
  }

private:
  // Refused before any handler; the connection is closed.
  void refused(const char *id, std::string input, const char *status = "400") {
    all.push_back({id, std::move(input), status, true, Handler::Never, 0, {}, false});
  }
  // Refused while a handler may be waiting for its body.
  void refusedLater(const char *id, std::string input, const char *status = "400") {
    all.push_back({id, std::move(input), status, true, Handler::UntilError, 1, {}, false});
  }
  void accepted(const char *id, std::string input, std::string body, size_t calls = 1,
                std::string statuses = "200") {
    all.push_back({id, std::move(input), std::move(statuses), false, Handler::Called, calls,
                   std::move(body), false});
  }

  static std::string length(const std::string &lines, std::string_view body = "hello") {
    return request("POST", "/", lines) + std::string(body);
  }
  static std::string encoding(const std::string &lines) {
    return request("POST", "/", lines) + chunk("hello") + chunk("");
  }
  static std::string chunked(const std::string &bytes) { return postChunked("/") + bytes; }
  // A request whose head has exactly `size` bytes.
  static std::string headOf(size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  }
  static std::string withFields(size_t count) {
    std::string lines;
    for (size_t i = 0; i < count; i++) {
      lines += "X-" + std::to_string(i) + ": y\r\n";
    }
    return get("/", lines);
  }

  void contentLength() {
    const std::string chunkedLine = "Transfer-Encoding: chunked\r\n";
    refused("1a", encoding("Content-Length: 5\r\n" + chunkedLine));
    refused("1b", encoding(chunkedLine + "Content-Length: 5\r\n"));
    refused("2", length("Content-Length: 5\r\nContent-Length: 6\r\n"));
    refused("3", length("Content-Length: 5\r\nContent-Length: 5\r\n"));
    refused("4", length("Content-Length: 5, 5\r\n"));
    for (const char *value :
         {"+5", "-5", "0x5", "", "1 5", "5\t5", "5.0", "5e0", "five", "\"5\""}) {
      refused("5", length(std::string("Content-Length: ") + value + "\r\n"));
    }
    refused("5b", length("Content-Length:\r\nContent-Length: 5\r\n"));
    refused("6a", length("Content-Length: 18446744073709551621\r\n"));
    refused("6b", length("Content-Length: 9007199254740992\r\n"));
    refused("6c", length("Content-Length: 99999999999999999999999999999999999999\r\n"));
    accepted("7", length("Content-Length: 000005\r\n"), "hello");
    accepted("7b", length("Content-Length: \t 5 \t\r\n"), "hello");
  }

  void transferEncoding() {
    for (const char *value : {"gzip, chunked", "chunked, gzip", "xchunked", "identity",
                              "\x0b"
                              "chunked",
                              "", "chunked, chunked", "chunked;q=1", "chunke", "chunked\x0b",
                              "chun ked", "\"chunked\""}) {
      refused("8-9", encoding(std::string("Transfer-Encoding: ") + value + "\r\n"));
    }
    refused("10a", encoding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
    refused("10b", encoding("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"));
    refused("10c", encoding("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"));
    refused("11", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    refused("12", encoding("Transfer-Encoding : chunked\r\n"));
    accepted("12b", encoding("transfer-ENCODING: \t CHUNKED \t\r\n"), "hello");
    accepted("12c", encoding("Transfer-Encoding: , chunked ,\r\n"), "hello");
  }

  void chunks() {
    for (const char *size : {"+5", "0x5", "-1", "5 ", " 5", "", "g", "5g", "5,", "5\t", ":", "5\v",
                             "20000000000000", "FFFFFFFFFFFFFFFF", "10000000000000005"}) {
      refusedLater("13", chunked(std::string(size) + "\r\nhello\r\n0\r\n\r\n"));
    }
    accepted("13b", chunked("000005\r\nhello\r\n000\r\n\r\n"), "hello");
    accepted("13c", chunked("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n"),
             "0123456789abcdefghij");
    refusedLater("14a", chunked("5\r\nhello0\r\n\r\n"));
    refusedLater("14b", chunked("5\r\nhello\n0\r\n\r\n"));
    refusedLater("14c", chunked("5\nhello\r\n0\r\n\r\n"));
    refusedLater("14d", chunked("5\r\nhello\r0\r\n\r\n"));
    refusedLater("14e", chunked("5\rhello\r\n0\r\n\r\n"));
    refusedLater("14f", chunked("5\r\nhello\r\n0\r\n\n"));
    refusedLater("14g", chunked("5\r\nhello\r\n0\n\r\n"));
    refusedLater("14h", chunked("5\r\nhello\r\n0\r\n\rX"));
    refusedLater("14i", chunked("5\r\nhelloworld\r\n0\r\n\r\n"));
    accepted("15a", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), "hello");
    accepted("15b", chunked("5;a=\"b c\";d\r\nhello\r\n0;x\r\n\r\n"), "hello");
    refusedLater("16a", chunked("5;" + std::string(16 * 1024, 'x') + "\r\nhello\r\n0\r\n\r\n"),
                 "413");
    refusedLater("16b",
                 chunked("1;" + std::string(9000, 'x') + "\r\na\r\n1;" + std::string(9000, 'x') +
                         "\r\nb\r\n0\r\n\r\n"),
                 "413");
    refusedLater("17a", chunked("5;a\n\r\nhello\r\n0\r\n\r\n"));
    refusedLater("17b", chunked("5;a\nb=c\r\nhello\r\n0\r\n\r\n"));
    refusedLater("17c", chunked("5;\x01\r\nhello\r\n0\r\n\r\n"));
  }

  void trailers() {
    const std::string body = "5\r\nhello\r\n0\r\n";
    accepted("18", chunked(body + "X-Checksum: abc\r\nX-Other: d\r\n\r\n") + get("/next"), "/next",
             2, "200,200");
    for (const char *name :
         {"Content-Length: 5", "Transfer-Encoding: chunked", "Host: h", "content-length: 0"}) {
      refusedLater("19", chunked(body + name + "\r\n\r\n"));
    }
    refusedLater("19b", chunked(body + "no colon\r\n\r\n"));
    refusedLater("19c", chunked(body + " folded: x\r\n\r\n"));
    refusedLater("19d", chunked(body + "X: a\nY: b\r\n\r\n"));
    refusedLater("19e", chunked(body + ": empty\r\n\r\n"));
    refusedLater("19f", chunked(body + "X : y\r\n\r\n"));
    refusedLater("20", chunked(body + "X: " + std::string(16 * 1024, 'x') + "\r\n\r\n"), "431");
  }

  void bodies() {
    HostileCase cut{"21a",
                    request("POST", "/", "Content-Length: 10\r\n") + "12345",
                    "",
                    true,
                    Handler::Called,
                    1,
                    {},
                    true};
    all.push_back(cut);
    cut.id = "21b";
    cut.input = chunked("5\r\nhel");
    all.push_back(cut);
    accepted("22a", request("GET", "/static", "Content-Length: 5\r\n") + "hello" + get("/next"),
             "/next", 1, "200,200");
    accepted("22b",
             request("GET", "/static", "Transfer-Encoding: chunked\r\n") + chunk("hello") +
                 chunk("") + get("/next"),
             "/next", 1, "200,200");
    accepted("22c", post("/static", "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n") + get("/next"),
             "/next", 1, "200,200");
  }

  void lines() {
    refused("23a", "GET / HTTP/1.1\nHost: h\n\n");
    refused("23b", "GET / HTTP/1.1\nHost: h\r\n\r\n");
    refused("23c", "GET / HTTP/1.1\r\nHost: h\n\r\n");
    refused("23d", "GET / HTTP/1.1\r\nHost: h\r\n\n");
    refused("23e", "GET / HTTP/1.1\r\nHost: h\r\nX: a\nY: b\r\n\r\n");
    refused("23f", "GET /\n");
    refused("24a", get("/", "X: a\rb\r\n"));
    refused("24b", get("/", "X\ra: b\r\n"));
    refused("24c", get("/", "X: a\r\r\n"));
    refused("24d", "GET / HTTP/1.1\rHost: h\r\n\r\n");
    refused("24e", "GET / HTTP/1.1\r\nHost: h\r\n\rX");
    refused("25a", get("/", "X: a\r\n b\r\n"));
    refused("25b", get("/", "X: a\r\n\tb\r\n"));
    refused("25c", "GET / HTTP/1.1\r\n Host: h\r\n\r\n");
    refused("25d", "GET / HTTP/1.1\r\n\tX: y\r\nHost: h\r\n\r\n");
    refused("32a", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n");
    refused("32b", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n");
    refused("32c", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n");
    refused("32d", "GET /\tHTTP/1.1\r\nHost: h\r\n\r\n");
    refused("32e", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n");
    refused("32f", " GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    accepted("33a", "\r\n" + get("/"), "/");
    accepted("33b", get("/a") + "\r\n" + get("/b"), "/b", 2, "200,200");
    refused("33c", "\r\n\r\n" + get("/"));
    refused("33d", "\n" + get("/"));
    refused("33e", "\r" + get("/"));
  }

  void fields() {
    refused("26a", get("/", "X : y\r\n"));
    refused("26b", get("/", ": y\r\n"));
    refused("26c", get("/", "no colon\r\n"));
    refused("26d", get("/", "X\t: y\r\n"));
    refused("26e", get("/", "X\r\n"));
    for (const int byte : {0, 1, 8, 11, 12, 14, 27, 31, 127}) {
      refused("27", get("/", std::string("X: a") + static_cast<char>(byte) + "b\r\n"));
    }
    accepted("27b", get("/", "X: a\tb \xe9\xff\r\n"), "/");
    for (const char byte : {'\0', '\x01', '"', '(',  ')', ',', '/', ';',    '<',    '=',   '>',
                            '?',  '@',    '[', '\\', ']', '{', '}', '\x7f', '\x80', '\xff'}) {
      refused("28a", get("/", std::string("X") + byte + "y: z\r\n"));
      refused("28b", request(std::string("GE") + byte + "T", "/"));
    }
    accepted("28c", get("/", "!#$%&'*+-.^_`|~09AZaz: y\r\n"), "/");
    accepted("42",
             get("/", "__proto__: a\r\nconstructor: b\r\ntoString: c\r\nhasOwnProperty: d\r\n"),
             "/");
  }

  void methods() {
    for (const char *method : {"get", "FOO", "Get", "GETT", "GE", "PRI", "X-Y"}) {
      refused("29", request(method, "/"), "501");
    }
    refused("30a", request("TRACE", "/"), "405");
    refused("30b", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "501");
    refused("30c", request("CONNECT", "/"));
    accepted("30d", request("PROPFIND", "/"), "/");
    accepted("30e", request("OPTIONS", "/"), "/");
  }

  void versions() {
    for (const char *version :
         {"HTTP/2.0", "HTTP/1.2", "HTTP/1.1x", "http/1.1", "HTTP/1.", "HTTP/1", "HTTP/0.9",
          "HTTP/11", "HTTP/01.1", "HTCPCP/1.0", "HTTP/1.1/", "HTTP/3"}) {
      refused("31", std::string("GET / ") + version + "\r\nHost: h\r\n\r\n", "505");
    }
    refused("31b", "GET /\r\nHost: h\r\n\r\n", "505");
    // The preface of HTTP/2 and a TLS ClientHello: somebody is at the wrong port.
    refused("45a", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    refused("45b", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    refused("45c", std::string("\x80\x2e\x01\x00\x02", 5));
  }

  void targets() {
    accepted("34a", request("OPTIONS", "*"), "*");
    refused("34b", request("OPTIONS", "*x"));
    refused("34c", request("OPTIONS", "*/"));
    for (const char *target :
         {"*", "path", "h", "h:80", "ftp://h/", "http:/h", "http//h", "http:h", "//", "?q",
          "http://", "http://u@h/", "http://h:99999/", "https://", "mailto:x"}) {
      if (std::string_view(target) == "//") {
        accepted("35b", request("GET", target), "//");
      } else {
        refused("35", request("GET", target));
      }
    }
    accepted("36a", request("GET", "http://other:81/p?q=1"), "/p other:81");
    accepted("36b", request("GET", "http://other?q"), "/ other");
    accepted("36c", request("GET", "HTTPS://[::1]:443/p"), "/p [::1]:443");
    refused("37a", request("GET", "/a#b"));
    refused("37b", request("GET", "/a?b#c"));
    for (const int byte : {0, 1, 9, 10, 13, 31, 127}) {
      refused("37c", request("GET", std::string("/a") + static_cast<char>(byte) + "b"));
    }
    accepted("37d", request("GET", "/caf\xc3\xa9?\xff"), "/caf\xc3\xa9");
    accepted("37e", request("GET", "/%zz/%00/..;/\\|\"<>^`{}"), "/%zz/%00/..;/\\|\"<>^`{}");
  }

  void hosts() {
    refused("38a", "GET / HTTP/1.1\r\n\r\n");
    refused("38b", "GET / HTTP/1.1\r\nX: y\r\n\r\n");
    refused("38c", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    refused("38d", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    for (const char *host :
         {"", " ", "a b", "u@h", "h:99999", "h:65536", "h:x", "h:-1", "h/p", "h?q", "h#f", "[::1",
          "::1", "[::1]x", "h\\", "<h>", "h\"", "[g::1]", "h:80:80"}) {
      refused("38e", std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n");
    }
    refused("38f", std::string("GET http://h/ HTTP/1.1\r\nHost: a b\r\n\r\n"));
    accepted("38g", "GET / HTTP/1.1\r\nhOST: \t h:65535 \r\n\r\n", "/ h:65535");
    // Sub-delims belong to a registered name (RFC 3986 section 3.2.2).
    accepted("38h", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "/ a,b");
    all.push_back(
        {"39a", "GET /old HTTP/1.0\r\n\r\n", "200", true, Handler::Called, 1, "/old ", false});
    all.push_back({"39b", "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/never"),
                   "200", true, Handler::Called, 1, "/old ", false});
    refused("39c", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n");
  }

  void limits() {
    accepted("40a", headOf(16'383), "/");
    refused("40b", headOf(16'384), "431");
    refused("40c", get("/" + std::string(17'000, 'u')), "431");
    accepted("40d", get("/" + std::string(2000, 'u')), "/" + std::string(2000, 'u'));
    accepted("40e", withFields(197), "/");
    refused("40f", withFields(198), "431");
    refused("40g", std::string(17'000, 'G'), "431");
    refused("40h", get("/", std::string(17'000, 'n') + ": y\r\n"), "431");
    std::string cookie = "Cookie: ";
    while (cookie.size() < 16'000) {
      cookie += "a=1;";
    }
    accepted("41a", get("/", cookie + "\r\n"), "/");
    std::string query = "/?";
    while (query.size() < 16'000) {
      query += "a=1&";
    }
    accepted("41b", get(query), "/");
    refused("41c", get("/", cookie + cookie + cookie + "\r\n"), "431");
  }

  void conversations() {
    accepted("43", get("/1") + post("/2", "two") + chunked(chunk("three") + chunk("")) + get("/4"),
             "/4", 4, "200,200,200,200");
    all.push_back({"44", get("/last", "Connection: close\r\n") + get("/never") + "garbage", "200",
                   true, Handler::Called, 1, "/last", false});
    refused("44b", "GARBAGE\r\n\r\n" + get("/never"));
    accepted("46a", get("/", "Expect: 100-continue\r\n"), "/");
    refused("46b", request("POST", "/", "Content-Length: 5\r\nExpect: magic\r\n") + "hello", "417");
    all.push_back({"46c", "POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: magic\r\n\r\nhello",
                   "200", true, Handler::Called, 1, "hello", false});
  }
};

} // namespace uwk::test

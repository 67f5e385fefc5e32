// SPDX-License-Identifier: MIT
//
// Static responses: the bytes of every form and which form answers which request (behaviours 2.4,
// 7.2-7.7).
#include <http/HttpParser.h>
#include <http/StaticResponse.h>

#include <doctest/doctest.h>

#include <string>

using namespace uwk;

namespace {

using Form = StaticResponse::Form;

// A response that is released at the end, as its route table would.
struct Rendered {
  explicit Rendered(const StaticRoute &route) : response(new StaticResponse(route)) {}
  Rendered(const Rendered &) = delete;
  Rendered &operator=(const Rendered &) = delete;
  ~Rendered() { response->release(); }
  StaticResponse *operator->() const { return response; }
  [[nodiscard]] std::string bytes(Form form) const { return std::string(response->bytes(form)); }

  StaticResponse *response;
};

StaticRoute hello() {
  StaticRoute route;
  route.fields = "Content-Type: text/plain\r\n";
  route.body = "static";
  return route;
}

Form select(const Rendered &response, const std::string &method, const std::string &fields = {}) {
  const std::string text = method + " / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  const std::string padded = text + std::string(64, '\0');
  static HttpHead head;
  REQUIRE(parseHead(padded.data(), text.size(), head).status == ParseStatus::Complete);
  return response->select(head);
}

constexpr std::string_view kEtag = "\"d893f86a0f6b9450\"";

} // namespace

TEST_CASE("the four forms, byte for byte") {
  const Rendered response(hello());
  const std::string start = "Content-Type: text/plain\r\netag: \"d893f86a0f6b9450\"\r\n";
  const std::string full = response.bytes(Form::Full);
  const size_t date = response->dateOffset(Form::Full);
  CHECK(full.substr(0, date) == "HTTP/1.1 200 OK\r\n" + start + "Date: ");
  CHECK(full.substr(date + 29) == "\r\nContent-Length: 6\r\n\r\nstatic");
  CHECK(full.substr(response->headSize()) == "static");
  CHECK(response.bytes(Form::Head) == "HTTP/1.1 200 OK\r\n" + start + "Content-Length: 6\r\n\r\n");
  CHECK(response.bytes(Form::NotModified) == "HTTP/1.1 304 Not Modified\r\n" + start + "\r\n");
  CHECK(response.bytes(Form::PreconditionFailed) ==
        "HTTP/1.1 412 Precondition Failed\r\n" + start + "Content-Length: 0\r\n\r\n");
  for (const Form form : {Form::Head, Form::NotModified, Form::PreconditionFailed}) {
    CHECK(response->dateOffset(form) == StaticResponse::kNoDate);
  }
}

TEST_CASE("a Date of the application's own leaves no hole") {
  StaticRoute route = hello();
  route.fields = "Date: mine\r\n";
  route.hasDate = true;
  const Rendered response(route);
  CHECK(response->dateOffset(Form::Full) == StaticResponse::kNoDate);
  CHECK(response.bytes(Form::Full).find("Date: mine") != std::string::npos);
}

TEST_CASE("an entity tag of the application's own is kept, an empty body has none") {
  StaticRoute own = hello();
  own.fields = "ETag: \"mine\"\r\n";
  own.etag = "\"mine\"";
  const Rendered kept(own);
  CHECK(kept.bytes(Form::Full).find("etag: ") == std::string::npos);
  CHECK(select(kept, "GET", "If-None-Match: \"mine\"\r\n") == Form::NotModified);

  StaticRoute empty = hello();
  empty.body = "";
  const Rendered none(empty);
  CHECK(none.bytes(Form::Full).find("etag") == std::string::npos);
  CHECK(none.bytes(Form::Full).ends_with("Content-Length: 0\r\n\r\n"));
  CHECK(select(none, "GET", "If-None-Match: *\r\n") == Form::Full);
  CHECK(select(none, "GET", "If-Match: \"x\"\r\n") == Form::Full);
}

TEST_CASE("statuses without a body") {
  for (const uint16_t status : {uint16_t{204}, uint16_t{205}, uint16_t{304}}) {
    StaticRoute route = hello();
    route.status = status;
    const Rendered response(route);
    const std::string full = response.bytes(Form::Full);
    CHECK(full.ends_with("\r\n\r\n"));
    CHECK(full.size() == response->headSize());
    CHECK((full.find("Content-Length: 0") != std::string::npos) == (status == 205));
    CHECK(full.find("etag") == std::string::npos);
  }
}

TEST_CASE("which form answers") {
  const std::string tag(kEtag);
  struct {
    const char *method;
    std::string fields;
    Form form;
  } const cases[] = {
      {"GET", "", Form::Full},
      {"HEAD", "", Form::Head},
      {"POST", "", Form::Full},
      {"OPTIONS", "", Form::Full},
      {"GET", "If-None-Match: " + tag + "\r\n", Form::NotModified},
      {"HEAD", "If-None-Match: " + tag + "\r\n", Form::NotModified},
      {"GET", "If-None-Match: *\r\n", Form::NotModified},
      {"GET", "If-None-Match: W/" + tag + "\r\n", Form::NotModified},
      {"GET", "If-None-Match:  \"x\" , " + tag + "\r\n", Form::NotModified},
      {"GET", "If-None-Match: \"x\"\r\n", Form::Full},
      {"GET", "If-None-Match: d893f86a0f6b9450\r\n", Form::Full},
      {"GET", "If-None-Match:\r\n", Form::Full},
      {"POST", "If-None-Match: *\r\n", Form::Full},
      {"PUT", "If-None-Match: " + tag + "\r\n", Form::Full},
      {"GET", "If-Match: " + tag + "\r\n", Form::Full},
      {"GET", "If-Match: *\r\n", Form::Full},
      {"GET", "If-Match: \"x\"\r\n", Form::PreconditionFailed},
      {"HEAD", "If-Match: \"x\"\r\n", Form::PreconditionFailed},
      {"GET", "If-Match: W/" + tag + "\r\n", Form::PreconditionFailed},
      {"POST", "If-Match: \"x\"\r\n", Form::Full},
      {"GET", "If-Match: " + tag + "\r\nIf-None-Match: " + tag + "\r\n", Form::NotModified},
      {"GET", "If-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n", Form::PreconditionFailed},
      {"GET", "Range: bytes=0-1\r\n", Form::Full},
  };
  const Rendered response(hello());
  for (const auto &one : cases) {
    CAPTURE(one.method);
    CAPTURE(one.fields);
    CHECK(select(response, one.method, one.fields) == one.form);
  }
}

TEST_CASE("only a 200 is conditional") {
  for (const uint16_t status : {uint16_t{201}, uint16_t{302}, uint16_t{404}}) {
    StaticRoute route = hello();
    route.status = status;
    const Rendered response(route);
    CHECK(response.bytes(Form::Full).find("etag: ") != std::string::npos);
    CHECK(select(response, "GET", "If-None-Match: *\r\n") == Form::Full);
    CHECK(select(response, "GET", "If-Match: \"x\"\r\n") == Form::Full);
  }
}

TEST_CASE("it lives as long as somebody holds it") {
  auto *response = new StaticResponse(hello());
  response->retain();
  response->release();
  CHECK(response->bytes(Form::Full).ends_with("static"));
  response->release(); // a leak or a second release is the sanitizer's to find
}

TEST_CASE("copies: the best that the client takes, with an entity tag of its own") {
  StaticRoute route = hello();
  const StaticCopy copies[] = {{StaticCopy::Coding::Brotli, "br"},
                               {StaticCopy::Coding::Gzip, "gzipped"}};
  route.copies = copies;
  route.copyCount = 2;
  const Rendered response(route);
  auto answer = [&](const std::string &fields) {
    const std::string text = "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    const std::string padded = text + std::string(64, '\0');
    static HttpHead head;
    REQUIRE(parseHead(padded.data(), text.size(), head).status == ParseStatus::Complete);
    return std::string(response->choose(head).bytes(Form::Full));
  };
  auto has = [](const std::string &text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  const std::string plain = answer("");
  CHECK(has(plain, "vary: Accept-Encoding\r\n"));
  CHECK(has(plain, kEtag));
  CHECK_FALSE(has(plain, "content-encoding"));
  CHECK(answer("Accept-Encoding: identity\r\n") == plain);
  CHECK(answer("Accept-Encoding: zstd\r\n") == plain);
  const std::string brotli = answer("Accept-Encoding: gzip, deflate, br\r\n");
  CHECK(has(brotli, "content-encoding: br\r\n"));
  CHECK(has(brotli, "vary: Accept-Encoding\r\n"));
  CHECK(has(brotli, "Content-Length: 2\r\n\r\nbr"));
  CHECK_FALSE(has(brotli, kEtag));
  CHECK(has(answer("Accept-Encoding: gzip\r\n"), "content-encoding: gzip\r\n"));
  CHECK(has(answer("Accept-Encoding: br;q=0, gzip;q=0.5\r\n"), "gzipped"));
}

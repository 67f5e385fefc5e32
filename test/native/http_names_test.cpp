// SPDX-License-Identifier: MIT
//
// The small tables: methods, errors and their canned answers, reason phrases, known field names.
#include "http/HeaderNames.h"
#include "http/HttpErrors.h"
#include "http/HttpMethod.h"
#include "http/StatusText.h"

#include <doctest/doctest.h>

#include <cctype>
#include <map>
#include <set>
#include <string>

namespace {

using namespace uwk;

const std::map<std::string, KnownHeader> kNames = {
    {"host", KnownHeader::Host},
    {"connection", KnownHeader::Connection},
    {"content-length", KnownHeader::ContentLength},
    {"transfer-encoding", KnownHeader::TransferEncoding},
    {"expect", KnownHeader::Expect},
    {"upgrade", KnownHeader::Upgrade},
    {"content-type", KnownHeader::ContentType},
    {"cookie", KnownHeader::Cookie},
    {"if-none-match", KnownHeader::IfNoneMatch},
    {"if-match", KnownHeader::IfMatch},
    {"if-modified-since", KnownHeader::IfModifiedSince},
    {"if-unmodified-since", KnownHeader::IfUnmodifiedSince},
    {"if-range", KnownHeader::IfRange},
    {"range", KnownHeader::Range},
    {"accept-encoding", KnownHeader::AcceptEncoding},
    {"sec-websocket-key", KnownHeader::SecWebSocketKey},
    {"sec-websocket-version", KnownHeader::SecWebSocketVersion},
    {"sec-websocket-protocol", KnownHeader::SecWebSocketProtocol},
    {"sec-websocket-extensions", KnownHeader::SecWebSocketExtensions},
};

KnownHeader classify(const std::string &name) { return names::classify(name.data(), name.size()); }

} // namespace

TEST_CASE("methods: every name is found again, in its own case only") {
  std::set<std::string_view> seen;
  for (unsigned i = 0; i < static_cast<unsigned>(Method::Unknown); i++) {
    const auto method = static_cast<Method>(i);
    const std::string_view name = methodName(method);
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    CHECK(methodFromName(name) == method);
    std::string lower(name);
    for (char &c : lower) {
      c = static_cast<char>(std::tolower(c));
    }
    CHECK(methodFromName(lower) == Method::Unknown);
    CHECK(methodFromName(std::string(name) + "X") == Method::Unknown);
    CHECK(methodFromName(name.substr(1)) == Method::Unknown);
  }
  CHECK(seen.size() == 36);
  CHECK(methodFromName("") == Method::Unknown);
  CHECK(methodFromName("FOO") == Method::Unknown);
  CHECK(methodName(Method::Unknown) == "UNKNOWN");
}

TEST_CASE("methods: the routable ones come first") {
  const std::set<std::string_view> expected = {"GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                               "PATCH", "OPTIONS", "CONNECT", "TRACE"};
  std::set<std::string_view> first;
  for (unsigned i = 0; i < kRoutableMethods; i++) {
    first.insert(methodName(static_cast<Method>(i)));
  }
  CHECK(first == expected);
}

TEST_CASE("errors: each has a name, a status and Bun's bytes") {
  const auto check = [](HttpError error, uint16_t status, const std::string &reason) {
    CAPTURE(reason);
    CHECK(statusOf(error) == status);
    CHECK(cannedResponse(error) == "HTTP/1.1 " + reason + "\r\nConnection: close\r\n\r\n");
    CHECK_FALSE(toString(error).empty());
  };
  check(HttpError::BadRequest, 400, "400 Bad Request");
  check(HttpError::PayloadTooLarge, 413, "413 Payload Too Large");
  check(HttpError::EntityTooLarge, 413, "413 Request Entity Too Large");
  check(HttpError::ExpectationFailed, 417, "417 Expectation Failed");
  check(HttpError::HeadTooLarge, 431, "431 Request Header Fields Too Large");
  check(HttpError::Misdirected, 421, "421 Misdirected Request");
  check(HttpError::MethodNotAllowed, 405, "405 Method Not Allowed");
  check(HttpError::NotImplemented, 501, "501 Not Implemented");
  check(HttpError::VersionNotSupported, 505, "505 HTTP Version Not Supported");
  check(HttpError::UpgradeRequired, 426, "426 Upgrade Required\r\nSec-WebSocket-Version: 13");
  CHECK(static_cast<int>(HttpError::Count) == 11);
  for (const HttpError error : {HttpError::None, HttpError::Count}) {
    CHECK(statusOf(error) == 0);
    CHECK(cannedResponse(error).empty());
    CHECK(toString(error) == "None");
  }
}

TEST_CASE("errors: names are distinct") {
  std::set<std::string_view> seen;
  for (unsigned i = 0; i < static_cast<unsigned>(HttpError::Count); i++) {
    CHECK(seen.insert(toString(static_cast<HttpError>(i))).second);
  }
}

TEST_CASE("reason phrases: Bun's own and HM for the rest") {
  CHECK(reasonPhrase(200) == "OK");
  CHECK(reasonPhrase(226) == "IM Used");
  CHECK(reasonPhrase(306) == "Switch Proxy");
  CHECK(reasonPhrase(413) == "Payload Too Large");
  CHECK(reasonPhrase(416) == "Range Not Satisfiable");
  CHECK(reasonPhrase(418) == "I'm a Teapot");
  CHECK(reasonPhrase(511) == "Network Authentication Required");
  CHECK(reasonPhrase(101) == "Switching Protocols");
  for (const unsigned status : {0u, 99u, 299u, 419u, 430u, 509u, 599u, 600u, 1000u, ~0u}) {
    CAPTURE(status);
    CHECK(reasonPhrase(status) == "HM");
  }
}

TEST_CASE("reason phrases: Bun 1.4.5 has 59 between 200 and 599") {
  int known = 0;
  for (unsigned status = 200; status < 600; status++) {
    known += reasonPhrase(status) != "HM" ? 1 : 0;
  }
  CHECK(known == 59);
}

TEST_CASE("known names: all of them, in any case") {
  CHECK(kNames.size() == static_cast<size_t>(KnownHeader::Count));
  for (const auto &[name, header] : kNames) {
    CAPTURE(name);
    CHECK(classify(name) == header);
    std::string upper = name;
    std::string mixed = name;
    for (size_t i = 0; i < name.size(); i++) {
      upper[i] = static_cast<char>(std::toupper(name[i]));
      mixed[i] = i % 2 == 0 ? upper[i] : name[i];
    }
    CHECK(classify(upper) == header);
    CHECK(classify(mixed) == header);
  }
}

TEST_CASE("known names: no near miss passes") {
  const std::string token = "!#$%&'*+-.^_`|~09azAZ";
  for (const auto &[name, header] : kNames) {
    for (size_t i = 0; i < name.size(); i++) {
      for (const char c : token) {
        std::string other = name;
        other[i] = c;
        CAPTURE(other);
        const bool same = std::tolower(c) == name[i];
        CHECK((classify(other) == header) == same);
      }
    }
    CHECK(classify(name + "s") != header);
    CHECK(classify(name.substr(1)) != header);
  }
  for (size_t length = 0; length < 40; length++) {
    CHECK(classify(std::string(length, 'x')) == names::kUnknown);
  }
}

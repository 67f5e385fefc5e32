// SPDX-License-Identifier: MIT
//
// Accept-Encoding: quality values, `*`, `identity`, and lists that are none (RFC 9110 section
// 12.5.3).
#include <files/AcceptEncoding.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace uwk;

namespace {

std::string preferred(const std::vector<std::string> &fields) {
  AcceptEncoding accept;
  for (const std::string &field : fields) {
    accept.add(field);
  }
  std::string names;
  const AcceptEncoding::Choice choice = accept.preferred();
  for (size_t i = 0; i < choice.count; ++i) {
    names.append(i == 0 ? "" : " ").append(contentCodingName(choice.codings[i]));
  }
  return names;
}

} // namespace

TEST_CASE("codings in the order of what the client and then we prefer") {
  struct {
    const char *field;
    const char *result;
  } const cases[] = {
      {"gzip", "gzip"},
      {"gzip, deflate, br", "br gzip"},
      {"gzip, deflate, br, zstd", "br zstd gzip"},
      {"GZip,BR", "br gzip"},
      {"x-gzip", "gzip"},
      {"br;q=0.5, gzip;q=0.8", "gzip br"},
      {"br;q=0.5,gzip;q=0.5", "br gzip"},
      {"br;q=0, gzip", "gzip"},
      {"br ; q=0.9 , gzip\t;\tQ=1.000", "gzip br"},
      {"*", "br zstd gzip"},
      {"*;q=0.1", "br zstd gzip"},
      {"*;q=0", ""},
      {"gzip;q=0, *", "br zstd"},
      {"gzip, *;q=0", "gzip"},
      {"identity", ""},
      {"identity;q=0", ""},
      {"identity;q=0, gzip", "gzip"},
      {"identity, gzip;q=0.5", ""},
      {"identity;q=0.5, gzip;q=0.5", "gzip"},
      {"identity;q=0.5, gzip", "gzip"},
      {"gzip;q=0.001", "gzip"},
      {"gzip;q=0.000", ""},
      {"gzip, gzip;q=0", ""},
      {"", ""},
      {",,", ""},
      {" , gzip ,", "gzip"},
      {"compress, deflate", ""},
      {"gzipped", ""},
      {"gzip br", ""},
      // Not clearly accepted.
      {"gzip;q=", ""},
      {"gzip;q=1.001", ""},
      {"gzip;q=2", ""},
      {"gzip;q=-1", ""},
      {"gzip;q=0.1234", ""},
      {"gzip;q=.5", ""},
      {"gzip;q=1.", "gzip"},
      {"gzip;level=1", ""},
      {"gzip;q=0.5;q=1", ""},
  };
  for (const auto &one : cases) {
    CAPTURE(one.field);
    CHECK(preferred({one.field}) == one.result);
  }
}

TEST_CASE("a list may be spread over several fields") {
  CHECK(preferred({"gzip", "br"}) == "br gzip");
  CHECK(preferred({"gzip;q=0.5", "identity"}) == "");
  CHECK(preferred({}) == "");
}

TEST_CASE("quality values") {
  AcceptEncoding accept;
  CHECK(accept.quality(ContentCoding::Identity) == 1);
  CHECK(accept.quality(ContentCoding::Gzip) == 0);
  accept.add("gzip;q=0.25, *;q=0.05");
  CHECK(accept.quality(ContentCoding::Gzip) == 250);
  CHECK(accept.quality(ContentCoding::Brotli) == 50);
  CHECK(accept.quality(ContentCoding::Identity) == 50);
  accept.add("identity;q=0");
  CHECK(accept.quality(ContentCoding::Identity) == 0);
}

TEST_CASE("a thousand members are read in one pass") {
  std::string field;
  for (int i = 0; i < 3000; ++i) {
    field += "x,";
  }
  CHECK(preferred({field + "gzip"}) == "gzip");
}

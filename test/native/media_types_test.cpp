// SPDX-License-Identifier: MIT
//
// Content types by extension, as a table from JavaScript has them.
#include <files/MediaTypes.h>

#include <doctest/doctest.h>

#include <string>

using namespace uwk;

namespace {

const char *const kTable =
    "text/html;charset=utf-8 htm html|application/json;charset=utf-8 json map|"
    "image/png png|image/svg+xml svg svgz|application/gzip gz|"
    "video/x-matroska mk3d mkv|application/wasm wasm|"
    "application/manifest+json webmanifest|font/woff2 woff2|font/ttf ttf|";

} // namespace

TEST_CASE("a type is found by the last extension in any case") {
  const MediaTypes types(kTable);
  CHECK(types.of("a.html").text == "text/html;charset=utf-8");
  CHECK(types.of("a.HtMl").text == "text/html;charset=utf-8");
  CHECK(types.of("a.tar.gz").text == "application/gzip");
  CHECK(types.of(".png").text == "image/png");
  CHECK(types.of("a.mkv").text == "video/x-matroska");
}

TEST_CASE("what is not in the table is bytes") {
  const MediaTypes types(kTable);
  for (const char *name : {"", ".", "a", "a.", "html", "a.html ", "a.html.", "a.unknown", "a.mk",
                           "a.htm l", "a.|", "a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    CAPTURE(name);
    CHECK(types.of(name).text == "application/octet-stream");
    CHECK_FALSE(types.of(name).isCompressible);
  }
  CHECK(MediaTypes("").of("a.html").text == "application/octet-stream");
}

TEST_CASE("texts and their like are worth compressing, images and archives are not") {
  const MediaTypes types(kTable);
  for (const char *name :
       {"a.html", "a.json", "a.map", "a.svg", "a.wasm", "a.webmanifest", "a.ttf"}) {
    CAPTURE(name);
    CHECK(types.of(name).isCompressible);
  }
  for (const char *name : {"a.png", "a.gz", "a.mkv", "a.woff2"}) {
    CAPTURE(name);
    CHECK_FALSE(types.of(name).isCompressible);
  }
}

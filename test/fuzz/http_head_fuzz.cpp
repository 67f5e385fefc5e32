// SPDX-License-Identifier: MIT
//
// Request heads from arbitrary bytes. Besides what the sanitizers see: every view lies in the bytes
// given, a head read in parts meets the fate of the whole, padding has no say, and the reference
// agrees word for word.
#include "http/HttpParser.h"

#include "support/reference_http.h"
#include "support/split_driver.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

// The reference judges a line anew at every byte; above this it takes too long.
constexpr size_t kMaxReference = 1024;
constexpr size_t kMaxPrefixes = 512;

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

void checkViews(const test::Head &head, size_t size) {
  const char *begin = head.bytes.get();
  const char *end = begin + head.result.consumed;
  const auto inside = [&](std::string_view view) {
    return view.data() >= begin && view.data() + view.size() <= end;
  };
  require(head.result.consumed <= size, "consumed <= size");
  require(head->size <= head.result.consumed, "head size <= consumed");
  require(head->size <= uwk::Limits::kMaxHeadBytes, "limit of bytes");
  require(head->headerCount <= uwk::Limits::kMaxHeaders, "limit of fields");
  require(inside(head->target), "target inside");
  require(inside(head->path) || head->path == "/", "path inside");
  require(head->path == "*" || head->path.starts_with('/'), "path starts with a slash");
  require(head->query.data() == nullptr || inside(head->query), "query inside");
  require(head->host.empty() || inside(head->host), "host inside");
  for (uint32_t i = 0; i < head->headerCount; i++) {
    require(!head->headers[i].name.empty() && inside(head->headers[i].name), "name inside");
    require(inside(head->headers[i].value), "value inside");
  }
  for (const uint8_t index : head->known) {
    require(index <= head->headerCount, "index of a known field");
  }
}

// In place: what follows a prefix is then no padding but the rest of the input, which must have no
// say either. Errors come at one byte and stay; a complete head is complete at its last byte only.
void checkPrefixes(const test::Head &whole, size_t size) {
  static uwk::HttpHead head;
  const size_t stride = 1 + size / kMaxPrefixes;
  bool decided = false;
  for (size_t length = 0; length < size; length += stride) {
    const uwk::ParseResult part = uwk::parseHead(whole.bytes.get(), length, head);
    if (part.status == uwk::ParseStatus::Partial) {
      require(!decided, "no error is taken back");
      continue;
    }
    decided = true;
    require(part.status == whole.result.status && part.error == whole.result.error,
            "a prefix is partial or meets the error of the whole");
    require(part.status == uwk::ParseStatus::Error, "no prefix is complete");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const test::Head head(text);
  const std::string whole = test::describe(head.result, *head.parsed);
  if (head.complete()) {
    checkViews(head, size);
  }
  checkPrefixes(head, head.complete() ? head.result.consumed : size);
  for (const char filler : {'\r', '\n', ':', ' ', '.', '-', 'a', '\x7f'}) {
    require(test::parseWhole(text, filler) == whole, "padding has no say");
  }
  if (size <= kMaxReference) {
    require(test::reference::parse(text) == whole, "the reference agrees");
  }
  return 0;
}

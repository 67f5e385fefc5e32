// SPDX-License-Identifier: MIT
//
// Feeds parsers the way a connection does: a head again and again from its first byte as more bytes
// arrive, a chunked body piece by piece. Outcomes are rendered as text so that any two can be
// compared and a difference reads well.
#pragma once

#include "http/ChunkedDecoder.h"
#include "http/HttpParser.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace test {

inline constexpr size_t kPadding = 16;

// One parse in a buffer of its own, so that AddressSanitizer sees the end of the padding. The
// filler is what stands in the padding: it must not matter.
struct Head {
  explicit Head(std::string_view text, char filler = '\0')
      : bytes(std::make_unique<char[]>(text.size() + kPadding)),
        parsed(std::make_unique<uwk::HttpHead>()) {
    std::copy(text.begin(), text.end(), bytes.get());
    std::fill_n(bytes.get() + text.size(), kPadding, filler);
    result = uwk::parseHead(bytes.get(), text.size(), *parsed);
  }

  [[nodiscard]] bool complete() const { return result.status == uwk::ParseStatus::Complete; }
  [[nodiscard]] bool partial() const { return result.status == uwk::ParseStatus::Partial; }
  const uwk::HttpHead *operator->() const { return parsed.get(); }

  std::unique_ptr<char[]> bytes;
  std::unique_ptr<uwk::HttpHead> parsed;
  uwk::ParseResult result{};
};

inline std::string describeError(uwk::HttpError error) {
  return "error " + std::string(uwk::toString(error));
}

inline std::string describe(const uwk::ParseResult &result, const uwk::HttpHead &head) {
  if (result.status == uwk::ParseStatus::Error) {
    return describeError(result.error);
  }
  if (result.status == uwk::ParseStatus::Partial) {
    return "partial";
  }
  std::string text = "complete " + std::to_string(result.consumed) + "/" +
                     std::to_string(head.size) + " " + std::string(uwk::methodName(head.method)) +
                     " 1." + std::to_string(head.minorVersion);
  const auto add = [&text](const char *label, std::string_view value) {
    text.append("\n").append(label).append("=").append(value);
  };
  add("target", head.target);
  add("path", head.path);
  add("query", head.query.data() == nullptr ? std::string_view("(none)") : head.query);
  add("host", head.host);
  add("framing", head.framing == uwk::BodyFraming::None     ? "none"
                 : head.framing == uwk::BodyFraming::Length ? std::to_string(head.contentLength)
                                                            : "chunked");
  add("flags", std::string(head.close ? " close" : "") + (head.expectContinue ? " expect" : "") +
                   (head.upgrade ? " upgrade" : "") + (head.needsNormalising ? " normalise" : ""));
  for (uint32_t i = 0; i < head.headerCount; i++) {
    text.append("\n").append(head.headers[i].name).append(": ").append(head.headers[i].value);
  }
  return text;
}

inline std::string parseWhole(std::string_view text, char filler = '\0') {
  const Head head(text, filler);
  return describe(head.result, *head.parsed);
}

// `step` bytes more at a time, until something other than Partial comes out.
inline std::string parseInSteps(std::string_view text, size_t step) {
  for (size_t size = step;; size += step) {
    const Head head(text.substr(0, size));
    if (!head.partial() || size >= text.size()) {
      return describe(head.result, *head.parsed);
    }
  }
}

struct Decoded {
  std::string body;
  std::string outcome; // "more", "done", or the error
  size_t consumed = 0; // unless there was an error

  bool operator==(const Decoded &) const = default;
};

// `cuts` are the sizes of the reads; what is left after them comes in one.
inline Decoded decodeChunked(std::string_view text, const std::vector<size_t> &cuts) {
  uwk::ChunkedDecoder decoder;
  Decoded result;
  size_t at = 0;
  for (size_t i = 0; at < text.size() && i <= cuts.size(); i++) {
    const size_t size = i < cuts.size() ? std::min(cuts[i], text.size() - at) : text.size() - at;
    // A copy of exactly that size: a read beyond it is caught.
    const std::vector<char> read(text.data() + at, text.data() + at + size);
    std::string_view input(read.data(), read.size());
    at += size;
    for (;;) {
      std::string_view piece;
      const uwk::ChunkedDecoder::Step step = decoder.next(input, piece);
      if (step == uwk::ChunkedDecoder::Step::Data) {
        result.body += piece;
        continue;
      }
      result.consumed = at - input.size();
      if (step == uwk::ChunkedDecoder::Step::Done) {
        result.outcome = "done";
        return result;
      }
      if (step == uwk::ChunkedDecoder::Step::Error) {
        result.outcome = describeError(decoder.error());
        result.consumed = 0;
        return result;
      }
      break;
    }
  }
  result.outcome = "more";
  return result;
}

inline std::vector<size_t> randomCuts(std::mt19937 &random, size_t size) {
  std::vector<size_t> cuts;
  const size_t most = 1 + random() % 40;
  for (size_t at = 0; at < size;) {
    cuts.push_back(1 + random() % most);
    at += cuts.back();
  }
  return cuts;
}

} // namespace test

// SPDX-License-Identifier: MIT
//
// The chunked decoder: outcomes, limits at and above, independence of how the bytes arrive, and a
// plain reference over random mutations. Single bodies are in test/conformance/http1/chunked.md
// too.
#include "http/ChunkedDecoder.h"

#include "support/guard_page.h"
#include "support/split_driver.h"

#include <uwk/Limits.h>

#include <doctest/doctest.h>

#include <cctype>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace uwk;
using test::decodeChunked;
using test::Decoded;
using test::describeError;

const std::string kBad = describeError(HttpError::BadRequest);

std::string outcome(const std::string &text) { return decodeChunked(text, {}).outcome; }

bool isOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Works on the whole text with searches and copies: where the decoder walks states, this looks for
// line ends. Limits are out of its scope. Every part returns the outcome, or nothing to go on.
struct Reference {
  std::string_view text;
  size_t at = 0;
  std::string line = {};
  std::string body = {};

  static bool isText(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  }

  static bool isSizeLine(const std::string &prefix) {
    const size_t end = std::min(prefix.find(';'), prefix.size());
    uint64_t value = 0;
    for (size_t i = 0; i < end; i++) {
      if (!std::isxdigit(static_cast<unsigned char>(prefix[i])) || i >= 32) {
        return false;
      }
      value = value * 16 + std::stoul(prefix.substr(i, 1), nullptr, 16);
      if (value >= uint64_t{1} << 53) {
        return false;
      }
    }
    return end > 0 && isText(prefix.back());
  }

  static bool isFieldLine(const std::string &prefix) {
    const size_t colon = std::min(prefix.find(':'), prefix.size());
    std::string name;
    for (const char c : prefix.substr(0, colon)) {
      if (!std::isalnum(static_cast<unsigned char>(c)) && !isOneOf(c, "!#$%&'*+-.^_`|~")) {
        return false;
      }
      name += static_cast<char>(std::tolower(c));
    }
    const bool forbidden = name == "host" || name == "te" || name == "trailer" ||
                           name == "content-length" || name == "transfer-encoding";
    return colon > 0 && isText(prefix.back()) && (colon == prefix.size() || !forbidden);
  }

  // CRLF, of which the CR is there.
  std::string lineEnd() {
    at++;
    if (at == text.size()) {
      return "more";
    }
    return text[at++] == '\n' ? "" : kBad;
  }

  // A line every prefix of which is allowed, and whole only as `complete` says.
  std::string readLine(bool (*allowed)(const std::string &),
                       bool (*complete)(const std::string &)) {
    line.clear();
    while (at < text.size() && text[at] != '\r') {
      line += text[at++];
      if (!allowed(line)) {
        return kBad;
      }
    }
    if (at == text.size()) {
      return "more";
    }
    return complete(line) ? lineEnd() : kBad;
  }

  std::string readChunks() {
    for (;;) {
      const auto notEmpty = [](const std::string &whole) { return !whole.empty(); };
      const std::string stopped = readLine(isSizeLine, notEmpty);
      if (!stopped.empty()) {
        return stopped;
      }
      const size_t size = std::stoul(line.substr(0, line.find(';')), nullptr, 16);
      if (size == 0) {
        return "";
      }
      body += text.substr(at, size);
      if (text.size() - at <= size) {
        return "more";
      }
      at += size;
      const std::string ended = text[at] == '\r' ? lineEnd() : kBad;
      if (!ended.empty()) {
        return ended;
      }
    }
  }

  std::string readTrailers() {
    const auto emptyOrField = [](const std::string &whole) {
      return whole.empty() || whole.find(':') != std::string::npos;
    };
    std::string stopped;
    do {
      stopped = readLine(isFieldLine, emptyOrField);
    } while (stopped.empty() && !line.empty());
    return stopped.empty() ? "done" : stopped;
  }
};

Decoded reference(std::string_view text) {
  Reference reading{text};
  Decoded result;
  result.outcome = reading.readChunks();
  if (result.outcome.empty()) {
    result.outcome = reading.readTrailers();
  }
  result.body = reading.body;
  result.consumed = result.outcome == "done"   ? reading.at
                    : result.outcome == "more" ? text.size()
                                               : 0;
  return result;
}

} // namespace

TEST_CASE("chunks are handed out whole, in place, without a copy") {
  const std::string text = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\nGET /";
  ChunkedDecoder decoder;
  std::string_view input = text;
  std::string_view piece;
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Data));
  CHECK(piece == "hello");
  CHECK(piece.data() == text.data() + 3);
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Data));
  CHECK(piece == " world");
  CHECK_FALSE(decoder.done());
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Done));
  CHECK(decoder.done());
  CHECK(input == "GET /");
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Done));
  CHECK(input == "GET /");
}

TEST_CASE("a part of a chunk is handed out as it comes") {
  ChunkedDecoder decoder;
  std::string_view input = "a\r\n012";
  std::string_view piece;
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Data));
  CHECK(piece == "012");
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::NeedMore));
  CHECK(input.empty());
  input = "3456789\r\n";
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Data));
  CHECK(piece == "3456789");
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::NeedMore));
}

TEST_CASE("an error is final until reset") {
  ChunkedDecoder decoder;
  std::string_view input = "x";
  std::string_view piece;
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Error));
  CHECK((decoder.error() == HttpError::BadRequest));
  input = "0\r\n\r\n";
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Error));
  CHECK(input == "0\r\n\r\n");
  decoder.reset();
  CHECK((decoder.error() == HttpError::None));
  CHECK((decoder.next(input, piece) == ChunkedDecoder::Step::Done));
}

TEST_CASE("every byte that is no hexadecimal digit is refused in a size") {
  for (int c = 0; c < 256; c++) {
    const auto byte = static_cast<char>(c);
    CAPTURE(c);
    const bool digit = std::isxdigit(c) != 0;
    CHECK((outcome(std::string(1, byte)) == "more") == digit);
    CHECK((outcome("1" + std::string(1, byte)) == "more") == (digit || c == '\r' || c == ';'));
  }
}

TEST_CASE("sizes: what a JavaScript number holds exactly, and no more digits than 32") {
  CHECK(outcome("1FFFFFFFFFFFFF\r\n") == "more");
  CHECK(outcome("001fffffffffffff\r\n") == "more");
  CHECK(outcome("20000000000000") == kBad);
  CHECK(outcome("FFFFFFFFFFFFFFFF") == kBad);
  CHECK(outcome("10000000000000000") == kBad);
  CHECK(outcome(std::string(31, '0') + "1\r\na\r\n0\r\n\r\n") == "done");
  CHECK(outcome(std::string(32, '0') + "1") == kBad);
  CHECK(outcome("000\r\n\r\n") == "done");
  // 2^32 must not wrap to 0.
  CHECK(outcome("100000000\r\n0\r\n\r\n") == "more");
}

TEST_CASE("limit: chunk extensions of a whole body") {
  const std::string tooLarge = describeError(HttpError::PayloadTooLarge);
  const std::string half(Limits::kMaxChunkExtensionBytes / 2 - 1, 'e');
  const std::string first = "1;" + half + "\r\nx\r\n";
  CHECK(outcome(first + "1;" + half + "\r\nx\r\n0\r\n\r\n") == "done");
  CHECK(outcome(first + "1;" + half + "e\r\nx\r\n0\r\n\r\n") == tooLarge);
  CHECK(outcome(first + first + "0;") == tooLarge);
  std::string many;
  for (size_t i = 0; i < Limits::kMaxChunkExtensionBytes; i++) {
    many += "1;\r\nx\r\n";
  }
  CHECK(outcome(many + "0\r\n\r\n") == "done");
  CHECK(outcome(many + "0;\r\n\r\n") == tooLarge);
}

TEST_CASE("limit: the trailer section, counted apart from extensions") {
  const std::string tooLarge = describeError(HttpError::HeadTooLarge);
  const std::string extension = "1;" + std::string(Limits::kMaxChunkExtensionBytes - 1, 'e');
  const std::string start = extension + "\r\nx\r\n0\r\nA: ";
  const std::string value(Limits::kMaxTrailerBytes - 5, 'v');
  CHECK(outcome(start + value + "\r\n\r\n") == "done");
  CHECK(outcome(start + value + "v\r\n\r\n") == tooLarge);
  CHECK(outcome(start + std::string(100000, 'v')) == tooLarge);
  CHECK(outcome("0\r\n" + std::string(100000, 'n')) == tooLarge);
  std::string lines;
  for (size_t i = 0; i < Limits::kMaxTrailerBytes / 4; i++) {
    lines += "A:\r\n";
  }
  CHECK(outcome("0\r\n" + lines + "\r\n") == "done");
  CHECK(outcome("0\r\n" + lines + "A") == tooLarge);
}

TEST_CASE("limits do not depend on how the bytes arrive") {
  const std::vector<std::string> texts = {
      "1;" + std::string(Limits::kMaxChunkExtensionBytes, 'e') + "\x01",
      "1;" + std::string(Limits::kMaxChunkExtensionBytes - 1, 'e') + "\x01",
      "0\r\nA:" + std::string(Limits::kMaxTrailerBytes - 2, 'v') + "\x01",
      "0\r\nA:" + std::string(Limits::kMaxTrailerBytes - 3, 'v') + "\r\n",
      "0\r\n" + std::string(Limits::kMaxTrailerBytes, 'n') + "\x01",
  };
  std::mt19937 random(5);
  for (const std::string &text : texts) {
    const Decoded whole = decodeChunked(text, {});
    for (int round = 0; round < 20; round++) {
      REQUIRE(decodeChunked(text, test::randomCuts(random, text.size())) == whole);
    }
    REQUIRE(decodeChunked(text, std::vector<size_t>(text.size(), 1)) == whole);
  }
}

TEST_CASE("trailers that must not come after the content are refused, their neighbours are not") {
  for (const std::string name : {"authorization",
                                 "connection",
                                 "content-encoding",
                                 "content-length",
                                 "content-range",
                                 "content-type",
                                 "cookie",
                                 "expect",
                                 "host",
                                 "keep-alive",
                                 "max-forwards",
                                 "proxy-authenticate",
                                 "proxy-authorization",
                                 "proxy-connection",
                                 "set-cookie",
                                 "te",
                                 "trailer",
                                 "transfer-encoding",
                                 "upgrade",
                                 "www-authenticate"}) {
    CAPTURE(name);
    std::string upper = name;
    for (char &c : upper) {
      c = static_cast<char>(std::toupper(c));
    }
    CHECK(outcome("0\r\n" + name + ": 1\r\n\r\n") == kBad);
    CHECK(outcome("0\r\n" + upper + ":") == kBad);
    CHECK(outcome("0\r\nA: b\r\n" + name + ":") == kBad);
    CHECK(outcome("0\r\n" + name + "x: 1\r\n\r\n") == "done");
    CHECK(outcome("0\r\nx" + name + ": 1\r\n\r\n") == "done");
    for (size_t i = 0; i < name.size(); i++) {
      for (const char c : {'a', 'h', 'p', 'z', '-'}) {
        std::string other = name;
        other[i] = c;
        CHECK((outcome("0\r\n" + other + ": 1\r\n\r\n") == "done") == (other != name));
      }
    }
    if (name != "te") {
      CHECK(outcome("0\r\n" + name.substr(0, name.size() - 1) + ": 1\r\n\r\n") == "done");
    }
  }
}

TEST_CASE("split at every byte, in one, two and three reads") {
  const std::vector<std::string> texts = {
      "5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\nnext",
      "1\r\na\r\n0;e\r\nHost: a\r\n\r\n",
      "3\r\nabcd",
      "3 \r\nabc\r\n",
      "2\r\nab\r\n0\r\nA : b\r\n\r\n",
  };
  for (const std::string &text : texts) {
    CAPTURE(text);
    const Decoded whole = decodeChunked(text, {});
    REQUIRE(decodeChunked(text, std::vector<size_t>(text.size(), 1)) == whole);
    for (size_t first = 1; first <= text.size(); first++) {
      for (size_t second = 1; first + second <= text.size(); second++) {
        REQUIRE(decodeChunked(text, {first, second}) == whole);
      }
    }
  }
}

TEST_CASE("no byte beyond the input is read") {
  test::GuardPage page(4096);
  const std::string text = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nAb: cd\r\n\r\n";
  for (size_t size = 1; size <= text.size(); size++) {
    ChunkedDecoder decoder;
    std::string_view input = page.place(text.substr(0, size), 0, '\0');
    std::string_view piece;
    while (decoder.next(input, piece) == ChunkedDecoder::Step::Data) {
    }
    CHECK(input.empty());
    CHECK(decoder.done() == (size == text.size()));
  }
}

TEST_CASE("mutations, read in random pieces: as the reference says") {
  const std::vector<std::string> seeds = {
      "5\r\nhello\r\n0\r\n\r\n",
      "a;x=\"y\"\r\n0123456789\r\n003\r\nabc\r\n00\r\nX-Sum: 1\r\nY:\t\x80 z\r\n\r\n",
      "1\r\na\r\n1;\r\nb\r\n0;e\r\nVary: *\r\n\r\nGET / HTTP/1.1\r\n",
  };
  const std::string_view often = "\r\n0123afAFgG;: \t-+x\x7f\x80";
  std::mt19937 random(6);
  for (int round = 0; round < 40000; round++) {
    std::string text = seeds[random() % seeds.size()];
    for (auto edits = random() % 4; edits > 0; edits--) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
      case 0:
        text.erase(at, 1 + random() % 3);
        break;
      case 1:
        text.insert(at, 1, often[random() % often.size()]);
        break;
      case 2:
        text.insert(at, random() % 2 == 0 ? "\r\n" : "host:");
        break;
      default:
        text[at] = static_cast<char>(random());
      }
      if (text.empty()) {
        text = "0";
      }
    }
    CAPTURE(text);
    const Decoded expected = reference(text);
    const Decoded whole = decodeChunked(text, {});
    REQUIRE(whole.outcome == expected.outcome);
    REQUIRE(whole.body == expected.body);
    REQUIRE(whole.consumed == expected.consumed);
    REQUIRE(decodeChunked(text, test::randomCuts(random, text.size())) == whole);
  }
}

// SPDX-License-Identifier: MIT
//
// Runs the cases of test/conformance/http1/*.md (format: README.md there), each whole and cut at
// every byte, as a connection would meet it.
#include "http/HttpErrors.h"
#include "support/split_driver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Case {
  std::string where;
  bool isBody = false;
  std::string bytes;
  std::string outcome;
  Fields expected;
};

std::filesystem::path casesDirectory() {
  return std::filesystem::path(__FILE__).parent_path().parent_path() / "conformance" / "http1";
}

// \r \n \t \\ and \xHH; `endsLine` becomes false for a line that ends in a single backslash.
std::string unescape(const std::string &line, bool &endsLine) {
  std::string text;
  endsLine = true;
  for (size_t i = 0; i < line.size(); i++) {
    if (line[i] != '\\') {
      text += line[i];
    } else if (i + 1 == line.size()) {
      endsLine = false;
    } else if (line[++i] == 'x') {
      text += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      text += line[i] == 'r' ? '\r' : line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i];
    }
  }
  return text;
}

std::string unescape(const std::string &line) {
  bool ignored = false;
  return unescape(line, ignored);
}

void addOutcomeLine(Case &one, const std::string &line) {
  if (one.outcome.empty()) {
    one.outcome = line;
    return;
  }
  const size_t name = line.starts_with("field ") ? 6 : 0;
  const size_t colon = line.find(':', name);
  REQUIRE(colon != std::string::npos);
  const std::string value = line.size() > colon + 2 ? line.substr(colon + 2) : "";
  one.expected.emplace_back(line.substr(0, colon), unescape(value));
}

std::vector<Case> readCases(const std::filesystem::path &file) {
  std::vector<Case> cases;
  std::ifstream stream(file);
  REQUIRE(stream.good());
  std::string block;
  for (std::string line; std::getline(stream, line);) {
    if (block.empty() && line.starts_with("## ")) {
      cases.push_back({file.filename().string() + ": " + line.substr(3), false, {}, {}, {}});
    } else if (line.starts_with("```")) {
      block = line.substr(3);
      const bool known =
          block.empty() || block == "request" || block == "body" || block == "outcome";
      REQUIRE_MESSAGE(known, line);
      REQUIRE_FALSE(cases.empty());
      cases.back().isBody = cases.back().isBody || block == "body";
    } else if (block == "request" || block == "body") {
      bool endsLine = true;
      cases.back().bytes += unescape(line, endsLine);
      cases.back().bytes += endsLine ? "\r\n" : "";
    } else if (block == "outcome") {
      addOutcomeLine(cases.back(), line);
    }
  }
  return cases;
}

std::string statusOrName(uwk::HttpError error) { return std::to_string(uwk::statusOf(error)); }

// What one run made of the bytes, under the names the cases use.
struct Understood {
  std::string outcome;
  std::map<std::string, std::string> parts;
};

Understood readHead(const Case &one, size_t step) {
  Understood result;
  for (size_t size = std::min(step, one.bytes.size());;
       size = std::min(size + step, one.bytes.size())) {
    const test::Head head(std::string_view(one.bytes).substr(0, size));
    if (head.partial() && size < one.bytes.size()) {
      continue;
    }
    if (!head.complete()) {
      result.outcome = head.partial() ? "partial" : statusOrName(head.result.error);
      return result;
    }
    result.outcome = "complete";
    result.parts["method"] = uwk::methodName(head->method);
    result.parts["target"] = head->target;
    result.parts["path"] = head->path;
    result.parts["query"] = head->query.data() == nullptr ? "(none)" : head->query;
    result.parts["host"] = head->host;
    result.parts["version"] = "1." + std::to_string(head->minorVersion);
    result.parts["framing"] = head->framing == uwk::BodyFraming::None ? "none"
                              : head->framing == uwk::BodyFraming::Chunked
                                  ? "chunked"
                                  : std::to_string(head->contentLength);
    const std::string flags =
        std::string(head->close ? " close" : "") + (head->expectContinue ? " expect" : "") +
        (head->upgrade ? " upgrade" : "") + (head->needsNormalising ? " normalise" : "");
    result.parts["flags"] = flags.empty() ? "" : flags.substr(1);
    result.parts["fields"] = std::to_string(head->headerCount);
    for (const auto &[name, value] : one.expected) {
      if (name.starts_with("field ")) {
        const uwk::HeaderField *field = head->find(std::string_view(name).substr(6));
        result.parts[name] = field == nullptr ? "(absent)" : field->value;
      }
    }
    result.parts["rest"] = one.bytes.substr(head.result.consumed);
    return result;
  }
}

Understood readBody(const Case &one, size_t step) {
  const test::Decoded decoded =
      test::decodeChunked(one.bytes, std::vector<size_t>(one.bytes.size() / step, step));
  Understood result;
  result.outcome = decoded.outcome;
  for (unsigned i = 1; i < static_cast<unsigned>(uwk::HttpError::Count); i++) {
    const auto error = static_cast<uwk::HttpError>(i);
    if (decoded.outcome == test::describeError(error)) {
      result.outcome = statusOrName(error);
    }
  }
  result.parts["body"] = decoded.body;
  result.parts["rest"] = one.bytes.substr(decoded.consumed);
  return result;
}

void run(const Case &one) {
  CAPTURE(one.where);
  REQUIRE_FALSE(one.bytes.empty());
  REQUIRE_FALSE(one.outcome.empty());
  for (size_t step = one.bytes.size(); step > 0; step--) {
    CAPTURE(step);
    const Understood got = one.isBody ? readBody(one, step) : readHead(one, step);
    REQUIRE(got.outcome == one.outcome);
    for (const auto &[name, value] : one.expected) {
      CAPTURE(name);
      const auto part = got.parts.find(name);
      REQUIRE_MESSAGE(part != got.parts.end(), "no such part");
      REQUIRE(part->second == value);
    }
  }
}

} // namespace

TEST_CASE("every case of test/conformance/http1") {
  size_t count = 0;
  for (const auto &entry : std::filesystem::directory_iterator(casesDirectory())) {
    if (entry.path().extension() != ".md" || entry.path().filename() == "README.md") {
      continue;
    }
    for (const Case &one : readCases(entry.path())) {
      run(one);
      count++;
    }
  }
  MESSAGE(count << " cases");
  CHECK(count > 150);
}

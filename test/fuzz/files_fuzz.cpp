// SPDX-License-Identifier: MIT
//
// What file routes read from strangers, one line each: "P/raw/path" below a directory, "R<size>
// <Range>" with the size in decimal, "D<date>", "E<Accept-Encoding>". Paths and ranges are held
// against a second, slower reading; dates and codings against what must hold of any answer.
#include <files/AcceptEncoding.h>
#include <files/ByteRange.h>
#include <files/DirectoryPath.h>
#include <files/HttpDate.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace uwk;

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

bool isPathCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && (std::isalnum(byte) != 0 ||
                         std::string_view("-._~!$&'()*+,;=:@").find(c) != std::string_view::npos);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// Decodes one segment; nothing when it is not spelled as it must be.
std::optional<std::string> decodeSegment(const std::string &raw) {
  std::string decoded;
  for (size_t at = 0; at < raw.size(); ++at) {
    char c = raw[at];
    if (c == '%') {
      if (at + 2 >= raw.size() || std::isxdigit(static_cast<unsigned char>(raw[at + 1])) == 0 ||
          std::isxdigit(static_cast<unsigned char>(raw[at + 2])) == 0) {
        return {};
      }
      c = static_cast<char>(std::stoi(raw.substr(at + 1, 2), nullptr, 16));
      if (isPathCharacter(c) || c == '/') {
        return {};
      }
      at += 2;
    }
    if (c == '\0' || c == '\\' || c == ':') {
      return {};
    }
    decoded += c;
  }
  return decoded;
}

std::optional<std::string> referencePath(std::string_view raw, bool dotfiles, bool isHostRoot) {
  std::vector<std::string> segments = split(raw, '/');
  if (segments.back().empty()) {
    segments.pop_back();
  }
  std::string joined;
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::optional<std::string> name = decodeSegment(segments[i]);
    if (!name || name->empty() || *name == "." || *name == "..") {
      return {};
    }
    if (name->front() == '.' && !dotfiles && !(i == 0 && isHostRoot && *name == ".well-known")) {
      return {};
    }
    joined.append(i == 0 ? "" : "/").append(*name);
  }
  if (joined.size() > DirectoryPath::kMaxSize) {
    return {};
  }
  return joined;
}

void checkPath(std::string_view raw) {
  static DirectoryPath path;
  static DirectoryPath again;
  for (const bool dotfiles : {false, true}) {
    for (const bool isHostRoot : {false, true}) {
      const Dotfiles rule = dotfiles ? Dotfiles::Allow : Dotfiles::Deny;
      const std::optional<std::string> expected = referencePath(raw, dotfiles, isHostRoot);
      const bool isTaken = readDirectoryPath(raw, rule, isHostRoot, path);
      require(isTaken == expected.has_value(), "the same paths are taken");
      if (!isTaken) {
        continue;
      }
      require(path.view() == *expected, "the same file is meant");
      require(path.text[path.size] == '\0', "the path is terminated");
      require(path.isDirectory == (raw.empty() || raw.back() == '/'), "what means a directory");
      const std::string spelling = canonicalSpelling(path);
      require(path.isCanonical == (spelling == raw), "what is the canonical spelling");
      require(readDirectoryPath(spelling, rule, isHostRoot, again), "which is taken, too");
      require(again.view() == path.view() && again.isDirectory == path.isDirectory &&
                  again.isCanonical,
              "and means the same file");
    }
  }
}

__extension__ using Wide = unsigned __int128;

// Nothing when it is no number of 64 bits.
std::optional<Wide> number(std::string_view text) {
  Wide value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return {};
    }
    value = value * 10 + static_cast<Wide>(c - '0');
    if (value > UINT64_MAX) {
      return {};
    }
  }
  return text.empty() ? std::nullopt : std::optional<Wide>(value);
}

std::string_view trim(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) {
    return {};
  }
  return text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

RangeChoice referenceRange(std::string_view field, Wide size, Wide &first, Wide &end) {
  first = 0;
  end = size;
  const size_t equals = field.find('=');
  std::string unit(trim(field.substr(0, equals)));
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (equals == std::string_view::npos || unit != "bytes" || field.front() == ' ' ||
      field.front() == '\t') {
    return RangeChoice::Whole;
  }
  const std::string_view range = field.substr(equals + 1);
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) {
    return RangeChoice::Whole;
  }
  const std::string_view from = trim(range.substr(0, dash));
  const std::string_view to = trim(range.substr(dash + 1));
  const std::optional<Wide> low = number(from);
  const std::optional<Wide> high = number(to);
  if ((!low && !from.empty()) || (!high && !to.empty()) || (!low && !high)) {
    return RangeChoice::Whole;
  }
  if (!low) {
    if (*high == 0) {
      return RangeChoice::Unsatisfiable;
    }
    first = *high < size ? size - *high : 0;
    return size == 0 ? RangeChoice::Whole : RangeChoice::Part;
  }
  if (*low >= size) {
    return RangeChoice::Unsatisfiable;
  }
  if (high && *high < *low) {
    return RangeChoice::Whole;
  }
  first = *low;
  end = high ? std::min(*high + 1, size) : size;
  return RangeChoice::Part;
}

void checkRange(std::string_view line) {
  const size_t space = line.find(' ');
  const std::optional<Wide> size = number(line.substr(0, space));
  if (space == std::string_view::npos || !size) {
    return;
  }
  const std::string_view field = line.substr(space + 1);
  ByteRange range;
  const RangeChoice choice = chooseRange(field, static_cast<uint64_t>(*size), range);
  Wide first = 0;
  Wide end = 0;
  require(choice == referenceRange(field, *size, first, end), "the same choice");
  if (choice == RangeChoice::Unsatisfiable) {
    require(range.length == 0, "nothing is sent");
  } else {
    require(Wide{range.length} == end - first, "as many bytes are sent");
    require(range.length == 0 || range.first == first, "the same bytes are sent");
  }
  char out[kMaxContentRange];
  const size_t written = formatContentRange(range, static_cast<uint64_t>(*size), out);
  require(written <= sizeof out && std::string_view(out, 6) == "bytes ", "Content-Range");
}

void checkDate(std::string_view text) {
  constexpr int64_t kNow = 1800000000;
  int64_t seconds = 0;
  if (parseHttpDate(text, kNow, seconds)) {
    char out[kHttpDateSize];
    formatHttpDate(seconds, out);
    int64_t again = 0;
    require(parseHttpDate({out, sizeof out}, kNow, again), "a formatted date is one");
    // Second 60 of the last minute that there is has no successor.
    require(again == seconds || seconds == 253402300800, "and the same one");
    require(!parseIsoDate(text, again), "no date is of both kinds");
  } else if (parseIsoDate(text, seconds)) {
    require(seconds >= -62167219200 - 86400 && seconds <= 253402300800 + 86400, "a plausible time");
  }
}

void checkCodings(std::string_view field) {
  AcceptEncoding whole;
  whole.add(field);
  const AcceptEncoding::Choice choice = whole.preferred();
  require(choice.count <= kCompressions, "no coding comes twice");
  for (size_t i = 0; i < choice.count; ++i) {
    const unsigned quality = whole.quality(choice.codings[i]);
    require(quality > 0 && quality <= 1000, "only what is accepted");
    require(quality >= whole.quality(ContentCoding::Identity), "nothing that is worse than plain");
    require(i == 0 || quality <= whole.quality(choice.codings[i - 1]), "best first");
  }
  AcceptEncoding parts;
  for (const std::string &part : split(field, ',')) {
    parts.add(part);
  }
  for (size_t i = 0; i <= kCompressions; ++i) {
    const auto coding = static_cast<ContentCoding>(i);
    require(parts.quality(coding) == whole.quality(coding), "lines and members are the same");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    if (line.empty()) {
      continue;
    }
    // An exact heap block: the sanitizer sees a byte too many.
    const std::vector<char> exact(line.begin() + 1, line.end());
    const std::string_view rest(exact.data(), exact.size());
    switch (line.front()) {
    case 'P':
      checkPath(rest);
      break;
    case 'R':
      checkRange(rest);
      break;
    case 'D':
      checkDate(rest);
      break;
    case 'E':
      checkCodings(rest);
      break;
    default:
      break;
    }
  }
  return 0;
}

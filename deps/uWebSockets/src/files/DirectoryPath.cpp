// SPDX-License-Identifier: MIT
//
// One pass over the bytes; what has to be known of a segment is known at its end.
#include "DirectoryPath.h"

#include "../http/CharTables.h"

#include <cstring>

namespace uwk {

namespace {

constexpr std::string_view kWellKnown = ".well-known";

// pchar of RFC 3986 section 3.3 but for what is percent-encoded.
bool standsForItself(char c) { return chars::is(c, chars::kRegName) || c == ':' || c == '@'; }

// Raw or encoded, these are in no file name: NUL ends names, the others are separators elsewhere.
bool isForbidden(char c) { return c == '\0' || c == '\\' || c == ':'; }

// The byte of "%XX" at `text`; false when it is not one or should have been written plainly.
bool decodeByte(std::string_view text, char &byte) {
  if (text.size() < 3) {
    return false;
  }
  const unsigned high = chars::hexValue(text[1]);
  const unsigned low = chars::hexValue(text[2]);
  if (high > 15 || low > 15) {
    return false;
  }
  byte = static_cast<char>(high << 4 | low);
  return !standsForItself(byte) && byte != '/';
}

bool hasLowerCaseDigit(std::string_view escape) {
  return (escape[1] >= 'a' && escape[1] <= 'f') || (escape[2] >= 'a' && escape[2] <= 'f');
}

bool admits(std::string_view segment, Dotfiles dotfiles, bool isFirst, bool isHostRoot) {
  if (segment.empty() || segment == "." || segment == "..") {
    return false;
  }
  return segment[0] != '.' || dotfiles == Dotfiles::Allow ||
         (isFirst && isHostRoot && segment == kWellKnown);
}

} // namespace

std::string_view DirectoryPath::name() const {
  const std::string_view all = view();
  return all.substr(all.rfind('/') + 1);
}

void DirectoryPath::append(std::string_view more) {
  std::memcpy(text + size, more.data(), more.size());
  truncate(size + more.size());
}

void DirectoryPath::truncate(size_t newSize) {
  size = newSize;
  text[size] = '\0';
}

bool readDirectoryPath(std::string_view raw, Dotfiles dotfiles, bool isHostRoot,
                       DirectoryPath &path) {
  path.size = 0;
  path.isCanonical = true;
  path.isDirectory = raw.empty() || raw.back() == '/';
  size_t segment = 0; // where the current one starts in path.text
  for (size_t at = 0; at < raw.size(); ++at) {
    char byte = raw[at];
    if (byte == '/') {
      if (!admits(path.view().substr(segment), dotfiles, segment == 0, isHostRoot)) {
        return false;
      }
      if (at + 1 == raw.size()) {
        break;
      }
      segment = path.size + 1;
    } else if (byte == '%') {
      const std::string_view escape = raw.substr(at);
      if (!decodeByte(escape, byte)) {
        return false;
      }
      path.isCanonical = path.isCanonical && !hasLowerCaseDigit(escape);
      at += 2;
    } else {
      path.isCanonical = path.isCanonical && standsForItself(byte);
    }
    if (isForbidden(byte) || path.size == DirectoryPath::kMaxSize) {
      return false;
    }
    path.text[path.size++] = byte;
  }
  if (!raw.empty() && raw.back() != '/' &&
      !admits(path.view().substr(segment), dotfiles, segment == 0, isHostRoot)) {
    return false;
  }
  path.text[path.size] = '\0';
  return true;
}

std::string canonicalSpelling(const DirectoryPath &path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string spelled;
  spelled.reserve(path.size + 16);
  for (const char c : path.view()) {
    if (c == '/' || standsForItself(c)) {
      spelled += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      spelled.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  if (path.isDirectory && path.size > 0) {
    spelled += '/';
  }
  return spelled;
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// Walks a list of entity tags member by member; a quoted string may contain commas, so a plain
// split would be wrong.
#include "EntityTag.h"

#include <bit>
#include <cstring>

namespace uwk {

namespace {

constexpr std::string_view kWeakPrefix = "W/";

std::string_view opaque(std::string_view tag) {
  return tag.starts_with(kWeakPrefix) ? tag.substr(kWeakPrefix.size()) : tag;
}

bool equal(std::string_view a, std::string_view b, TagComparison comparison) {
  if (comparison == TagComparison::Strong &&
      (a.starts_with(kWeakPrefix) || b.starts_with(kWeakPrefix))) {
    return false;
  }
  return opaque(a) == opaque(b);
}

bool isSeparator(char c) { return c == ' ' || c == '\t' || c == ','; }

} // namespace

bool entityTagListMatches(std::string_view list, std::string_view tag, TagComparison comparison) {
  if (list == "*") {
    return true;
  }
  size_t at = 0;
  while (at < list.size()) {
    if (isSeparator(list[at])) {
      ++at;
      continue;
    }
    size_t open = list.substr(at).starts_with(kWeakPrefix) ? at + kWeakPrefix.size() : at;
    if (open < list.size() && list[open] == '"') {
      size_t close = list.find('"', open + 1);
      if (close == std::string_view::npos) {
        return false;
      }
      if (equal(list.substr(at, close + 1 - at), tag, comparison)) {
        return true;
      }
      at = close + 1;
      continue;
    }
    // Not a quoted tag: skip the member.
    while (at < list.size() && list[at] != ',') {
      ++at;
    }
  }
  return false;
}

namespace {

// Constants of the XXH64 specification.
constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5;

template <typename Word> uint64_t load(const char *at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word; // little-endian machines only, as the whole tree
}

uint64_t mix(uint64_t lane, uint64_t word) {
  return std::rotl(lane + word * kPrime2, 31) * kPrime1;
}

uint64_t merge(uint64_t hash, uint64_t lane) { return (hash ^ mix(0, lane)) * kPrime1 + kPrime4; }

uint64_t hashStripes(const char *&at, const char *end) {
  uint64_t lanes[4] = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
  do {
    for (uint64_t &lane : lanes) {
      lane = mix(lane, load<uint64_t>(at));
      at += 8;
    }
  } while (end - at >= 32);
  uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
                  std::rotl(lanes[3], 18);
  for (uint64_t lane : lanes) {
    hash = merge(hash, lane);
  }
  return hash;
}

} // namespace

uint64_t xxh64(std::string_view bytes) {
  const char *at = bytes.data();
  const char *end = at + bytes.size();
  uint64_t hash = bytes.size() >= 32 ? hashStripes(at, end) : kPrime5;
  hash += bytes.size();
  for (; end - at >= 8; at += 8) {
    hash = std::rotl(hash ^ mix(0, load<uint64_t>(at)), 27) * kPrime1 + kPrime4;
  }
  if (end - at >= 4) {
    hash = std::rotl(hash ^ (load<uint32_t>(at) * kPrime1), 23) * kPrime2 + kPrime3;
    at += 4;
  }
  for (; at < end; ++at) {
    hash = std::rotl(hash ^ (load<uint8_t>(at) * kPrime5), 11) * kPrime1;
  }
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

std::string makeEntityTag(std::string_view body) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  uint64_t hash = xxh64(body);
  std::string tag(18, '"');
  for (size_t i = 16; i > 0; --i) {
    tag[i] = kDigits[hash & 15];
    hash >>= 4;
  }
  return tag;
}

} // namespace uwk

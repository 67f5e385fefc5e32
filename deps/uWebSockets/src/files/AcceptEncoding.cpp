// SPDX-License-Identifier: MIT
//
// Reads the list member by member. A member that is not well-formed is passed over: a coding that
// was not clearly accepted is not used.
#include "AcceptEncoding.h"

#include "../http/CharTables.h"

namespace uwk {

namespace {

constexpr unsigned kFullQuality = 1000;
constexpr std::string_view kNames[] = {"br", "zstd", "gzip", "identity"};

// qvalue (RFC 9110 section 12.4.2): "0" or "1" and up to three decimals, in thousandths.
bool readQuality(std::string_view text, unsigned &quality) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) {
    return false;
  }
  quality = text[0] == '1' ? kFullQuality : 0;
  text.remove_prefix(1);
  if (text.empty()) {
    return true;
  }
  if (text[0] != '.' || text.size() > 4) {
    return false;
  }
  unsigned weight = 100;
  for (char c : text.substr(1)) {
    if (!chars::is(c, chars::kDigit)) {
      return false;
    }
    quality += static_cast<unsigned>(c - '0') * weight;
    weight /= 10;
  }
  return quality <= kFullQuality;
}

} // namespace

std::string_view contentCodingName(ContentCoding coding) {
  return kNames[static_cast<size_t>(coding)];
}

void AcceptEncoding::add(std::string_view field) {
  while (!field.empty()) {
    const size_t comma = field.find(',');
    addMember(chars::trim(field.substr(0, comma)));
    field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
  }
}

void AcceptEncoding::addMember(std::string_view member) {
  const size_t semicolon = member.find(';');
  const std::string_view name = chars::trim(member.substr(0, semicolon));
  unsigned quality = kFullQuality;
  if (semicolon != std::string_view::npos) {
    const std::string_view weight = chars::trim(member.substr(semicolon + 1));
    if (!chars::equalsIgnoreCase(weight.substr(0, 2), "q=") ||
        !readQuality(weight.substr(2), quality)) {
      return;
    }
  }
  const auto value = static_cast<uint16_t>(quality);
  if (name == "*") {
    others_ = value;
    return;
  }
  for (size_t i = 0; i < named_.size(); ++i) {
    if (chars::equalsIgnoreCase(name, kNames[i])) {
      named_[i] = value;
      return;
    }
  }
  // Section 8.4.1.3: an alias of old clients.
  if (chars::equalsIgnoreCase(name, "x-gzip")) {
    named_[static_cast<size_t>(ContentCoding::Gzip)] = value;
  }
}

unsigned AcceptEncoding::quality(ContentCoding coding) const {
  const uint16_t named = named_[static_cast<size_t>(coding)];
  if (named != kUnset) {
    return named;
  }
  if (others_ != kUnset) {
    return others_;
  }
  // Identity is acceptable unless it is excluded, but anything the client named comes first.
  return coding == ContentCoding::Identity ? 1 : 0;
}

AcceptEncoding::Choice AcceptEncoding::preferred() const {
  Choice choice;
  const unsigned plain = quality(ContentCoding::Identity);
  for (size_t i = 0; i < kCompressions; ++i) {
    const auto coding = static_cast<ContentCoding>(i);
    const unsigned mine = quality(coding);
    if (mine == 0 || mine < plain) {
      continue;
    }
    size_t at = choice.count++;
    for (; at > 0 && quality(choice.codings[at - 1]) < mine; --at) {
      choice.codings[at] = choice.codings[at - 1];
    }
    choice.codings[at] = coding;
  }
  return choice;
}

} // namespace uwk

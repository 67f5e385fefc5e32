// SPDX-License-Identifier: MIT
//
// See names.h.
#include "names.h"

namespace usk {
namespace {

std::string normalised(std::string_view name) {
  if (name.size() > 1 && name.back() == '.') {
    name.remove_suffix(1);
  }
  std::string text(name);
  for (char &letter : text) {
    if (letter >= 'A' && letter <= 'Z') {
      letter = static_cast<char>(letter | 0x20);
    }
  }
  return text;
}

} // namespace

void ServerNames::add(std::string_view name, size_t entry) {
  entries_.insert_or_assign(normalised(name), entry);
}

size_t ServerNames::find(std::string_view name) const {
  if (entries_.empty() || name.empty() || name.size() > kMaxName) {
    return 0;
  }
  std::string text = normalised(name);
  auto found = entries_.find(text);
  if (found == entries_.end()) {
    const size_t label = text.find('.');
    // A client that asks for "*.example.com" itself gets no further than that.
    text.replace(0, label == std::string::npos ? text.size() : label, "*");
    found = entries_.find(text);
  }
  return found == entries_.end() ? 0 : found->second;
}

} // namespace usk

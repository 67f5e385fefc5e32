// SPDX-License-Identifier: MIT
//
// Implementation of the mutations. Bytes that mean something to HTTP, UTF-8 or WebSocket frames are
// preferred over uniform noise, since a parser rejects noise within its first few bytes.
#include "mutator.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace fuzz {
namespace {

constexpr std::array<std::uint8_t, 24> kTelling = {'\r', '\n', ' ',  '\t', ':',  ',',  ';',  '/',
                                                   '%',  '*',  '?',  '#',  '0',  '9',  'a',  'F',
                                                   0,    0x7e, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xff};

int hexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Bytes unescape(const std::string &text) {
  Bytes out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' &&
        hexValue(text[i + 2]) >= 0 && hexValue(text[i + 3]) >= 0) {
      out.push_back(static_cast<std::uint8_t>(hexValue(text[i + 2]) * 16 + hexValue(text[i + 3])));
      i += 3;
    } else {
      i += text[i] == '\\' && i + 1 < text.size() ? 1U : 0U;
      out.push_back(static_cast<std::uint8_t>(text[i]));
    }
  }
  return out;
}

auto position(Bytes &bytes, std::size_t at) {
  return bytes.begin() + static_cast<std::ptrdiff_t>(at);
}

} // namespace

void Mutator::loadDictionary(const std::string &path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find('"');
    const std::size_t last = line.rfind('"');
    if (line.empty() || line[0] == '#' || first == std::string::npos || last == first) {
      continue;
    }
    words_.push_back(unescape(line.substr(first + 1, last - first - 1)));
  }
}

void Mutator::insert(Bytes &input, std::size_t at, const Bytes &piece) {
  const std::size_t room = maxSize_ > input.size() ? maxSize_ - input.size() : 0;
  const auto count = static_cast<std::ptrdiff_t>(std::min(room, piece.size()));
  input.insert(position(input, at), piece.begin(), piece.begin() + count);
}

void Mutator::change(Bytes &input, const Bytes &other) {
  const std::size_t at = below(input.size() + 1);
  const std::size_t length = input.empty() || at == input.size()
                                 ? 0
                                 : 1 + below(std::min<std::size_t>(input.size() - at, 32));
  const Bytes piece(position(input, at), position(input, at + length));
  switch (below(9)) {
  case 0:
    if (length > 0) {
      input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << below(8)));
    }
    break;
  case 1:
    if (length > 0) {
      input[at] = kTelling[below(kTelling.size())];
    }
    break;
  case 2:
    if (length > 0) {
      input[at] = static_cast<std::uint8_t>(below(256));
    }
    break;
  case 3:
    insert(input, at, Bytes(1 + below(4), kTelling[below(kTelling.size())]));
    break;
  case 4:
    input.erase(position(input, at), position(input, at + length));
    break;
  case 5:
    insert(input, below(input.size() + 1), piece);
    break;
  case 6:
    // The head of this input with the tail of another one.
    input.resize(at);
    if (!other.empty()) {
      const std::size_t from = below(other.size());
      insert(input, at, Bytes(other.begin() + static_cast<std::ptrdiff_t>(from), other.end()));
    }
    break;
  case 7:
    // A long run: where limits and buffer growth are.
    insert(input, at,
           Bytes(below(512), input.empty() ? std::uint8_t{'a'} : input[at % input.size()]));
    break;
  default:
    insert(input, at, words_.empty() ? piece : words_[below(words_.size())]);
  }
}

void Mutator::mutate(Bytes &input, const Bytes &other) {
  for (std::size_t left = 1 + below(8); left > 0; left--) {
    change(input, other);
  }
}

} // namespace fuzz

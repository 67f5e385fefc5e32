// SPDX-License-Identifier: MIT
//
// Reads the JSON tables in test/fixtures that native and Jest tests share. Only for files we write
// ourselves: anything malformed ends the program. Strings are UTF-16, as they are in JavaScript.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

class Json {
public:
  enum class Kind { Null, Boolean, Number, String, Array, Object };

  Kind kind = Kind::Null;
  bool boolean = false;
  double number = 0;
  std::u16string string;
  std::vector<Json> items;                           // of arrays
  std::vector<std::pair<std::string, Json>> members; // of objects, in order

  [[nodiscard]] bool isNull() const { return kind == Kind::Null; }

  // The member, or null.
  [[nodiscard]] const Json &operator[](std::string_view name) const {
    static const Json absent;
    for (const auto &[key, value] : members) {
      if (key == name) {
        return value;
      }
    }
    return absent;
  }

  // One byte per unit: how the tables write raw request bytes.
  [[nodiscard]] std::string bytes() const {
    std::string result;
    for (const char16_t unit : string) {
      result.push_back(static_cast<char>(unit));
    }
    return result;
  }
};

class JsonReader {
public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Json read() {
    Json value;
    switch (peek()) {
    case '{':
      readObject(value);
      break;
    case '[':
      value.kind = Json::Kind::Array;
      readList(']', [&] { value.items.push_back(read()); });
      break;
    case '"':
      value.kind = Json::Kind::String;
      value.string = readString();
      break;
    default:
      readWord(value);
    }
    return value;
  }

private:
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "malformed JSON at byte %zu\n", at_);
    std::abort();
  }

  static bool isOneOf(char byte, std::string_view set) {
    return set.find(byte) != std::string_view::npos;
  }

  char peek() {
    while (at_ < text_.size() && isOneOf(text_[at_], " \t\r\n")) {
      ++at_;
    }
    if (at_ == text_.size()) {
      fail();
    }
    return text_[at_];
  }

  void expect(char wanted) {
    if (peek() != wanted) {
      fail();
    }
    ++at_;
  }

  template <typename ReadItem> void readList(char close, ReadItem readItem) {
    ++at_;
    if (peek() == close) {
      ++at_;
      return;
    }
    for (;;) {
      readItem();
      if (peek() == close) {
        ++at_;
        return;
      }
      expect(',');
    }
  }

  void readObject(Json &value) {
    value.kind = Json::Kind::Object;
    readList('}', [&] {
      peek();
      std::string key;
      for (const char16_t unit : readString()) {
        key.push_back(static_cast<char>(unit));
      }
      expect(':');
      value.members.emplace_back(std::move(key), read());
    });
  }

  std::u16string readString() {
    std::u16string result;
    expect('"');
    while (at_ < text_.size() && text_[at_] != '"') {
      const char next = text_[at_++];
      result.push_back(next == '\\' ? readEscape() : static_cast<char16_t>(next));
    }
    expect('"');
    return result;
  }

  char16_t readEscape() {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = text_[at_++];
    if (letter == 'u') {
      const std::string digits(text_.substr(at_, 4));
      at_ += 4;
      return static_cast<char16_t>(std::strtoul(digits.c_str(), nullptr, 16));
    }
    const size_t index = kLetters.find(letter);
    if (index == std::string_view::npos) {
      fail();
    }
    return static_cast<char16_t>(kMeanings[index]);
  }

  void readWord(Json &value) {
    const size_t start = at_;
    while (at_ < text_.size() && !isOneOf(text_[at_], ",]} \t\r\n")) {
      ++at_;
    }
    const std::string word(text_.substr(start, at_ - start));
    if (word == "true" || word == "false") {
      value.kind = Json::Kind::Boolean;
      value.boolean = word == "true";
    } else if (word != "null") {
      value.kind = Json::Kind::Number;
      value.number = std::strtod(word.c_str(), nullptr);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

// A file below test/fixtures; tests run in the root of the repository.
inline Json readFixture(const std::string &name) {
  std::ifstream stream("test/fixtures/" + name, std::ios::binary);
  if (!stream) {
    std::fprintf(stderr, "no fixture %s\n", name.c_str());
    std::abort();
  }
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  return JsonReader(text).read();
}

} // namespace test

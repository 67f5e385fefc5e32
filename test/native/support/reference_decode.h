// SPDX-License-Identifier: MIT
//
// Percent-decoding written out rule by rule, and the UTF-8 decoder of the WHATWG Encoding standard
// step by step. Shares nothing with the library; uri_decode_test and the fuzzer compare the two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace test {

class ReferenceDecoder {
public:
  static std::u16string decode(std::string_view raw) {
    ReferenceDecoder decoder(raw);
    decoder.run();
    return decoder.out_;
  }

  // Raw bytes alone, as TextDecoder({ignoreBOM: true}) reads them.
  static std::u16string decodeUtf8(std::string_view bytes) {
    ReferenceDecoder decoder(bytes);
    decoder.utf8(bytes);
    return decoder.out_;
  }

private:
  explicit ReferenceDecoder(std::string_view raw) : raw_(raw) {}

  void run() {
    while (at_ < raw_.size()) {
      if (raw_[at_] == '%') {
        escape();
        continue;
      }
      const size_t end = std::min(raw_.find('%', at_), raw_.size());
      utf8(raw_.substr(at_, end - at_));
      at_ = end;
    }
  }

  // Encoding standard, "UTF-8 decoder".
  void utf8(std::string_view bytes) {
    unsigned needed = 0;
    unsigned lower = 0x80;
    unsigned upper = 0xbf;
    char32_t value = 0;
    size_t index = 0;
    while (index < bytes.size()) {
      const unsigned byte = static_cast<unsigned char>(bytes[index]);
      if (needed == 0) {
        ++index;
        if (byte < 0x80) {
          append(byte);
        } else if (byte >= 0xc2 && byte <= 0xdf) {
          needed = 1;
          value = byte & 0x1f;
        } else if (byte >= 0xe0 && byte <= 0xef) {
          lower = byte == 0xe0 ? 0xa0 : 0x80;
          upper = byte == 0xed ? 0x9f : 0xbf;
          needed = 2;
          value = byte & 0xf;
        } else if (byte >= 0xf0 && byte <= 0xf4) {
          lower = byte == 0xf0 ? 0x90 : 0x80;
          upper = byte == 0xf4 ? 0x8f : 0xbf;
          needed = 3;
          value = byte & 0x7;
        } else {
          append(0xfffd);
        }
        continue;
      }
      const bool isExpected = byte >= lower && byte <= upper;
      lower = 0x80;
      upper = 0xbf;
      if (!isExpected) {
        needed = 0; // and the byte is looked at again
        append(0xfffd);
        continue;
      }
      ++index;
      value = value << 6 | (byte & 0x3f);
      if (--needed == 0) {
        append(value);
      }
    }
    if (needed != 0) {
      append(0xfffd);
    }
  }

  // The byte of the escape at `at`, or -1 if there is none.
  [[nodiscard]] int escapeAt(size_t at) const {
    if (at + 2 >= raw_.size() || raw_[at] != '%') {
      return -1;
    }
    constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    const std::string pair(raw_.substr(at + 1, 2));
    return pair.find_first_not_of(kDigits) != std::string::npos
               ? -1
               : static_cast<int>(std::strtol(pair.c_str(), nullptr, 16));
  }

  void escape() {
    if (at_ + 2 >= raw_.size()) {
      at_ += 1;
      return append(0xfffd);
    }
    const int lead = escapeAt(at_);
    at_ += 3;
    if (lead < 0) {
      return append(0xfffd);
    }
    if (lead < 0x80) {
      return append(static_cast<char32_t>(lead));
    }
    if (lead < 0xc0 || lead >= 0xf8) {
      return append(0xfffd);
    }
    const int count = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t value = static_cast<char32_t>(lead) & (count == 1 ? 0x1f : count == 2 ? 0xf : 0x7);
    for (int index = 0; index < count; ++index) {
      const int next = escapeAt(at_);
      if (next < 0x80 || next >= 0xc0) {
        return append(0xfffd);
      }
      value = value * 64 + static_cast<char32_t>(next - 0x80);
      at_ += 3;
    }
    const char32_t least = count == 1 ? 0x80 : count == 2 ? 0x800 : 0x10000;
    const bool isSurrogate = value >= 0xd800 && value < 0xe000;
    append(value < least || value > 0x10ffff || isSurrogate ? char32_t{0xfffd} : value);
  }

  void append(char32_t value) {
    if (value > 0xffff) {
      out_.push_back(static_cast<char16_t>(0xd800 + (value - 0x10000) / 0x400));
      out_.push_back(static_cast<char16_t>(0xdc00 + (value - 0x10000) % 0x400));
    } else {
      out_.push_back(static_cast<char16_t>(value));
    }
  }

  std::string_view raw_;
  size_t at_ = 0;
  std::u16string out_;
};

} // namespace test

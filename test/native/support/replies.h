// SPDX-License-Identifier: MIT
//
// Responses as a client reads them: a byte stream cut into status, fields and body by RFC 9112
// section 6.3, incrementally, chunked bodies decoded. Anything that is no response is a fault,
// never skipped. Bodies that end with the connection are not told from empty ones.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace uwk::test {

struct Reply {
  unsigned status = 0;
  std::string head; // with the blank line
  std::string body;
  size_t chunks = 0; // without the last one

  // Value of the first field of that name as it is written, or "-".
  [[nodiscard]] std::string field(std::string_view name) const {
    const std::string start = std::string("\r\n").append(name).append(": ");
    const size_t at = head.find(start);
    return at == std::string::npos
               ? "-"
               : head.substr(at + start.size(),
                             head.find("\r\n", at + start.size()) - at - start.size());
  }
};

class Replies {
public:
  // The n-th reply belongs to a HEAD request when the n-th letter is 'H'; others have bodies.
  explicit Replies(std::string_view kinds = {}) : kinds_(kinds) {}
  // For when it is not known which requests the replies belong to: our server sends a Date with
  // everything that has a body, and with nothing else.
  static Replies tellingBodiesByDate() {
    Replies replies;
    replies.byDate_ = true;
    return replies;
  }

  // Reads on in `received`, which only ever grows. Returns the number of complete replies.
  size_t update(std::string_view received) {
    while (fault_.empty() && next(received)) {
    }
    return all_.size();
  }

  [[nodiscard]] size_t size() const { return all_.size(); }
  [[nodiscard]] const Reply &operator[](size_t index) const { return all_[index]; }
  [[nodiscard]] const std::string &fault() const { return fault_; }
  // Bytes of complete replies.
  [[nodiscard]] size_t used() const { return at_; }
  // "200,400": every final status, interim ones as "100+".
  [[nodiscard]] std::string statuses() const {
    std::string text;
    for (const Reply &reply : all_) {
      if (!text.empty() && text.back() != '+') {
        text += ',';
      }
      text += std::to_string(reply.status);
      if (reply.status < 200) {
        text += '+';
      }
    }
    return text;
  }

private:
  bool next(std::string_view received) {
    const std::string_view rest = received.substr(at_);
    constexpr std::string_view kVersion = "HTTP/1.1 ";
    if (rest.substr(0, kVersion.size()) != kVersion.substr(0, rest.size())) {
      fault_ = "not a response: " + std::string(rest.substr(0, 60));
      return false;
    }
    const size_t end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      return false;
    }
    Reply reply;
    reply.head = rest.substr(0, end + 4);
    std::from_chars(rest.data() + kVersion.size(), rest.data() + kVersion.size() + 3, reply.status);
    size_t length = 0;
    std::string text = reply.field("Content-Length");
    text = text == "-" ? reply.field("content-length") : text;
    const bool isHead =
        byDate_ ? reply.field("Date") == "-" : finals_ < kinds_.size() && kinds_[finals_] == 'H';
    if (text != "-" && !isHead && reply.status != 204 && reply.status != 304) {
      std::from_chars(text.data(), text.data() + text.size(), length);
    }
    if (!isHead && reply.field("Transfer-Encoding") == "chunked") {
      size_t used = end + 4;
      if (!readChunks(rest, used, reply)) {
        return false;
      }
      length = used - end - 4;
    } else {
      if (rest.size() - end - 4 < length) {
        return false;
      }
      reply.body = rest.substr(end + 4, length);
    }
    at_ += end + 4 + length;
    finals_ += reply.status >= 200;
    all_.push_back(std::move(reply));
    return true;
  }

  // Moves `at` behind the last chunk. False when the body is not complete, or is none.
  bool readChunks(std::string_view rest, size_t &at, Reply &reply) {
    for (;;) {
      const size_t line = rest.find("\r\n", at);
      if (line == std::string_view::npos) {
        return false;
      }
      size_t size = 0;
      const auto [parsed, error] = std::from_chars(rest.data() + at, rest.data() + line, size, 16);
      if (error != std::errc{} || parsed != rest.data() + line) {
        fault_ = "not a chunk size: " + std::string(rest.substr(at, line - at));
        return false;
      }
      if (rest.size() < line + 2 + size + 2) {
        return false;
      }
      if (rest.substr(line + 2 + size, 2) != "\r\n") {
        fault_ = "not the end of a chunk";
        return false;
      }
      at = line + 2 + size + 2;
      if (size == 0) {
        return true;
      }
      reply.body.append(rest.substr(line + 2, size));
      reply.chunks++;
    }
  }

  std::string kinds_;
  bool byDate_ = false;
  std::vector<Reply> all_;
  std::string fault_;
  size_t at_ = 0;
  size_t finals_ = 0;
};

} // namespace uwk::test

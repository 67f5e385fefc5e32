// SPDX-License-Identifier: MIT
//
// Well-formed requests as bytes.
#pragma once

#include <string>
#include <string_view>

namespace uwk::test {

inline std::string request(std::string_view method, std::string_view path,
                           std::string_view fields = {}) {
  return std::string(method)
      .append(" ")
      .append(path)
      .append(" HTTP/1.1\r\nHost: h\r\n")
      .append(fields)
      .append("\r\n");
}

inline std::string get(std::string_view path, std::string_view fields = {}) {
  return request("GET", path, fields);
}

inline std::string post(std::string_view path, std::string_view body,
                        std::string_view fields = {}) {
  return request("POST", path,
                 std::string("Content-Length: ")
                     .append(std::to_string(body.size()))
                     .append("\r\n")
                     .append(fields)) +
         std::string(body);
}

inline std::string chunk(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string size;
  for (size_t rest = bytes.size(); rest > 0; rest /= 16) {
    size.insert(size.begin(), kDigits[rest % 16]);
  }
  return (size.empty() ? "0" : size) + "\r\n" + std::string(bytes) + "\r\n";
}

// The head alone; chunks follow.
inline std::string postChunked(std::string_view path) {
  return request("POST", path, "Transfer-Encoding: chunked\r\n");
}

} // namespace uwk::test

// SPDX-License-Identifier: MIT
//
// A second opinion on request heads: byte by byte, line by line, with strings and copies, sharing
// no code with the parser. It says the same as the parser for every prefix of every input, in the
// same words (split_driver.h). Rules that need a whole line run at its LF, rules that a prefix can
// already break run at every byte. Header only: tests and fuzz targets are built apart.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test::reference {

inline constexpr size_t kHeadLimit = 16383;
inline constexpr size_t kFieldLimit = 198;

inline bool isOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
inline bool isAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
inline bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool isVisible(char c) { return c > 0x20 && c < 0x7f; }
inline bool isTokenChar(char c) {
  return isDigit(c) || isLetter(c) || isOneOf(c, "!#$%&'*+-.^_`|~");
}
inline bool isHex(char c) { return isDigit(c) || isOneOf(c, "abcdefABCDEF"); }

inline std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return isAscii(c) ? static_cast<char>(std::tolower(c)) : c; });
  return result;
}

inline std::vector<std::string> split(std::string_view text, char separator) {
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

inline std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

inline bool allOf(std::string_view text, bool (*test)(char)) {
  return std::all_of(text.begin(), text.end(), test);
}

inline bool isQuad(std::string_view name) {
  const auto parts = split(name, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string &part) {
           return !part.empty() && part.size() <= 3 && allOf(part, isDigit) &&
                  std::stoi(part) <= 255 && (part.size() == 1 || part[0] != '0');
         });
}

inline bool looksNumeric(std::string_view name) {
  auto labels = split(name, '.');
  if (labels.size() > 1 && labels.back().empty()) {
    labels.pop_back();
  }
  const std::string &last = labels.back();
  if (last.empty()) {
    return false;
  }
  return allOf(last, isDigit) || (last.starts_with("0x") && allOf(last.substr(2), isHex));
}

// %2e is a dot; a segment of one or two is a dot segment to the URL standard.
inline bool isDots(std::string_view segment) {
  std::string plain;
  for (size_t i = 0; i < segment.size(); i++) {
    if (lowered(segment.substr(i, 3)) == "%2e") {
      plain += '.';
      i += 2;
    } else {
      plain += segment[i];
    }
  }
  return plain == "." || plain == "..";
}

inline bool wouldChange(std::string_view path, std::string_view query) {
  for (const char c : path) {
    if (!isAscii(c) || isOneOf(c, "\"<>\\^`{}")) {
      return true;
    }
  }
  for (const std::string &segment : split(path, '/')) {
    if (isDots(segment)) {
      return true;
    }
  }
  return std::any_of(query.begin(), query.end(),
                     [](char c) { return !isAscii(c) || isOneOf(c, "\"'<>"); });
}

inline constexpr std::array kKnownMethods = {
    "GET",           "HEAD",       "POST",   "PUT",      "DELETE", "PATCH",
    "OPTIONS",       "CONNECT",    "TRACE",  "ACL",      "BIND",   "CHECKOUT",
    "COPY",          "LINK",       "LOCK",   "M-SEARCH", "MERGE",  "MKACTIVITY",
    "MKADDRESSBOOK", "MKCALENDAR", "MKCOL",  "MOVE",     "NOTIFY", "PROPFIND",
    "PROPPATCH",     "PURGE",      "QUERY",  "REBIND",   "REPORT", "SEARCH",
    "SOURCE",        "SUBSCRIBE",  "UNBIND", "UNLINK",   "UNLOCK", "UNSUBSCRIBE",
};

struct Host {
  bool valid = false;
  bool canonical = false;
  bool hasPort = false;
};

inline Host checkHost(std::string_view authority) {
  Host result;
  std::string name(authority);
  std::string port;
  const size_t colon = authority.rfind(':');
  const bool bracketed = authority.starts_with('[');
  const bool colonIsPort =
      colon != std::string_view::npos && (!bracketed || authority[colon - 1] == ']');
  if (colonIsPort) {
    name = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (bracketed) {
    in6_addr address{};
    if (!name.ends_with(']') || name.find('\0') != std::string::npos ||
        inet_pton(AF_INET6, name.substr(1, name.size() - 2).c_str(), &address) != 1) {
      return result;
    }
  } else {
    if (name.empty()) {
      return result;
    }
    for (size_t i = 0; i < name.size(); i++) {
      const char c = name[i];
      if (c == '%') {
        if (i + 2 >= name.size() || !isHex(name[i + 1]) || !isHex(name[i + 2])) {
          return result;
        }
        i += 2;
      } else if (!isDigit(c) && !isLetter(c) && !isOneOf(c, "-._~!$&'()*+,;=")) {
        return result;
      }
    }
  }
  if (!allOf(port, isDigit)) {
    return result;
  }
  const size_t significant = std::min(port.find_first_not_of('0'), port.size());
  if (port.size() - significant > 5 ||
      (!port.empty() && std::stol("0" + port.substr(significant)) > 65535)) {
    return result;
  }
  result.valid = true;
  result.hasPort = !port.empty();
  result.canonical =
      !bracketed &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
  result.canonical = result.canonical && name.find("--") == std::string::npos;
  result.canonical = result.canonical && (isQuad(name) || !looksNumeric(name));
  if (colonIsPort) {
    result.canonical = result.canonical && !port.empty() && port != "80" && port != "443" &&
                       (port == "0" || port[0] != '0');
  }
  return result;
}

struct Head {
  void feed(char c) {
    if (outcome.empty()) {
      take(c);
    }
  }
  [[nodiscard]] bool known() const { return !outcome.empty(); }
  [[nodiscard]] std::string describe() const { return known() ? outcome : "partial"; }

  std::string outcome; // set when known
  size_t received = 0;
  size_t headSize = 0;
  bool inHead = false; // past the tolerated CRLF
  bool sawCr = false;  // the last byte
  bool requestLine = true;
  std::string line;
  std::string method, target, path, query, host;
  bool hasQuery = false;
  bool absolute = false;
  bool normalise = false;
  int minor = 1;
  bool close = false, expect = false, listsUpgrade = false;
  std::optional<uint64_t> length;
  bool chunked = false;
  std::vector<std::pair<std::string, std::string>> fields;

  void fail(const char *name) {
    if (outcome.empty()) {
      outcome = std::string("error ") + name;
    }
  }
  void bad() { fail("BadRequest"); }

  void take(char c) {
    received++;
    if (!inHead && feedBefore(c)) {
      return;
    }
    if (++headSize > kHeadLimit) {
      return fail("HeadTooLarge");
    }
    if (sawCr) {
      sawCr = false;
      if (c != '\n') {
        return bad();
      }
      return requestLine ? endRequestLine() : endFieldLine();
    }
    if (!requestLine && line.empty() && c != '\r' && fields.size() == kFieldLimit) {
      return fail("HeadTooLarge");
    }
    if (c == '\r') {
      sawCr = true;
      return requestLine ? judgeRequestLine(true) : judgeField(true);
    }
    line += c;
    return requestLine ? judgeRequestLine(false) : judgeField(false);
  }

  // True when the byte belongs to the CRLF that may come before the request line.
  bool feedBefore(char c) {
    if (sawCr) {
      sawCr = false;
      inHead = true;
      if (c != '\n') {
        bad();
      }
      return true;
    }
    if (received == 1 && c == '\r') {
      sawCr = true;
      return true;
    }
    inHead = true;
    return false;
  }

  // `ended`: the CR of the line is there.
  void judgeRequestLine(bool ended) {
    const size_t space = line.find(' ');
    const std::string verb = line.substr(0, space);
    if (verb.empty() || !allOf(verb, isTokenChar)) {
      return bad();
    }
    if (space == std::string::npos) {
      return ended ? bad() : void();
    }
    const std::string rest = line.substr(space + 1);
    const size_t second = rest.find(' ');
    const bool whole = second != std::string::npos || ended;
    if (rest.empty() && !ended) {
      return;
    }
    if (!judgeTarget(verb, rest.substr(0, second), whole)) {
      return bad();
    }
    if (second != std::string::npos && !allOf(rest.substr(second + 1), isVisible)) {
      return bad();
    }
  }

  bool judgeTarget(const std::string &verb, const std::string &text, bool whole) {
    if (text.empty()) {
      return false;
    }
    if (!allOf(text, [](char c) { return (isVisible(c) && c != '#') || !isAscii(c); })) {
      return false;
    }
    if (verb == "CONNECT") {
      const Host check = checkHost(text);
      return allOf(text, [](char c) { return isAscii(c) && c != '/' && c != '?'; }) &&
             (!whole || (check.valid && check.hasPort));
    }
    if (text[0] == '/') {
      return true;
    }
    if (text[0] == '*') {
      return verb == "OPTIONS" && text.size() == 1;
    }
    const std::string start = lowered(text);
    for (const std::string scheme : {"http://", "https://"}) {
      if (start.starts_with(scheme)) {
        const std::string after = text.substr(scheme.size());
        const size_t end = after.find_first_of("/?");
        const std::string authority = after.substr(0, end);
        return allOf(authority, isAscii) &&
               ((end == std::string::npos && !whole) || checkHost(authority).valid);
      }
      if (!whole && scheme.starts_with(start)) {
        return true;
      }
    }
    return false;
  }

  void endRequestLine() {
    const auto parts = split(line, ' ');
    method = parts[0];
    target = parts[1];
    if (parts.size() < 3 || (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0")) {
      return fail("VersionNotSupported");
    }
    minor = parts[2] == "HTTP/1.1" ? 1 : 0;
    std::string rest = target;
    if (method != "CONNECT" && target[0] != '/' && target[0] != '*') {
      absolute = true;
      const size_t start = target.find("://") + 3;
      const size_t end = std::min(target.find_first_of("/?", start), target.size());
      host = target.substr(start, end - start);
      rest = target.substr(end);
      normalise = !checkHost(host).canonical;
    }
    const size_t mark = rest.find('?');
    hasQuery = mark != std::string::npos && method != "CONNECT";
    path = hasQuery ? rest.substr(0, mark) : rest;
    query = hasQuery ? rest.substr(mark + 1) : "";
    normalise = normalise || (method != "CONNECT" && wouldChange(path, query));
    path = path.empty() ? "/" : path;
    requestLine = false;
    line.clear();
  }

  void judgeField(bool ended) {
    if (line.empty()) {
      return; // the blank line's CR
    }
    const size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    if (name.empty() || !allOf(name, isTokenChar)) {
      return bad();
    }
    if (colon == std::string::npos) {
      return ended ? bad() : void();
    }
    if (!allOf(line.substr(colon + 1),
               [](char c) { return isVisible(c) || !isAscii(c) || c == ' ' || c == '\t'; })) {
      return bad();
    }
  }

  void endFieldLine() {
    if (line.empty()) {
      return endHead();
    }
    const size_t colon = line.find(':');
    const std::string name = lowered(line.substr(0, colon));
    const std::string value = trimmed(line.substr(colon + 1));
    if (name == "host" && count("host") > 0) {
      return bad();
    }
    if (name == "content-length") {
      const size_t significant = std::min(value.find_first_not_of('0'), value.size());
      if (chunked || length || value.empty() || !allOf(value, isDigit) ||
          value.size() - significant > 16 ||
          std::stoull("0" + value.substr(significant)) > 9007199254740991u) {
        return bad();
      }
      length = std::stoull("0" + value.substr(significant));
    }
    if (name == "transfer-encoding") {
      std::vector<std::string> codings;
      for (const std::string &member : split(value, ',')) {
        if (!trimmed(member).empty()) {
          codings.push_back(lowered(trimmed(member)));
        }
      }
      if (chunked || length || minor == 0 || codings != std::vector<std::string>{"chunked"}) {
        return bad();
      }
      chunked = true;
    }
    if (name == "connection") {
      for (const std::string &member : split(value, ',')) {
        close = close || lowered(trimmed(member)) == "close";
        listsUpgrade = listsUpgrade || lowered(trimmed(member)) == "upgrade";
      }
    }
    if (name == "expect" && minor == 1) {
      for (const auto &member : split(value, ',')) {
        const std::string wanted = lowered(trimmed(member));
        expect = expect || wanted == "100-continue";
        if (!wanted.empty() && wanted != "100-continue") {
          fail("ExpectationFailed");
        }
      }
    }
    fields.emplace_back(line.substr(0, colon), value);
    line.clear();
  }

  size_t count(std::string_view name) const {
    return static_cast<size_t>(std::count_if(fields.begin(), fields.end(), [&](const auto &field) {
      return lowered(field.first) == name;
    }));
  }

  void endHead() {
    for (const auto &[name, value] : fields) {
      if (lowered(name) == "host") {
        const Host check = checkHost(value);
        if (!check.valid) {
          return bad();
        }
        if (!absolute) {
          host = value;
          normalise = normalise || !check.canonical;
        }
      }
    }
    if (minor == 1 && count("host") == 0) {
      return bad();
    }
    if (method == "TRACE") {
      return fail("MethodNotAllowed");
    }
    if (method == "CONNECT" ||
        std::find(kKnownMethods.begin(), kKnownMethods.end(), method) == kKnownMethods.end()) {
      return fail("NotImplemented");
    }
    outcome = "complete " + std::to_string(received) + "/" + std::to_string(headSize) + " " +
              method + " 1." + std::to_string(minor) + "\ntarget=" + target + "\npath=" + path +
              "\nquery=" + (hasQuery ? query : "(none)") + "\nhost=" + host + "\nframing=" +
              (chunked  ? "chunked"
               : length ? std::to_string(*length)
                        : "none") +
              "\nflags=" + (close || minor == 0 ? " close" : "") + (expect ? " expect" : "") +
              (listsUpgrade && minor == 1 && count("upgrade") > 0 ? " upgrade" : "") +
              (normalise ? " normalise" : "");
    for (const auto &[name, value] : fields) {
      outcome += "\n" + name + ": " + value;
    }
  }
};

[[nodiscard]] inline std::string parse(std::string_view text) {
  Head head;
  for (size_t i = 0; i < text.size() && !head.known(); i++) {
    head.feed(text[i]);
  }
  return head.describe();
}

} // namespace test::reference

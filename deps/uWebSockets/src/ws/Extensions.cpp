// SPDX-License-Identifier: MIT
//
// A tokenizer for `#( token *( ";" token [ "=" ( token | quoted-string ) ] ) )`, and the rules of
// RFC 7692 section 7.1. Anything unknown, repeated or out of range declines the offer.
#include "Extensions.h"

#include "../http/CharTables.h"

#include <algorithm>
#include <utility>

namespace uwk::ws {

namespace {

constexpr std::string_view kName = "permessage-deflate";

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool atEnd() const { return text_.empty(); }
  void skipSpace() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
      text_.remove_prefix(1);
    }
  }
  bool take(char wanted) {
    skipSpace();
    if (text_.empty() || text_.front() != wanted) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }
  // Empty when there is none.
  std::string_view token() {
    skipSpace();
    size_t size = 0;
    while (size < text_.size() && chars::is(text_[size], chars::kToken)) {
      ++size;
    }
    const std::string_view found = text_.substr(0, size);
    text_.remove_prefix(size);
    return found;
  }
  // A token, or a quoted one: no parameter of ours needs escapes.
  std::string_view value() {
    if (!take('"')) {
      return token();
    }
    const size_t end = text_.find('"');
    if (end == std::string_view::npos) {
      text_ = {};
      return {};
    }
    const std::string_view found = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return found;
  }
  // To behind the comma that ends the element, wherever the syntax went wrong.
  void skipElement() {
    bool quoted = false;
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return;
      }
    }
  }

private:
  std::string_view text_;
};

struct Offer {
  bool serverNoTakeover = false;
  bool clientNoTakeover = false;
  bool hasClientWindow = false;
  uint8_t serverWindow = 0; // 0: not said
  uint8_t clientWindow = 0; // 0: not said, or without a value
};

// A decimal number from 8 to 15 without leading zeros; else 0.
uint8_t windowBits(std::string_view text) {
  if (text == "8" || text == "9") {
    return static_cast<uint8_t>(text[0] - '0');
  }
  if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') {
    return static_cast<uint8_t>(10 + (text[1] - '0'));
  }
  return 0;
}

// False for a parameter that nobody knows, or that was there before.
bool addParameter(Offer &offer, std::string_view name, bool hasValue, std::string_view value) {
  if (name == "server_no_context_takeover") {
    return !hasValue && !std::exchange(offer.serverNoTakeover, true);
  }
  if (name == "client_no_context_takeover") {
    return !hasValue && !std::exchange(offer.clientNoTakeover, true);
  }
  if (name == "server_max_window_bits") {
    const bool repeated = offer.serverWindow != 0;
    offer.serverWindow = windowBits(value);
    return !repeated && offer.serverWindow != 0;
  }
  if (name == "client_max_window_bits") {
    if (std::exchange(offer.hasClientWindow, true)) {
      return false;
    }
    offer.clientWindow = windowBits(value);
    return !hasValue || offer.clientWindow != 0;
  }
  return false;
}

// Reads one element of the list and what separates it from the next one. False when it is not an
// offer that could be accepted.
bool readOffer(Scanner &scanner, Offer &offer) {
  const std::string_view name = scanner.token();
  bool fine = name == kName;
  while (fine && scanner.take(';')) {
    const std::string_view parameter = scanner.token();
    const bool hasValue = scanner.take('=');
    fine =
        addParameter(offer, parameter, hasValue, hasValue ? scanner.value() : std::string_view{});
  }
  scanner.skipSpace();
  if (fine && (scanner.atEnd() || scanner.take(','))) {
    return true;
  }
  scanner.skipElement();
  return false;
}

void append(std::string &out, std::string_view name, unsigned number = 0) {
  out.append("; ").append(name);
  if (number != 0) {
    out.append("=").append(std::to_string(number));
  }
}

// How the client compresses is for its offer and for us to limit.
uint8_t agreeOnClient(const Offer &offer, const DeflateOptions &options, std::string &response) {
  uint8_t window = options.decompressWindow;
  if (offer.clientNoTakeover || (window < 15 && !offer.hasClientWindow)) {
    window = 0;
  } else if (offer.clientWindow != 0) {
    window = std::min(window, offer.clientWindow);
  }
  if (window == 0) {
    append(response, "client_no_context_takeover");
  } else if (window < 15) {
    append(response, "client_max_window_bits", window);
  }
  return window;
}

// False when the client asks for a smaller window than the shared compressor's.
bool agreeOnServer(const Offer &offer, const DeflateOptions &options, uint8_t &window,
                   std::string &response) {
  window = offer.serverNoTakeover ? uint8_t{0} : options.compressWindow;
  if (window == 0) {
    append(response, "server_no_context_takeover");
    if (offer.serverWindow != 0) {
      append(response, "server_max_window_bits", offer.serverWindow);
    }
    return offer.serverWindow == 0 || offer.serverWindow == 15;
  }
  if (offer.serverWindow != 0) {
    window = std::min(window, offer.serverWindow);
  }
  if (window < 15 || offer.serverWindow != 0) {
    append(response, "server_max_window_bits", window);
  }
  return true;
}

} // namespace

DeflateAgreement negotiate(std::string_view offers, const DeflateOptions &options) {
  DeflateAgreement agreement;
  Scanner scanner(offers);
  scanner.skipSpace();
  while (options.enabled && !scanner.atEnd()) {
    Offer offer;
    if (readOffer(scanner, offer)) {
      agreement.response = kName;
      agreement.decompressWindow = agreeOnClient(offer, options, agreement.response);
      if (agreeOnServer(offer, options, agreement.compressWindow, agreement.response)) {
        agreement.agreed = true;
        return agreement;
      }
    }
    scanner.skipSpace();
  }
  return {};
}

} // namespace uwk::ws

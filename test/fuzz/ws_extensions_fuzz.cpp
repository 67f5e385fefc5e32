// SPDX-License-Identifier: MIT
//
// Offers of extensions: the first bytes are the server's options, the rest is the field. What is
// agreed upon must be something the server has, say so in a response of the grammar, and use no
// parameter that needs an offer without one. A second negotiation comes to the same.
#include <ws/Extensions.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

struct Response {
  bool serverForgets = false;
  bool clientForgets = false;
  unsigned serverWindow = 0;
  unsigned clientWindow = 0;
};

unsigned windowOf(std::string_view &rest) {
  unsigned number = 0;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    number = number * 10 + static_cast<unsigned>(rest[0] - '0');
    rest.remove_prefix(1);
  }
  require(number >= 8 && number <= 15, "a window is 8 to 15");
  return number;
}

bool take(std::string_view &rest, std::string_view what) {
  if (!rest.starts_with(what)) {
    return false;
  }
  rest.remove_prefix(what.size());
  return true;
}

Response parse(std::string_view rest) {
  Response response;
  require(take(rest, "permessage-deflate"), "the name");
  while (!rest.empty()) {
    require(take(rest, "; "), "parameters are separated");
    if (take(rest, "server_no_context_takeover")) {
      require(!response.serverForgets, "no parameter twice");
      response.serverForgets = true;
    } else if (take(rest, "client_no_context_takeover")) {
      require(!response.clientForgets, "no parameter twice");
      response.clientForgets = true;
    } else if (take(rest, "server_max_window_bits=")) {
      require(response.serverWindow == 0, "no parameter twice");
      response.serverWindow = windowOf(rest);
    } else {
      require(take(rest, "client_max_window_bits="), "a known parameter");
      require(response.clientWindow == 0, "no parameter twice");
      response.clientWindow = windowOf(rest);
    }
  }
  return response;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) {
    return 0;
  }
  static constexpr uint8_t kWindows[] = {0, 9, 10, 11, 12, 13, 14, 15};
  const uwk::ws::DeflateOptions options{.enabled = (data[0] & 0x80) == 0,
                                        .compressWindow = kWindows[data[0] & 7],
                                        .memoryLevel = static_cast<uint8_t>(1 + data[1] % 9),
                                        .decompressWindow = kWindows[(data[0] >> 3) & 7]};
  std::string offers(reinterpret_cast<const char *>(data) + 2, size - 2);
  offers.shrink_to_fit();
  const uwk::ws::DeflateAgreement agreed = uwk::ws::negotiate(offers, options);
  const uwk::ws::DeflateAgreement again = uwk::ws::negotiate(offers, options);
  require(agreed.agreed == again.agreed && agreed.response == again.response, "the same again");
  if (!agreed.agreed) {
    require(agreed.response.empty(), "nothing is said of what was declined");
    return 0;
  }
  require(options.enabled, "nothing is agreed upon where it is off");
  const Response response = parse(agreed.response);
  const bool asksForWindow = offers.find("client_max_window_bits") != std::string::npos;
  require(response.clientWindow == 0 || asksForWindow, "only who offers it gets a client window");
  require(agreed.compressWindow <= options.compressWindow, "a window that the server has");
  require(agreed.decompressWindow <= options.decompressWindow, "room that the server has");
  require((agreed.compressWindow == 0) == response.serverForgets, "who forgets says so");
  require((agreed.decompressWindow == 0) == response.clientForgets, "who shall forget is told so");
  require(agreed.decompressWindow == 0 || agreed.decompressWindow == 15 ||
              response.clientWindow == agreed.decompressWindow,
          "a client knows how far it may look back");
  if (agreed.compressWindow != 0 && response.serverWindow != 0) {
    require(agreed.compressWindow <= response.serverWindow, "the server keeps to its window");
  }
  return 0;
}

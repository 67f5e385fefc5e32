// SPDX-License-Identifier: MIT
//
// The opening handshake and the negotiation of permessage-deflate.
#include <ws/Extensions.h>
#include <ws/Handshake.h>
#include <ws/Sha1.h>

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

using namespace uwk::ws;

namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

std::string hex(std::string_view text) {
  std::string out;
  for (const uint8_t byte : sha1(text)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    out += digits;
  }
  return out;
}

std::string accept(std::string_view key) {
  const AcceptKey made = acceptKey(key);
  return {made.data(), made.size()};
}

std::string agreed(std::string_view offers, const DeflateOptions &options) {
  const DeflateAgreement agreement = negotiate(offers, options);
  return agreement.agreed ? agreement.response : "-";
}

constexpr DeflateOptions kShared{.enabled = true};
constexpr DeflateOptions kDedicated{.enabled = true, .compressWindow = 15, .decompressWindow = 15};
constexpr DeflateOptions kSmall{.enabled = true, .compressWindow = 9, .decompressWindow = 13};

} // namespace

TEST_CASE("SHA-1 of the standard's examples and around a block") {
  CHECK(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hex(std::string(55, 'a')) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK(hex(std::string(56, 'a')) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  CHECK(hex(std::string(64, 'a')) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
  CHECK(hex(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST_CASE("the accept key of RFC 6455's example") {
  CHECK(accept(kKey) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("handshakes") {
  const HandshakeFields good{"websocket", "Upgrade", kKey, "13"};
  CHECK(checkHandshake(good) == Handshake::Accepted);
  const auto with = [&](auto change) {
    HandshakeFields fields = good;
    change(fields);
    return checkHandshake(fields);
  };
  using Fields = HandshakeFields;
  CHECK(with([](Fields &f) { f.upgrade = "WebSocket"; }) == Handshake::Accepted);
  CHECK(with([](Fields &f) { f.upgrade = "h2c, websocket"; }) == Handshake::Accepted);
  CHECK(with([](Fields &f) { f.connection = "keep-alive, UPGRADE"; }) == Handshake::Accepted);
  CHECK(with([](Fields &f) { f.upgrade = ""; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.upgrade = "websockets"; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = ""; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = "dGhlIHNhbXBsZSBub25jZQ="; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = "dGhlIHNhbXBsZSBub25jZQAA"; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = "dGhlIHNhbXBsZSBub25jZR=="; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = "dGhlIHNhbXBs!SBub25jZQ=="; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.key = "dGhlIHNhbXBsZSBub25jZQ==, x"; }) == Handshake::NotAsked);
  CHECK(with([](Fields &f) { f.version = ""; }) == Handshake::UnknownVersion);
  CHECK(with([](Fields &f) { f.version = "8"; }) == Handshake::UnknownVersion);
  CHECK(with([](Fields &f) { f.version = "13, 13"; }) == Handshake::UnknownVersion);
  CHECK(with([](Fields &f) { f.version = "013"; }) == Handshake::UnknownVersion);
  CHECK(with([](Fields &f) { f.connection = ""; }) == Handshake::Malformed);
  CHECK(with([](Fields &f) { f.connection = "keep-alive"; }) == Handshake::Malformed);
  CHECK(with([](Fields &f) { f.connection = "not-upgrade"; }) == Handshake::Malformed);
}

TEST_CASE("elements of lists") {
  CHECK(listHas("a, b ,c", "B"));
  CHECK(listHas("b", "b"));
  CHECK(listHas(",,b", "b"));
  CHECK(!listHas("", "b"));
  CHECK(!listHas("bb, ab", "b"));
}

TEST_CASE("permessage-deflate: a shared compressor") {
  const std::string none = "permessage-deflate; client_no_context_takeover; "
                           "server_no_context_takeover";
  CHECK(agreed("permessage-deflate", kShared) == none);
  CHECK(agreed("permessage-deflate; client_max_window_bits", kShared) == none);
  CHECK(agreed("permessage-deflate; client_max_window_bits=10", kShared) == none);
  CHECK(agreed("permessage-deflate; server_no_context_takeover", kShared) == none);
  CHECK(agreed("permessage-deflate; server_max_window_bits=15", kShared) ==
        none + "; server_max_window_bits=15");
  CHECK(agreed("permessage-deflate; server_max_window_bits=10", kShared) == "-");
  CHECK(agreed("permessage-deflate; server_max_window_bits=10, permessage-deflate", kShared) ==
        none);
  CHECK(agreed("permessage-deflate", {}) == "-");
}

TEST_CASE("permessage-deflate: compressors of one's own") {
  CHECK(agreed("permessage-deflate", kDedicated) == "permessage-deflate");
  CHECK(agreed("permessage-deflate; client_max_window_bits", kDedicated) == "permessage-deflate");
  CHECK(agreed("permessage-deflate; client_max_window_bits=10", kDedicated) ==
        "permessage-deflate; client_max_window_bits=10");
  CHECK(agreed("permessage-deflate; server_max_window_bits=8", kDedicated) ==
        "permessage-deflate; server_max_window_bits=8");
  CHECK(agreed("permessage-deflate; server_max_window_bits=15", kDedicated) ==
        "permessage-deflate; server_max_window_bits=15");
  CHECK(agreed("permessage-deflate; server_no_context_takeover", kDedicated) ==
        "permessage-deflate; server_no_context_takeover");
  CHECK(agreed("permessage-deflate; client_no_context_takeover", kDedicated) ==
        "permessage-deflate; client_no_context_takeover");
  CHECK(agreed("permessage-deflate; server_no_context_takeover; server_max_window_bits=12",
               kDedicated) == "-");
  CHECK(agreed("permessage-deflate; client_max_window_bits", kSmall) ==
        "permessage-deflate; client_max_window_bits=13; server_max_window_bits=9");
  CHECK(agreed("permessage-deflate", kSmall) ==
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=9");
  CHECK(agreed("permessage-deflate; client_max_window_bits=8", kSmall) ==
        "permessage-deflate; client_max_window_bits=8; server_max_window_bits=9");
  const DeflateAgreement agreement = negotiate(
      "permessage-deflate; client_max_window_bits=11; server_max_window_bits=12", kDedicated);
  CHECK(agreement.compressWindow == 12);
  CHECK(agreement.decompressWindow == 11);
}

TEST_CASE("offers that cannot be accepted are passed over") {
  const char *const offers[] = {
      "",
      "constructor; ,;constructor",
      "x-webkit-deflate-frame",
      "permessage-deflate-x",
      "PERMESSAGE-DEFLATE",
      "permessage-deflate; foo",
      "permessage-deflate;",
      "permessage-deflate; =",
      "permessage-deflate client_max_window_bits",
      "permessage-deflate; server_max_window_bits",
      "permessage-deflate; server_max_window_bits=",
      "permessage-deflate; server_max_window_bits=7",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; server_max_window_bits=010",
      "permessage-deflate; server_max_window_bits=1O",
      "permessage-deflate; server_max_window_bits=\"10",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits=16",
      "permessage-deflate; client_max_window_bits=",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_no_context_takeover=\"\"",
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      "permessage-deflate; server_max_window_bits=12; server_max_window_bits=12",
      "permessage-deflate; client_max_window_bits; client_max_window_bits",
  };
  for (const char *offer : offers) {
    CAPTURE(offer);
    CHECK(agreed(offer, kDedicated) == "-");
    CHECK(agreed(std::string(offer) + ", permessage-deflate", kDedicated) ==
          (std::string_view(offer).find('"') == std::string_view::npos ||
                   std::string_view(offer).ends_with("\"\"")
               ? "permessage-deflate"
               : "-"));
  }
  CHECK(agreed(" foo ; a=\"x, permessage-deflate\" ,, permessage-deflate ; "
               "server_max_window_bits = \"10\"",
               kDedicated) == "permessage-deflate; server_max_window_bits=10");
}

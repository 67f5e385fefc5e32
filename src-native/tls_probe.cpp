// SPDX-License-Identifier: MIT
// The only file of src-native that sees <openssl/*>, and only to prove which library that is:
// Node's header directory carries an openssl/ of its own, and its binary exports the same names.
// Must not grow into TLS serving, which belongs to deps/uSockets.

#include "tls_probe.h"

#include <openssl/base.h>
#include <openssl/crypto.h>
#include <openssl/digest.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <cstring>

#ifndef OPENSSL_IS_BORINGSSL
#error "the OpenSSL headers found are not BoringSSL's: its include directory must come first"
#endif

#define BUNSERVE_TEXT_OF(value) #value
#define BUNSERVE_TEXT(value) BUNSERVE_TEXT_OF(value)

namespace addon {

const char *boringsslVersion() noexcept {
  return "BoringSSL API " BUNSERVE_TEXT(BORINGSSL_API_VERSION);
}

bool boringsslSelfTest() noexcept {
  // FIPS 180-2 appendix B.1: SHA-256 of "abc", its first eight bytes.
  static constexpr std::array<std::uint8_t, 8> kExpected = {0xba, 0x78, 0x16, 0xbf,
                                                            0x8f, 0x01, 0xcf, 0xea};
  static constexpr std::array<std::uint8_t, 3> kInput = {'a', 'b', 'c'};
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(kInput.data(), kInput.size(), digest.data());
  if (std::memcmp(digest.data(), kExpected.data(), kExpected.size()) != 0) {
    return false;
  }
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  if (context == nullptr) {
    return false;
  }
  SSL *session = SSL_new(context);
  const bool created = session != nullptr;
  SSL_free(session);
  SSL_CTX_free(context);
  return created;
}

} // namespace addon

// SPDX-License-Identifier: MIT
//
// Tells that the linked TLS library is BoringSSL and works beside Node's own OpenSSL.
// Must not be used on any request path, and does not serve TLS.
#pragma once

namespace addon {

// A text such as "BoringSSL API 19": what the addon was compiled against.
const char *boringsslVersion() noexcept;

// Hashes a known vector, creates and frees an SSL_CTX; false when a symbol was bound elsewhere.
bool boringsslSelfTest() noexcept;

} // namespace addon

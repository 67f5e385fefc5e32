// SPDX-License-Identifier: MIT
//
// PEM text to keys, certificate chains and the store of trusted authorities. Failures are in the
// TLS library's error queue; lastTlsError() fetches them.
#pragma once

#include <usk/tls.h>

#include <openssl/base.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace usk {

// A key with the chain that belongs to it.
struct TlsIdentity {
  bssl::UniquePtr<EVP_PKEY> key;
  bssl::UniquePtr<X509> leaf;
  bssl::UniquePtr<STACK_OF(X509)> chain; // without the leaf
};

// Null `names` when clients shall not be told.
struct TlsAuthorities {
  bssl::UniquePtr<X509_STORE> store;
  bssl::UniquePtr<STACK_OF(X509_NAME)> names;
};

[[nodiscard]] bool readIdentities(const TlsEntry &entry, std::vector<TlsIdentity> &identities);
[[nodiscard]] bool readAuthorities(const TlsEntry &entry, TlsAuthorities &authorities);
// Where only a leaf was given, the authorities may know what is above it.
void completeChain(TlsIdentity &identity, X509_STORE *store);

// The first error in the queue, which is empty afterwards.
[[nodiscard]] TlsError lastTlsError();

} // namespace usk

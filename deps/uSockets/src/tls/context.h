// SPDX-License-Identifier: MIT
//
// The inside of TlsContext: a table of entries, one SSL_CTX for each of their keys. Connections
// begin with the first one; the client's hello decides which one goes on.
#pragma once

#include "certificates.h"
#include "names.h"

#include <usk/tls.h>

#include <openssl/base.h>

#include <vector>

namespace usk {

struct TlsContext::Internal {
  enum class KeyKind : uint8_t { Rsa, EcP256, EcP384, EcP521, Ed25519, Other };

  struct Identity {
    bssl::UniquePtr<SSL_CTX> context;
    KeyKind kind = KeyKind::Other;
  };
  struct Entry {
    std::vector<Identity> identities; // never empty
    int verifyMode = 0;
    bool refuse = true; // clients without a valid certificate
    uint32_t options = 0;
    std::string protocol;
    bool lowMemory = false;
  };

  [[nodiscard]] bool add(const TlsEntry &entry);
  [[nodiscard]] SSL_CTX *initial() const {
    return entries.front().identities.front().context.get();
  }
  [[nodiscard]] size_t batchRecords(size_t entry) const;

  std::vector<Entry> entries;
  ServerNames names;
  bool asksForCertificates = false;
};

} // namespace usk

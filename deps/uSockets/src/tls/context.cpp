// SPDX-License-Identifier: MIT
//
// See context.h. Settings that BoringSSL copies into a connection when it is made (verification,
// options) are set again when another entry is chosen; what it looks up later comes with the
// SSL_CTX.
#include "context.h"

#include "loop_io.h"
#include "session.h"

#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/nid.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>

namespace usk {
namespace {

using Internal = TlsContext::Internal;
using KeyKind = Internal::KeyKind;

// Forward secret and authenticated, the faster one first; equal ones, in brackets, by the client's
// preference: a phone without AES instructions asks for ChaCha20.
constexpr const char *kCiphers = "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305|"
                                 "ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:"
                                 "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

KeyKind kindOf(const EVP_PKEY *key) {
  switch (EVP_PKEY_id(key)) {
  case EVP_PKEY_RSA:
    return KeyKind::Rsa;
  case EVP_PKEY_ED25519:
    return KeyKind::Ed25519;
  case EVP_PKEY_EC:
    switch (EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key)))) {
    case NID_X9_62_prime256v1:
      return KeyKind::EcP256;
    case NID_secp384r1:
      return KeyKind::EcP384;
    case NID_secp521r1:
      return KeyKind::EcP521;
    }
  }
  return KeyKind::Other;
}

// The numbers of a list of 16 bit values behind its length, as in a hello's extensions.
bool holds(CBS list, uint16_t wanted) {
  uint16_t value = 0;
  while (CBS_get_u16(&list, &value) == 1) {
    if (value == wanted) {
      return true;
    }
  }
  return false;
}

bool extensionHolds(const SSL_CLIENT_HELLO *hello, uint16_t extension, bool shortLength,
                    std::initializer_list<uint16_t> wanted) {
  const uint8_t *bytes = nullptr;
  size_t size = 0;
  if (SSL_early_callback_ctx_extension_get(hello, extension, &bytes, &size) == 0) {
    return false;
  }
  CBS content;
  CBS list;
  CBS_init(&content, bytes, size);
  if ((shortLength ? CBS_get_u8_length_prefixed(&content, &list)
                   : CBS_get_u16_length_prefixed(&content, &list)) == 0) {
    return false;
  }
  return std::any_of(wanted.begin(), wanted.end(),
                     [&list](uint16_t value) { return holds(list, value); });
}

bool suites(const SSL_CLIENT_HELLO *hello, std::initializer_list<uint16_t> wanted) {
  CBS list;
  CBS_init(&list, hello->cipher_suites, hello->cipher_suites_len);
  return std::any_of(wanted.begin(), wanted.end(),
                     [&list](uint16_t value) { return holds(list, value); });
}

// Whether the client can verify signatures of that kind. TLS 1.3 has only the signature algorithms
// to say so; TLS 1.2 names the kind in its cipher suites, too.
bool canUse(const SSL_CLIENT_HELLO *hello, KeyKind kind) {
  const auto signs = [hello](std::initializer_list<uint16_t> algorithms) {
    return extensionHolds(hello, TLSEXT_TYPE_signature_algorithms, false, algorithms);
  };
  const bool modern = extensionHolds(hello, TLSEXT_TYPE_supported_versions, true, {TLS1_3_VERSION});
  // ECDHE_ECDSA and ECDHE_RSA with AES-GCM, ChaCha20 and AES-CBC.
  const bool ecdsa = modern || suites(hello, {0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc023});
  switch (kind) {
  case KeyKind::Rsa:
    return signs({SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_RSA_PSS_RSAE_SHA384,
                  SSL_SIGN_RSA_PSS_RSAE_SHA512, SSL_SIGN_RSA_PKCS1_SHA256,
                  SSL_SIGN_RSA_PKCS1_SHA384, SSL_SIGN_RSA_PKCS1_SHA512, SSL_SIGN_RSA_PKCS1_SHA1});
  case KeyKind::EcP256:
    return ecdsa && signs({SSL_SIGN_ECDSA_SECP256R1_SHA256});
  case KeyKind::EcP384:
    return ecdsa && signs({SSL_SIGN_ECDSA_SECP384R1_SHA384});
  case KeyKind::EcP521:
    return ecdsa && signs({SSL_SIGN_ECDSA_SECP521R1_SHA512});
  case KeyKind::Ed25519:
    return ecdsa && signs({SSL_SIGN_ED25519});
  case KeyKind::Other:
    break;
  }
  return false;
}

// Accepts what the verification says; the result stays readable.
int acceptAnyway(int, X509_STORE_CTX *) { return 1; }

ssl_select_cert_result_t onHello(const SSL_CLIENT_HELLO *hello) {
  SSL *ssl = hello->ssl;
  auto &session = *static_cast<TlsSession *>(SSL_get_app_data(ssl));
  const Internal &context = session.context().internal();
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const size_t index = name == nullptr ? 0 : context.names.find(name);
  const Internal::Entry &entry = context.entries[index];
  session.choose(index);
  const auto usable =
      std::find_if(entry.identities.begin(), entry.identities.end(),
                   [hello](const auto &identity) { return canUse(hello, identity.kind); });
  // Without one the handshake fails with the alert that says so.
  const Internal::Identity &identity =
      usable == entry.identities.end() ? entry.identities.front() : *usable;
  if (SSL_set_SSL_CTX(ssl, identity.context.get()) == nullptr) {
    return ssl_select_cert_error;
  }
  SSL_set_verify(ssl, entry.verifyMode, entry.refuse ? nullptr : acceptAnyway);
  SSL_clear_options(ssl, SSL_get_options(ssl));
  SSL_set_options(ssl, entry.options);
  return ssl_select_cert_success;
}

// RFC 7301 has the server answer an offer without a common protocol with an alert. A client that
// insists on another protocol notices anyway, others are served.
int onProtocols(SSL *ssl, const uint8_t **out, uint8_t *outSize, const uint8_t *offered,
                unsigned size, void *) {
  auto &session = *static_cast<TlsSession *>(SSL_get_app_data(ssl));
  const std::string &ours = session.context().internal().entries[session.entry()].protocol;
  CBS list;
  CBS name;
  CBS_init(&list, offered, size);
  while (CBS_get_u8_length_prefixed(&list, &name) == 1) {
    if (std::string_view(reinterpret_cast<const char *>(CBS_data(&name)), CBS_len(&name)) == ours) {
      *out = CBS_data(&name);
      *outSize = static_cast<uint8_t>(CBS_len(&name));
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

bssl::UniquePtr<SSL_CTX> makeContext(const TlsEntry &entry, const TlsIdentity &identity,
                                     const TlsAuthorities &authorities, size_t index) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 0 ||
      SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) == 0) {
    return nullptr;
  }
  const char *ciphers = entry.ciphers.empty() ? kCiphers : entry.ciphers.c_str();
  if (SSL_CTX_set_cipher_list(context.get(), ciphers) == 0 ||
      SSL_CTX_use_certificate(context.get(), identity.leaf.get()) == 0 ||
      SSL_CTX_set1_chain(context.get(), identity.chain.get()) == 0 ||
      SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 0) {
    return nullptr;
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set1_verify_cert_store(context.get(), authorities.store.get());
  if (authorities.names != nullptr) {
    SSL_CTX_set_client_CA_list(context.get(), SSL_dup_CA_list(authorities.names.get()));
  }
  // Tickets only: no memory for clients that may not come back. Their keys are random, change every
  // two days and die with the first entry's context, that is with a rotation of certificates. A
  // session of one entry is none of another's.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // One for each connection, which brings the next one along; a second one costs the server as much
  // again and is for clients that open several connections at the same moment.
  SSL_CTX_set_num_tickets(context.get(), 1);
  const auto number = static_cast<uint32_t>(index);
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const uint8_t *>(&number),
                                 sizeof number);
  SSL_CTX_set_select_certificate_cb(context.get(), onHello);
  if (!entry.protocol.empty()) {
    SSL_CTX_set_alpn_select_cb(context.get(), onProtocols, nullptr);
  }
  return context;
}

} // namespace

bool TlsContext::Internal::add(const TlsEntry &given) {
  std::vector<TlsIdentity> identities;
  TlsAuthorities authorities;
  if (!readIdentities(given, identities) || !readAuthorities(given, authorities)) {
    return false;
  }
  const size_t index = entries.size();
  Entry entry;
  for (TlsIdentity &identity : identities) {
    completeChain(identity, authorities.store.get());
    Identity made;
    made.context = makeContext(given, identity, authorities, index);
    made.kind = kindOf(identity.key.get());
    if (made.context == nullptr) {
      return false;
    }
    entry.identities.push_back(std::move(made));
  }
  // ECDSA signatures cost the server a tenth of RSA's.
  std::stable_sort(entry.identities.begin(), entry.identities.end(),
                   [](const Identity &a, const Identity &b) {
                     return a.kind != KeyKind::Rsa && b.kind == KeyKind::Rsa;
                   });
  if (given.requestCertificate) {
    entry.verifyMode =
        SSL_VERIFY_PEER | (given.rejectUnauthorized ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    asksForCertificates = true;
  }
  entry.refuse = given.rejectUnauthorized;
  // The order of the list is the server's choice; see kCiphers for where it is the client's.
  entry.options = given.options | SSL_OP_CIPHER_SERVER_PREFERENCE;
  entry.protocol = given.protocol;
  entry.lowMemory = given.lowMemory;
  entries.push_back(std::move(entry));
  if (!given.serverName.empty()) {
    names.add(given.serverName, index);
  }
  return true;
}

size_t TlsContext::Internal::batchRecords(size_t entry) const {
  return entries[entry].lowMemory ? 1 : TlsIo::kBatchRecords + 1;
}

TlsContext *TlsContext::create(std::span<const TlsEntry> entries, TlsError &error) {
  ERR_clear_error();
  auto *context = new (std::nothrow) TlsContext;
  if (context == nullptr) {
    return nullptr;
  }
  context->internal_ = new Internal;
  for (const TlsEntry &entry : entries) {
    if (!context->internal_->add(entry)) {
      error = lastTlsError();
      context->release();
      return nullptr;
    }
  }
  return context;
}

void TlsContext::release() {
  if (--references_ == 0) {
    delete this;
  }
}

TlsContext::~TlsContext() { delete internal_; }

} // namespace usk

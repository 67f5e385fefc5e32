// SPDX-License-Identifier: MIT
//
// What was negotiated on a connection, for whoever asks afterwards.
#include "context.h"
#include "session.h"

#include <openssl/pool.h>
#include <openssl/ssl.h>
#include <openssl/stack.h>
#include <openssl/x509.h>

namespace usk {
namespace {

std::string_view view(const char *text) { return text == nullptr ? "" : text; }

struct VerifyName {
  long result;
  std::string_view name;
};

constexpr VerifyName kVerifyNames[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "UNABLE_TO_GET_ISSUER_CERT"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "UNABLE_TO_GET_CRL"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "CERT_SIGNATURE_FAILURE"},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, "CRL_SIGNATURE_FAILURE"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "CERT_NOT_YET_VALID"},
    {X509_V_ERR_CERT_HAS_EXPIRED, "CERT_HAS_EXPIRED"},
    {X509_V_ERR_CRL_NOT_YET_VALID, "CRL_NOT_YET_VALID"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "CRL_HAS_EXPIRED"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "DEPTH_ZERO_SELF_SIGNED_CERT"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "SELF_SIGNED_CERT_IN_CHAIN"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "CERT_CHAIN_TOO_LONG"},
    {X509_V_ERR_CERT_REVOKED, "CERT_REVOKED"},
    {X509_V_ERR_INVALID_CA, "INVALID_CA"},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, "PATH_LENGTH_EXCEEDED"},
    {X509_V_ERR_INVALID_PURPOSE, "INVALID_PURPOSE"},
    {X509_V_ERR_CERT_UNTRUSTED, "CERT_UNTRUSTED"},
    {X509_V_ERR_CERT_REJECTED, "CERT_REJECTED"},
};

std::string_view verifyName(long result) {
  for (const VerifyName &entry : kVerifyNames) {
    if (entry.result == result) {
      return entry.name;
    }
  }
  return "UNSPECIFIED";
}

} // namespace

bool TlsSession::describe(TlsInfo &info) const {
  if (!established_) {
    return false;
  }
  const SSL *ssl = ssl_;
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
  info.protocol = view(SSL_get_version(ssl));
  info.cipher = view(SSL_CIPHER_get_name(cipher));
  info.cipherStandardName = view(SSL_CIPHER_standard_name(cipher));
  const uint8_t *protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  info.applicationProtocol = {reinterpret_cast<const char *>(protocol), size};
  info.serverName = view(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  info.resumed = SSL_session_reused(ssl) != 0;
  info.peerCertificates.clear();
  const STACK_OF(CRYPTO_BUFFER) *certificates = SSL_get0_peer_certificates(ssl);
  for (size_t index = 0; index < sk_CRYPTO_BUFFER_num(certificates); index++) {
    const CRYPTO_BUFFER *der = sk_CRYPTO_BUFFER_value(certificates, index);
    info.peerCertificates.emplace_back(reinterpret_cast<const char *>(CRYPTO_BUFFER_data(der)),
                                       CRYPTO_BUFFER_len(der));
  }
  const bool given = !info.peerCertificates.empty();
  const long result = SSL_get_verify_result(ssl);
  info.authorized = given && result == X509_V_OK;
  info.verifyError = given && result != X509_V_OK ? verifyName(result) : "";
  return true;
}

bool TlsSession::isMisdirected(std::string_view host) const {
  const TlsContext::Internal &context = context_.internal();
  if (!context.asksForCertificates) {
    return false;
  }
  const size_t wanted = context.names.find(host);
  return wanted != entry_ &&
         (context.entries[wanted].verifyMode != 0 || context.entries[entry_].verifyMode != 0);
}

} // namespace usk

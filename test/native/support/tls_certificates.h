// SPDX-License-Identifier: MIT
//
// Keys and certificates that exist for the length of a test: an authority, and leaves it signs.
// Knows no test framework, so that the fuzzer uses it too.
#pragma once

#include <usk/tls.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace usk::test {

// What a test is built on: without it there is nothing to be tested.
inline void demand(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "not possible: %s\n", what);
    std::abort();
  }
}

struct Pem {
  std::string key;
  std::string certificate;
};

enum class Kind : uint8_t { Ec, Rsa };

class Authority {
public:
  explicit Authority(const std::string &name) : key_(makeKey(Kind::Ec)) {
    certificate_ = makeCertificate(name, key_.get(), nullptr, 3600);
    pem_ = {toPem(key_.get()), toPem(certificate_.get())};
  }

  [[nodiscard]] const Pem &pem() const { return pem_; }

  [[nodiscard]] Pem issue(const std::string &name, Kind kind = Kind::Ec,
                          long lifetime = 3600) const {
    const auto key = makeKey(kind);
    const auto certificate = makeCertificate(name, key.get(), this, lifetime);
    return {toPem(key.get()), toPem(certificate.get())};
  }

private:
  static bssl::UniquePtr<EVP_PKEY> makeKey(Kind kind) {
    bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
    if (kind == Kind::Ec) {
      bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
      demand(EC_KEY_generate_key(ec.get()) == 1, "an EC key");
      EVP_PKEY_set1_EC_KEY(key.get(), ec.get());
    } else {
      bssl::UniquePtr<RSA> rsa(RSA_new());
      bssl::UniquePtr<BIGNUM> e(BN_new());
      BN_set_word(e.get(), RSA_F4);
      demand(RSA_generate_key_ex(rsa.get(), 2048, e.get(), nullptr) == 1, "an RSA key");
      EVP_PKEY_set1_RSA(key.get(), rsa.get());
    }
    return key;
  }

  static bssl::UniquePtr<X509> makeCertificate(const std::string &name, EVP_PKEY *key,
                                               const Authority *issuer, long lifetime) {
    bssl::UniquePtr<X509> made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), lifetime);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const uint8_t *>(name.data()),
                               static_cast<ossl_ssize_t>(name.size()), -1, 0);
    X509_set_issuer_name(
        made.get(),
        X509_get_subject_name(issuer == nullptr ? made.get() : issuer->certificate_.get()));
    X509_set_pubkey(made.get(), key);
    extend(made.get(), NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    if (issuer != nullptr) {
      extend(made.get(), NID_subject_alt_name, "DNS:" + name);
    }
    demand(X509_sign(made.get(), issuer == nullptr ? key : issuer->key_.get(), EVP_sha256()) > 0,
           "a signature");
    return made;
  }

  static void extend(X509 *certificate, int kind, const std::string &value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    bssl::UniquePtr<X509_EXTENSION> extension(
        X509V3_EXT_nconf_nid(nullptr, &context, kind, value.c_str()));
    demand(extension != nullptr, "an extension");
    X509_add_ext(certificate, extension.get(), -1);
  }

  static std::string textOf(BIO *bio) {
    const uint8_t *bytes = nullptr;
    size_t size = 0;
    BIO_mem_contents(bio, &bytes, &size);
    return {reinterpret_cast<const char *>(bytes), size};
  }
  static std::string toPem(EVP_PKEY *key) {
    bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return textOf(bio.get());
  }
  static std::string toPem(X509 *certificate) {
    bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return textOf(bio.get());
  }

  bssl::UniquePtr<EVP_PKEY> key_;
  bssl::UniquePtr<X509> certificate_;
  Pem pem_;
};

inline TlsEntry entryOf(const Pem &pem, const std::string &name = "") {
  TlsEntry entry;
  entry.serverName = name;
  entry.keys = {pem.key};
  entry.certificates = {pem.certificate};
  entry.protocol = "http/1.1";
  return entry;
}

// A context that is released with the test.
class OwnContext {
public:
  explicit OwnContext(std::vector<TlsEntry> entries) {
    TlsError error;
    context_ = TlsContext::create(entries, error);
    demand(context_ != nullptr, error.message.c_str());
  }
  OwnContext(const OwnContext &) = delete;
  OwnContext &operator=(const OwnContext &) = delete;
  ~OwnContext() { context_->release(); }
  TlsContext *get() { return context_; }

private:
  TlsContext *context_ = nullptr;
};

} // namespace usk::test

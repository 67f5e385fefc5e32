// SPDX-License-Identifier: MIT
//
// See certificates.h.
#include "certificates.h"

#include <openssl/bio.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

namespace usk {
namespace {

bssl::UniquePtr<BIO> reader(std::string_view pem) {
  if (pem.size() > INT_MAX) {
    OPENSSL_PUT_ERROR(PEM, ERR_R_OVERFLOW);
    return nullptr;
  }
  return bssl::UniquePtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

int givePassphrase(char *to, int size, int, void *user) {
  const auto &text = *static_cast<const std::string *>(user);
  if (text.size() > static_cast<size_t>(size)) {
    return -1;
  }
  std::memcpy(to, text.data(), text.size());
  return static_cast<int>(text.size());
}

// Without this PEM functions ask on the terminal.
int noPassphrase(char *, int, int, void *) { return 0; }

// The end of a PEM text looks like an error to its reader.
bool atEnd() {
  const uint32_t error = ERR_peek_last_error();
  if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
    return false;
  }
  ERR_clear_error();
  return true;
}

bssl::UniquePtr<EVP_PKEY> readKey(std::string_view pem, const std::string &passphrase) {
  const bssl::UniquePtr<BIO> bio = reader(pem);
  if (bio == nullptr) {
    return nullptr;
  }
  return bssl::UniquePtr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, givePassphrase,
                                                           const_cast<std::string *>(&passphrase)));
}

// One certificate at least. Trusted ones are taken for plain ones.
bool readCertificates(std::string_view pem, std::vector<bssl::UniquePtr<X509>> &certificates) {
  const bssl::UniquePtr<BIO> bio = reader(pem);
  if (bio == nullptr) {
    return false;
  }
  bool any = false;
  for (;;) {
    bssl::UniquePtr<X509> one(PEM_read_bio_X509_AUX(bio.get(), nullptr, noPassphrase, nullptr));
    if (one == nullptr) {
      return any && atEnd();
    }
    certificates.push_back(std::move(one));
    any = true;
  }
}

bool readChain(std::string_view pem, TlsIdentity &identity) {
  std::vector<bssl::UniquePtr<X509>> certificates;
  if (!readCertificates(pem, certificates)) {
    return false;
  }
  identity.leaf = std::move(certificates.front());
  identity.chain.reset(sk_X509_new_null());
  for (size_t index = 1; index < certificates.size(); index++) {
    if (!bssl::PushToStack(identity.chain.get(), std::move(certificates[index]))) {
      return false;
    }
  }
  return true;
}

bool nameAuthority(TlsAuthorities &authorities, X509 *certificate) {
  bssl::UniquePtr<X509_NAME> name(X509_NAME_dup(X509_get_subject_name(certificate)));
  return name != nullptr && bssl::PushToStack(authorities.names.get(), std::move(name));
}

bool readRevocations(std::string_view pem, X509_STORE *store) {
  const bssl::UniquePtr<BIO> bio = reader(pem);
  if (bio == nullptr) {
    return false;
  }
  bool any = false;
  for (;;) {
    const bssl::UniquePtr<X509_CRL> one(
        PEM_read_bio_X509_CRL(bio.get(), nullptr, noPassphrase, nullptr));
    if (one == nullptr) {
      return any && atEnd();
    }
    if (X509_STORE_add_crl(store, one.get()) == 0) {
      return false;
    }
    any = true;
  }
}

} // namespace

bool readIdentities(const TlsEntry &entry, std::vector<TlsIdentity> &identities) {
  std::vector<bssl::UniquePtr<EVP_PKEY>> keys;
  for (const std::string &pem : entry.keys) {
    keys.push_back(readKey(pem, entry.passphrase));
    if (keys.back() == nullptr) {
      return false;
    }
  }
  std::vector<bool> used(keys.size(), false);
  for (const std::string &pem : entry.certificates) {
    TlsIdentity identity;
    if (!readChain(pem, identity)) {
      return false;
    }
    // A chain and its key usually have the same place in their lists: asked last, so that its is
    // the error that is reported when no key fits.
    const size_t own = std::min(identities.size(), keys.size() - 1);
    for (size_t step = 1; step <= keys.size() && identity.key == nullptr; step++) {
      const size_t index = (own + step) % keys.size();
      ERR_clear_error();
      if (X509_check_private_key(identity.leaf.get(), keys[index].get()) == 1) {
        identity.key = bssl::UpRef(keys[index]);
        used[index] = true;
      }
    }
    if (identity.key == nullptr) {
      return false;
    }
    identities.push_back(std::move(identity));
  }
  const auto idle = std::find(used.begin(), used.end(), false);
  if (idle != used.end()) {
    const auto &key = keys[static_cast<size_t>(idle - used.begin())];
    (void)X509_check_private_key(identities.front().leaf.get(), key.get());
    return false;
  }
  return true;
}

bool readAuthorities(const TlsEntry &entry, TlsAuthorities &authorities) {
  authorities.store.reset(X509_STORE_new());
  if (entry.nameAuthorities) {
    authorities.names.reset(sk_X509_NAME_new_null());
  }
  std::vector<bssl::UniquePtr<X509>> certificates;
  for (const std::string &pem : entry.authorities) {
    if (!readCertificates(pem, certificates)) {
      return false;
    }
  }
  for (const bssl::UniquePtr<X509> &one : certificates) {
    if (X509_STORE_add_cert(authorities.store.get(), one.get()) == 0 ||
        (entry.nameAuthorities && !nameAuthority(authorities, one.get()))) {
      return false;
    }
  }
  for (const std::string &pem : entry.revocations) {
    if (!readRevocations(pem, authorities.store.get())) {
      return false;
    }
    X509_STORE_set_flags(authorities.store.get(),
                         X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  return true;
}

void completeChain(TlsIdentity &identity, X509_STORE *store) {
  if (sk_X509_num(identity.chain.get()) != 0) {
    return;
  }
  const bssl::UniquePtr<X509_STORE_CTX> search(X509_STORE_CTX_new());
  if (search == nullptr ||
      X509_STORE_CTX_init(search.get(), store, identity.leaf.get(), nullptr) == 0) {
    ERR_clear_error();
    return;
  }
  // Whether it verifies is the client's business, as is the root at the end.
  (void)X509_verify_cert(search.get());
  ERR_clear_error();
  const STACK_OF(X509) *found = X509_STORE_CTX_get0_chain(search.get());
  for (size_t index = 1; index < sk_X509_num(found); index++) {
    X509 *one = sk_X509_value(found, index);
    if (X509_NAME_cmp(X509_get_subject_name(one), X509_get_issuer_name(one)) == 0) {
      break;
    }
    (void)bssl::PushToStack(identity.chain.get(), bssl::UpRef(one));
  }
}

TlsError lastTlsError() {
  const uint32_t code = ERR_get_error();
  ERR_clear_error();
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  const char *library = ERR_lib_error_string(code);
  const char *reason = ERR_reason_error_string(code);
  return {text, library == nullptr ? "" : library, reason == nullptr ? "" : reason};
}

bool checkDhParameters(std::string_view pem, TlsError &error) {
  ERR_clear_error();
  const bssl::UniquePtr<BIO> bio = reader(pem);
  if (bio != nullptr) {
    const bssl::UniquePtr<DH> parameters(
        PEM_read_bio_DHparams(bio.get(), nullptr, noPassphrase, nullptr));
    if (parameters != nullptr) {
      return true;
    }
  }
  error = lastTlsError();
  return false;
}

} // namespace usk

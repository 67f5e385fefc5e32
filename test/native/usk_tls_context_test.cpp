// SPDX-License-Identifier: MIT
//
// Keys, certificates and authorities as they are given, and what is said about bad ones; and the
// table of server names.
#include "support/tls_certificates.h"

#include <tls/names.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using usk::ServerNames;
using usk::TlsContext;
using usk::TlsEntry;
using usk::TlsError;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::Kind;

namespace {

// The reason why a context cannot be made, "" when it can.
std::string refusal(const TlsEntry &entry) {
  TlsError error;
  TlsContext *context = TlsContext::create(std::vector<TlsEntry>{entry}, error);
  if (context == nullptr) {
    CHECK(error.message.find(error.reason) != std::string::npos);
    return error.reason;
  }
  context->release();
  return "";
}

} // namespace

TEST_CASE("pairs are told apart from what does not belong together") {
  const Authority authority("authority");
  const auto ec = authority.issue("ec");
  const auto other = authority.issue("other");
  const auto rsa = authority.issue("rsa", Kind::Rsa);
  TlsEntry entry = entryOf(ec);
  CHECK(refusal(entry) == "");
  entry.keys = {rsa.key};
  CHECK(refusal(entry) == "KEY_TYPE_MISMATCH");
  entry.keys = {other.key};
  CHECK(refusal(entry) == "KEY_VALUES_MISMATCH");
  entry.keys = {rsa.key, ec.key};
  CHECK(refusal(entry) == "KEY_TYPE_MISMATCH"); // a key without certificate
  entry.certificates = {ec.certificate, rsa.certificate};
  CHECK(refusal(entry) == "");
  entry.keys = {ec.key, rsa.key};
  entry.certificates.push_back(authority.pem().certificate);
  CHECK(refusal(entry) == "KEY_TYPE_MISMATCH"); // a certificate without key
}

TEST_CASE("what is not PEM is refused") {
  const Authority authority("authority");
  const auto good = authority.issue("good");
  for (const std::string &bad : {std::string("garbage"), std::string()}) {
    TlsEntry entry = entryOf(good);
    entry.keys = {bad};
    CHECK(refusal(entry) == "NO_START_LINE");
    entry = entryOf(good);
    entry.certificates = {bad};
    CHECK(refusal(entry) == "NO_START_LINE");
    entry = entryOf(good);
    entry.authorities = {bad};
    CHECK(refusal(entry) == "NO_START_LINE");
    entry = entryOf(good);
    entry.revocations = {bad};
    CHECK(refusal(entry) == "NO_START_LINE");
  }
  TlsEntry entry = entryOf(good);
  entry.certificates = {good.certificate.substr(0, 200)};
  CHECK(refusal(entry) == "BAD_END_LINE");
  entry = entryOf(good);
  entry.ciphers = "nonsense";
  CHECK(refusal(entry) == "NO_CIPHER_MATCH");
}

TEST_CASE("any prefix of a key or certificate is refused without a crash") {
  const Authority authority("authority");
  const auto good = authority.issue("good");
  for (size_t size = 0; size < good.certificate.size() - 30; size += 7) {
    TlsEntry entry = entryOf(good);
    entry.certificates = {good.certificate.substr(0, size)};
    CHECK(refusal(entry) != "");
  }
  for (size_t size = 0; size < good.key.size() - 30; size += 7) {
    TlsEntry entry = entryOf(good);
    entry.keys = {good.key.substr(0, size)};
    CHECK(refusal(entry) != "");
  }
}

TEST_CASE("server names are compared without case and without the final dot") {
  ServerNames names;
  CHECK(names.find("a") == 0);
  names.add("One.Test", 1);
  names.add("*.two.test", 2);
  names.add("x.two.test.", 3);
  names.add("*", 4);
  CHECK(names.find("one.test") == 1);
  CHECK(names.find("ONE.TEST.") == 1);
  CHECK(names.find("y.two.test") == 2);
  CHECK(names.find("X.two.test") == 3);
  CHECK(names.find("two.test") == 0);
  CHECK(names.find("z.y.two.test") == 0);
  CHECK(names.find("localhost") == 4);
  CHECK(names.find("") == 0);
  CHECK(names.find(".") == 0);
  CHECK(names.find("*.two.test") == 2);
  CHECK(names.find(std::string(256, 'a')) == 0);
  names.add("one.test", 5);
  CHECK(names.find("one.test") == 5);
}

// SPDX-License-Identifier: MIT
//
// Handshakes: versions, names, kinds of keys, client certificates, resumption; and that a storm of
// them leaves open connections their turn.
#include "support/tls_peer.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

using usk::CloseReason;
using usk::Socket;
using usk::TlsInfo;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::FakeNet;
using usk::test::Kind;
using usk::test::OwnContext;
using usk::test::PeerOptions;
using usk::test::Recorder;
using usk::test::TlsPair;

namespace {

const Authority &authority() {
  static const Authority the("authority");
  return the;
}

const Authority &rogue() {
  static const Authority the("rogue");
  return the;
}

usk::TlsEntry entryFor(const std::string &name) { return entryOf(authority().issue(name), name); }

struct Scene {
  explicit Scene(std::vector<usk::TlsEntry> entries) : context(std::move(entries)) {}

  TlsPair connect(const PeerOptions &options = {}) {
    return {net, recorder, context.get(), options};
  }
  // The name in the certificate that a client gets, or the alert.
  std::string shown(const PeerOptions &options) {
    TlsPair pair = connect(options);
    pair.talk();
    std::string result = pair.peer.error.empty() ? pair.peer.server() : pair.peer.error;
    if (!pair.isClosed()) {
      pair.socket->close();
      net.settle();
    }
    return result;
  }
  std::string shownFor(const std::string &name) {
    PeerOptions options;
    options.serverName = name;
    return shown(options);
  }

  FakeNet net;
  Recorder recorder{net.loop()};
  OwnContext context;
};

PeerOptions withCertificate(const usk::test::Pem &pem, unsigned version = TLS1_3_VERSION) {
  PeerOptions options;
  options.version = static_cast<uint16_t>(version);
  options.certificate = &pem;
  return options;
}

} // namespace

TEST_CASE("versions below 1.2 are refused with the alert that says so") {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    Scene scene({entryFor("localhost")});
    PeerOptions options;
    options.version = static_cast<uint16_t>(version);
    CHECK(scene.shown(options) == "TLSV1_ALERT_PROTOCOL_VERSION");
    CHECK(scene.recorder.reason == CloseReason::Error);
    CHECK(scene.recorder.error == EPROTO);
  }
}

TEST_CASE("what is not TLS is closed without data") {
  for (const std::string &bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(100, '\0'), std::string(70'000, '\x16'),
        std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'x')}) {
    Scene scene({entryFor("localhost")});
    TlsPair pair = scene.connect();
    scene.net.feed(*pair.socket, bytes);
    scene.net.settle();
    CHECK(scene.recorder.log == "oc");
    CHECK(scene.recorder.error == EPROTO);
  }
}

TEST_CASE("the server name decides, the first entry serves everybody else") {
  Scene scene({entryFor("default"), entryFor("a.test"), entryFor("*.wild.test"),
               entryFor("exact.wild.test")});
  CHECK(scene.shownFor("a.test") == "a.test");
  CHECK(scene.shownFor("A.Test") == "a.test");
  CHECK(scene.shownFor("b.wild.test") == "*.wild.test");
  CHECK(scene.shownFor("exact.wild.test") == "exact.wild.test");
  CHECK(scene.shownFor("a.b.wild.test") == "default");
  CHECK(scene.shownFor("wild.test") == "default");
  CHECK(scene.shownFor("nobody") == "default");
  CHECK(scene.shownFor("") == "default");
  CHECK(scene.shownFor(std::string(255, 'a')) == "default");
  CHECK(scene.shownFor("127.0.0.1") == "default");
}

TEST_CASE("names longer than any and names with NUL get an alert") {
  for (const bool nul : {false, true}) {
    Scene scene({entryFor("localhost")});
    PeerOptions options;
    options.serverName = std::string(200, 'n');
    TlsPair pair = scene.connect(options);
    pair.peer.work();
    std::string hello = pair.peer.take();
    const size_t at = hello.find(options.serverName);
    REQUIRE(at != std::string::npos);
    if (nul) {
      hello[at + 5] = '\0';
    } else {
      hello[at - 1] = '\x7f'; // shorter than the extension says
    }
    scene.net.feed(*pair.socket, hello);
    pair.talk();
    CHECK(pair.peer.error.find("ALERT") != std::string::npos);
    CHECK(scene.recorder.log == "oc");
  }
}

TEST_CASE("clients get a certificate of a kind they can verify") {
  const auto ec = authority().issue("ec");
  const auto rsa = authority().issue("rsa", Kind::Rsa);
  usk::TlsEntry both = entryOf(rsa);
  both.keys.push_back(ec.key);
  both.certificates.push_back(ec.certificate);
  Scene scene({both});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    PeerOptions options;
    options.version = static_cast<uint16_t>(version);
    CHECK(scene.shown(options) == "ec");
    options.signatures = "rsa_pss_rsae_sha256";
    CHECK(scene.shown(options) == "rsa");
    options.signatures = "ecdsa_secp256r1_sha256";
    CHECK(scene.shown(options) == "ec");
  }
}

TEST_CASE("http/1.1 is selected when it is offered, nothing otherwise") {
  Scene scene({entryFor("localhost")});
  const auto selected = [&](const std::string &offer) {
    PeerOptions options;
    options.protocols = offer;
    TlsPair pair = scene.connect(options);
    pair.handshake();
    TlsInfo info;
    REQUIRE(usk::tlsInfo(*pair.socket, info));
    return std::string(info.applicationProtocol);
  };
  CHECK(selected("\x02h2\x08http/1.1") == "http/1.1");
  CHECK(selected("\x02h2") == "");
  CHECK(selected("") == "");
}

TEST_CASE("what was negotiated can be asked for") {
  Scene scene({entryFor("default"), entryFor("a.test")});
  PeerOptions options;
  options.serverName = "a.test";
  TlsPair pair = scene.connect(options);
  TlsInfo info;
  CHECK_FALSE(usk::tlsInfo(*pair.socket, info));
  pair.handshake();
  CHECK(usk::tlsInfo(*pair.socket, info));
  CHECK(info.protocol == "TLSv1.3");
  CHECK(info.cipher.substr(0, 3) != "");
  CHECK(info.cipherStandardName.substr(0, 4) == "TLS_");
  CHECK(info.serverName == "a.test");
  CHECK_FALSE(info.authorized);
  CHECK(info.verifyError == "");
  CHECK(info.peerCertificates.empty());
  CHECK_FALSE(usk::tlsInfo(*scene.net.connect(scene.recorder.group), info));
}

TEST_CASE("client certificates are checked against the authorities") {
  const auto good = authority().issue("client");
  const auto bad = rogue().issue("client");
  const auto expired = authority().issue("client", Kind::Ec, -3600);
  for (const unsigned version : {0U, 1U}) {
    const unsigned number = version == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    PeerOptions none;
    none.version = static_cast<uint16_t>(number);
    for (const bool strict : {true, false}) {
      usk::TlsEntry entry = entryFor("localhost");
      entry.authorities = {authority().pem().certificate};
      entry.requestCertificate = true;
      entry.rejectUnauthorized = strict;
      const auto outcome = [&](const PeerOptions &options) {
        Scene scene({entry});
        TlsPair pair = scene.connect(options);
        pair.talk();
        TlsInfo info;
        if (pair.isClosed() || !usk::tlsInfo(*pair.socket, info)) {
          return std::string("refused");
        }
        pair.peer.write("x");
        pair.talk();
        REQUIRE(scene.recorder.data == "x");
        return info.authorized ? std::string("authorized")
                               : "tolerated " + std::string(info.verifyError);
      };
      CHECK(outcome(withCertificate(good, number)) == "authorized");
      CHECK(outcome(none) == (strict ? "refused" : "tolerated "));
      CHECK(outcome(withCertificate(bad, number)) ==
            (strict ? "refused" : "tolerated UNABLE_TO_VERIFY_LEAF_SIGNATURE"));
      CHECK(outcome(withCertificate(expired, number)) ==
            (strict ? "refused" : "tolerated CERT_HAS_EXPIRED"));
    }
  }
}

TEST_CASE("a session is resumed, but not with another entry or another context") {
  const auto client = authority().issue("client");
  for (const unsigned version : {0U, 1U}) {
    usk::TlsEntry secret = entryFor("secret.test");
    secret.authorities = {authority().pem().certificate};
    secret.requestCertificate = true;
    Scene scene({entryFor("localhost"), secret});
    PeerOptions options = withCertificate(client, version == 0 ? TLS1_2_VERSION : TLS1_3_VERSION);
    const auto connect = [&](Scene &where, SSL_SESSION *session, const std::string &name) {
      options.session = session;
      options.serverName = name;
      auto pair =
          std::make_unique<TlsPair>(where.net, where.recorder, where.context.get(), options);
      pair->talk();
      pair->socket->write("tickets");
      pair->talk();
      return pair;
    };
    const auto resumed = [](TlsPair &pair) {
      TlsInfo info;
      REQUIRE(usk::tlsInfo(*pair.socket, info));
      return info.resumed;
    };
    const auto first = connect(scene, nullptr, "secret.test");
    REQUIRE(first->peer.session != nullptr);
    CHECK_FALSE(resumed(*first));
    const auto again = connect(scene, first->peer.session.get(), "secret.test");
    CHECK(resumed(*again));
    TlsInfo info;
    REQUIRE(usk::tlsInfo(*again->socket, info));
    CHECK(info.authorized);
    CHECK(info.peerCertificates.size() == 1);
    const auto other = connect(scene, first->peer.session.get(), "localhost");
    CHECK_FALSE(resumed(*other));
    const auto open = connect(scene, nullptr, "localhost");
    REQUIRE(open->peer.session != nullptr);
    CHECK_FALSE(resumed(*connect(scene, open->peer.session.get(), "secret.test")));
  }
}

TEST_CASE("a host that is served with another check of clients is misdirected") {
  usk::TlsEntry admin = entryFor("admin.test");
  admin.requestCertificate = true;
  admin.rejectUnauthorized = false;
  Scene scene({entryFor("www.test"), admin, entryFor("shop.test")});
  PeerOptions options;
  options.serverName = "www.test";
  TlsPair open = scene.connect(options);
  open.handshake();
  CHECK_FALSE(usk::isMisdirected(*open.socket, "www.test"));
  CHECK_FALSE(usk::isMisdirected(*open.socket, "shop.test"));
  CHECK_FALSE(usk::isMisdirected(*open.socket, "unknown"));
  CHECK(usk::isMisdirected(*open.socket, "admin.test"));
  CHECK(usk::isMisdirected(*open.socket, "ADMIN.test."));
  options.serverName = "admin.test";
  TlsPair closed = scene.connect(options);
  closed.handshake();
  CHECK_FALSE(usk::isMisdirected(*closed.socket, "admin.test"));
  CHECK(usk::isMisdirected(*closed.socket, "www.test"));
  CHECK_FALSE(usk::isMisdirected(*scene.net.connect(scene.recorder.group), "admin.test"));
}

TEST_CASE("a storm of handshakes is rationed and open connections are served in between") {
  Scene scene({entryFor("localhost")});
  TlsPair open = scene.connect();
  open.handshake();
  open.peer.write("question");
  std::vector<std::unique_ptr<TlsPair>> storm;
  for (int count = 0; count < 40; count++) {
    storm.push_back(std::make_unique<TlsPair>(scene.net, scene.recorder, scene.context.get()));
    storm.back()->peer.work();
    storm.back()->push();
  }
  open.push();
  scene.net.turn();
  CHECK(scene.recorder.data == "question");
  const auto answered = [&storm] {
    size_t count = 0;
    for (auto &pair : storm) {
      count += pair->wire().output.empty() ? 0U : 1U;
    }
    return count;
  };
  CHECK(answered() == 5);
  CHECK(scene.net.turnRequested());
  scene.net.turn();
  CHECK(answered() == 10);
  // The newest ones of those that wait are next.
  CHECK_FALSE(storm.back()->wire().output.empty());
  // Also when one that waits goes away.
  storm[10]->socket->close();
  storm[20]->wire().hangup = true;
  scene.net.settle();
  CHECK(answered() == 38);
  for (auto &pair : storm) {
    if (!pair->isClosed()) {
      pair->handshake();
    }
  }
  CHECK_FALSE(scene.net.turnRequested());
}

TEST_CASE("a client that never finishes is subject to the timeout of its socket") {
  Scene scene({entryFor("localhost")});
  scene.recorder.onOpen = [](Socket &socket) { socket.setTimeout(3); };
  scene.recorder.onTimeout = [](Socket &socket) { socket.close(); };
  TlsPair pair = scene.connect();
  pair.peer.work();
  pair.push();
  scene.net.settle();
  scene.net.pass(5);
  CHECK(scene.recorder.log == "otc");
}

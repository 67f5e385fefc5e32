// SPDX-License-Identifier: MIT
//
// A client whose bytes are changed, lost, doubled or invented on their way, at any point of the
// conversation: what arrives as data is a beginning of what was sent, nothing else happens.
#include "support/tls_peer.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <random>
#include <string>

using usk::CloseReason;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::FakeNet;
using usk::test::OwnContext;
using usk::test::PeerOptions;
using usk::test::Recorder;
using usk::test::TlsPair;

namespace {

using Random = std::mt19937;

size_t below(Random &random, size_t limit) { return random() % limit; }

// True when something was changed.
bool disturb(std::string &bytes, Random &random) {
  const size_t at = below(random, bytes.size());
  switch (below(random, 24)) {
  case 0:
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
    return true;
  case 1:
    bytes.erase(at, 1 + below(random, 20));
    return true;
  case 2:
    bytes.insert(at, bytes.substr(below(random, bytes.size()), 1 + below(random, 300)));
    return true;
  case 3: {
    std::string noise(1 + below(random, 40), '\0');
    for (char &byte : noise) {
      byte = static_cast<char>(random());
    }
    bytes.insert(at, noise);
    return true;
  }
  case 4:
    // The length of a record.
    if (bytes.size() > 4) {
      bytes[3] = static_cast<char>(random());
      bytes[4] = static_cast<char>(random());
      return true;
    }
    return false;
  case 5:
    bytes += bytes;
    return true;
  default:
    return false;
  }
}

void pushInPieces(TlsPair &pair, const std::string &bytes, Random &random) {
  for (size_t at = 0; at < bytes.size();) {
    const size_t size = 1 + below(random, bytes.size() - at);
    pair.wire().input.push_back(bytes.substr(at, size));
    at += size;
  }
}

} // namespace

TEST_CASE("bytes that are disturbed on their way never become other data") {
  const usk::TlsEntry entry = entryOf(Authority("authority").issue("localhost"));
  unsigned established = 0;
  unsigned refused = 0;
  for (unsigned seed = 1; seed <= 600; seed++) {
    CAPTURE(seed);
    Random random(seed);
    FakeNet net;
    Recorder recorder(net.loop());
    OwnContext context({entry});
    PeerOptions options;
    options.version = seed % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    TlsPair pair(net, recorder, context.get(), options);
    std::string sent;
    bool isDisturbed = false;
    pair.peer.work();
    for (int step = 0; step < 12 && !pair.isClosed(); step++) {
      std::string bytes = pair.peer.take();
      if (!bytes.empty()) {
        isDisturbed = disturb(bytes, random) || isDisturbed;
        pushInPieces(pair, bytes, random);
      }
      net.settle();
      pair.pull();
      if (pair.peer.connected() && pair.peer.error.empty()) {
        const std::string words(1 + below(random, 40'000), static_cast<char>('a' + step));
        pair.peer.write(words);
        sent += words;
      }
    }
    CHECK(sent.compare(0, recorder.data.size(), recorder.data) == 0);
    if (!isDisturbed) {
      CHECK_FALSE(pair.isClosed());
    }
    if (recorder.closed != 0) {
      CHECK(recorder.closed == 1);
      CHECK(recorder.reason == CloseReason::Error);
      CHECK(recorder.error == EPROTO);
      refused++;
    }
    established += recorder.data.empty() ? 0U : 1U;
  }
  // Some of each.
  CHECK(established > 100);
  CHECK(refused > 100);
}

TEST_CASE("any bytes at all are closed, or wait for more") {
  const usk::TlsEntry entry = entryOf(Authority("authority").issue("localhost"));
  OwnContext context({entry});
  for (unsigned seed = 1; seed <= 2000; seed++) {
    CAPTURE(seed);
    Random random(seed);
    FakeNet net;
    Recorder recorder(net.loop());
    TlsPair pair(net, recorder, context.get());
    std::string bytes(1 + below(random, 600), '\0');
    for (char &byte : bytes) {
      byte = static_cast<char>(random());
    }
    if (seed % 2 == 0) {
      bytes.replace(0, 3, "\x16\x03\x01", 3);
    }
    pushInPieces(pair, bytes, random);
    net.settle();
    CHECK(recorder.data == "");
    CHECK(recorder.log == (pair.isClosed() ? "oc" : "o"));
  }
}

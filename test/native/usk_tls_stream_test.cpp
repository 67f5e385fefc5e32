// SPDX-License-Identifier: MIT
//
// Bytes through TLS: whatever the kernel takes and however the peer's bytes arrive, the streams of
// both sides are what was written, and nothing waits that could go.
#include "support/temporary_folder.h"
#include "support/tls_peer.h"

#include <eventing/poller.h>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>

using usk::CloseReason;
using usk::FileSend;
using usk::Socket;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::FakeNet;
using usk::test::OwnContext;
using usk::test::PeerOptions;
using usk::test::Recorder;
using usk::test::recordsOf;
using usk::test::TlsPair;

namespace {

const Authority &authority() {
  static const Authority the("authority");
  return the;
}

usk::TlsEntry entry() {
  static const usk::TlsEntry the = entryOf(authority().issue("localhost"));
  return the;
}

std::string pattern(size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char &byte : text) {
    byte = static_cast<char>(random());
  }
  return text;
}

PeerOptions version(unsigned number) {
  PeerOptions options;
  options.version = number == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
  return options;
}

} // namespace

TEST_CASE("both versions shake hands and carry data both ways") {
  for (const unsigned number : {0U, 1U}) {
    FakeNet net;
    Recorder recorder(net.loop());
    OwnContext context({entry()});
    TlsPair pair(net, recorder, context.get(), version(number));
    CHECK(pair.socket->isEncrypted());
    pair.handshake();
    CHECK(recorder.log == "o");
    pair.peer.write("question");
    pair.talk();
    CHECK(recorder.data == "question");
    CHECK(pair.socket->write("answer"));
    pair.talk();
    CHECK(pair.peer.received == "answer");
  }
}

TEST_CASE("a hello that arrives in two pieces is one hello, wherever it is cut") {
  OwnContext context({entry()});
  for (size_t cut = 1;; cut++) {
    FakeNet net;
    Recorder recorder(net.loop());
    TlsPair pair(net, recorder, context.get());
    pair.peer.work();
    const std::string hello = pair.peer.take();
    if (cut == hello.size()) {
      break;
    }
    net.feed(*pair.socket, hello.substr(0, cut));
    net.settle();
    net.feed(*pair.socket, hello.substr(cut));
    pair.talk();
    CHECK(pair.peer.connected());
  }
}

TEST_CASE("every byte of the client may arrive alone") {
  for (const unsigned number : {0U, 1U}) {
    FakeNet net;
    Recorder recorder(net.loop());
    OwnContext context({entry()});
    TlsPair pair(net, recorder, context.get(), version(number));
    pair.peer.work();
    for (int round = 0; round < 4; round++) {
      for (const char byte : pair.peer.take()) {
        net.feed(*pair.socket, {&byte, 1});
        net.settle();
      }
      pair.pull();
      if (round == 2) {
        REQUIRE(pair.peer.connected());
        pair.peer.write("letters");
      }
    }
    CHECK(recorder.data == "letters");
  }
}

TEST_CASE("several records of one read are one piece of data") {
  FakeNet net;
  Recorder recorder(net.loop());
  OwnContext context({entry()});
  TlsPair pair(net, recorder, context.get());
  pair.handshake();
  const std::string sent = pattern(150'000);
  pair.peer.write(sent);
  pair.talk();
  CHECK(recorder.data == sent);
  CHECK(std::count(recorder.log.begin(), recorder.log.end(), 'd') == 1);
}

TEST_CASE("a large write leaves as full records, many in one send") {
  FakeNet net;
  Recorder recorder(net.loop());
  OwnContext context({entry()});
  TlsPair pair(net, recorder, context.get());
  pair.handshake();
  const std::string sent = pattern(1'000'000);
  const unsigned calls = pair.wire().sendCalls;
  const size_t before = pair.wire().output.size();
  CHECK(pair.socket->tryWrite(sent) == sent.size());
  const auto records = recordsOf(std::string_view(pair.wire().output).substr(before));
  // The tickets of TLS 1.3 go first.
  CHECK(records.size() <= 2 + sent.size() / 16384 + 1);
  CHECK(pair.wire().sendCalls - calls <= sent.size() / (8 * 16384) + 1);
  pair.talk();
  CHECK(pair.peer.received == sent);
}

TEST_CASE("a head and a body that are written together share a record") {
  FakeNet net;
  Recorder recorder(net.loop());
  OwnContext context({entry()});
  TlsPair pair(net, recorder, context.get());
  pair.handshake();
  pair.socket->write("tickets");
  const size_t before = pair.wire().output.size();
  pair.socket->write("head", "body", "tail");
  pair.socket->cork();
  pair.socket->write("corked ");
  CHECK(pair.socket->tryWrite("and not") == 7);
  pair.socket->uncork();
  CHECK(recordsOf(std::string_view(pair.wire().output).substr(before)).size() == 2);
  pair.talk();
  CHECK(pair.peer.received == "ticketsheadbodytailcorked and not");
}

TEST_CASE("whatever the kernel takes of each send, the peer gets every byte once and in order") {
  for (unsigned seed = 1; seed <= 60; seed++) {
    CAPTURE(seed);
    FakeNet net;
    Recorder recorder(net.loop());
    usk::TlsEntry own = entry();
    own.lowMemory = seed % 3 == 0;
    OwnContext context({own});
    TlsPair pair(net, recorder, context.get(), version(seed % 2));
    pair.handshake();
    std::mt19937 random(seed);
    const std::string all = pattern(700'000, seed);
    size_t given = 0;
    const auto some = [&](size_t most) { return std::min(all.size() - given, random() % most); };
    const auto script = [&] {
      for (int count = 0; count < 3; count++) {
        const unsigned choice = random() % 4;
        pair.wire().sends.push_back(choice == 0 ? 0 : static_cast<ssize_t>(random() % 40'000));
      }
    };
    const auto step = [&](Socket &socket) {
      script();
      switch (random() % 5) {
      case 0: {
        const size_t size = some(60'000);
        socket.write(std::string_view(all).substr(given, size));
        given += size;
        break;
      }
      case 1: {
        const size_t first = some(300);
        const size_t second = std::min(all.size() - given - first, size_t{random() % 50'000});
        socket.write(std::string_view(all).substr(given, first),
                     std::string_view(all).substr(given + first, second));
        given += first + second;
        break;
      }
      case 2:
        socket.cork();
        break;
      case 3:
        socket.uncork();
        break;
      default:
        given += socket.tryWrite(std::string_view(all).substr(given, some(200'000)));
      }
    };
    recorder.onDrain = [&](Socket &socket) {
      CHECK(socket.backlog() == 0);
      step(socket);
    };
    for (int round = 0; given < all.size() && round < 10'000; round++) {
      step(*pair.socket);
      net.turn();
      // The client talks, too.
      if (round % 7 == 0) {
        pair.peer.write("x");
        pair.push();
      }
      pair.pull();
    }
    pair.wire().sends.clear();
    pair.socket->finish(false);
    pair.talk();
    CHECK(pair.peer.received == all);
    CHECK(pair.peer.ended);
    CHECK(recorder.closed == 1);
  }
}

TEST_CASE("ciphertext that waits counts as backlog, drains and is limited in low memory mode") {
  for (const bool low : {false, true}) {
    FakeNet net;
    Recorder recorder(net.loop());
    usk::TlsEntry own = entry();
    own.lowMemory = low;
    OwnContext context({own});
    TlsPair pair(net, recorder, context.get());
    pair.handshake();
    pair.wire().room = 10;
    const std::string sent = pattern(400'000);
    const size_t taken = pair.socket->tryWrite(sent);
    CHECK(taken != 0);
    CHECK(taken < sent.size());
    CHECK(pair.socket->backlog() >= taken);
    CHECK(pair.socket->backlog() <= (low ? 17'500 : 9 * 16'600));
    CHECK(pair.socket->tryWrite("more") == 0);
    CHECK((pair.wire().interest & usk::kWrite) != 0);
    pair.wire().room = SIZE_MAX;
    net.turn();
    CHECK(recorder.log == "ow");
    CHECK(pair.socket->backlog() == 0);
    CHECK(pair.socket->tryWrite(std::string_view(sent).substr(taken)) == sent.size() - taken);
    net.settle();
    CHECK((pair.wire().interest & usk::kWrite) == 0);
    pair.talk();
    CHECK(pair.peer.received == sent);
  }
}

TEST_CASE("what is written before the handshake is over waits for it without being polled") {
  FakeNet net;
  Recorder recorder(net.loop());
  OwnContext context({entry()});
  TlsPair pair(net, recorder, context.get());
  CHECK_FALSE(pair.socket->write("early"));
  CHECK(net.turn() == 0);
  CHECK((pair.wire().interest & usk::kWrite) == 0);
  pair.talk();
  CHECK(pair.peer.received == "early");
  CHECK(recorder.log == "ow");
}

TEST_CASE("a file is not for the kernel to send") {
  const ::test::TemporaryFolder folder;
  folder.write("file", "content");
  const int file = ::open(folder.at("file").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  FakeNet net;
  Recorder recorder(net.loop());
  OwnContext context({entry()});
  TlsPair pair(net, recorder, context.get());
  pair.handshake();
  pair.socket->cork();
  pair.socket->write("head");
  const FileSend result = pair.socket->sendFile(file, 0, 7);
  CHECK(result.outcome == FileSend::Outcome::Unsupported);
  CHECK(result.taken == 0);
  CHECK(pair.wire().fileCalls == 0);
  pair.socket->uncork();
  net.settle();
  pair.talk();
  CHECK(pair.peer.received == "head");
  ::close(file);
}

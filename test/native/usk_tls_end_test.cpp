// SPDX-License-Identifier: MIT
//
// How encrypted connections end: with close_notify where everything was said, without one where
// something is missing, and told apart when the peer does either.
#include "support/tls_peer.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using usk::CloseReason;
using usk::Socket;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::FakeNet;
using usk::test::OwnContext;
using usk::test::Recorder;
using usk::test::TlsPair;

namespace {

usk::TlsEntry entry() {
  static const usk::TlsEntry the = entryOf(Authority("authority").issue("localhost"));
  return the;
}

struct Scene {
  FakeNet net;
  Recorder recorder{net.loop()};
  OwnContext context{{entry()}};
  TlsPair pair{net, recorder, context.get()};
};

} // namespace

TEST_CASE("finish says so before it closes") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.socket->write("all");
  scene.pair.socket->finish(false);
  scene.pair.talk();
  CHECK(scene.pair.peer.received == "all");
  CHECK(scene.pair.peer.ended);
  CHECK(scene.recorder.log == "oc");
}

TEST_CASE("last words and the end leave in one send") {
  Scene scene;
  scene.pair.handshake();
  const unsigned before = scene.pair.wire().sendCalls;
  scene.pair.socket->cork();
  scene.pair.socket->write("last words");
  scene.pair.socket->finish(false);
  CHECK(scene.pair.wire().sendCalls == before + 1);
  scene.pair.talk();
  CHECK(scene.pair.peer.received == "last words");
  CHECK(scene.pair.peer.ended);
  CHECK(scene.recorder.log == "oc");
}

TEST_CASE("the end is said once, and last, however little the kernel takes of each send") {
  for (const size_t given : {size_t{100}, size_t{16'000}, size_t{500'000}}) {
    for (const ssize_t taken : {ssize_t{0}, ssize_t{1}, ssize_t{50}, ssize_t{17'000}}) {
      CAPTURE(given);
      CAPTURE(taken);
      Scene scene;
      scene.pair.handshake();
      scene.pair.wire().room = static_cast<size_t>(taken);
      const std::string words(given, 'x');
      scene.pair.socket->cork();
      scene.pair.socket->write(words);
      scene.pair.socket->finish(false);
      scene.pair.wire().room = SIZE_MAX;
      scene.net.settle();
      scene.pair.talk();
      CHECK(scene.pair.peer.received == words);
      CHECK(scene.pair.peer.ended);
      CHECK(scene.pair.peer.error == "");
      CHECK(scene.recorder.log == "oc");
    }
  }
}

TEST_CASE("shutdown sends close_notify and FIN, and reading goes on") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.socket->shutdown();
  CHECK(scene.pair.wire().finSent);
  scene.pair.talk();
  CHECK(scene.pair.peer.ended);
  scene.pair.peer.write("late words");
  scene.pair.peer.shutdown();
  scene.pair.talk();
  CHECK(scene.recorder.data == "late words");
  CHECK(scene.recorder.log == "odec");
  CHECK(scene.recorder.reason == CloseReason::Peer);
}

TEST_CASE("FIN waits until the kernel has taken the close_notify") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.wire().room = 3;
  scene.pair.socket->finish(true);
  CHECK_FALSE(scene.pair.wire().finSent);
  scene.pair.wire().room = SIZE_MAX;
  scene.net.settle();
  CHECK(scene.pair.wire().finSent);
  scene.pair.talk();
  CHECK(scene.pair.peer.ended);
  CHECK(scene.recorder.log == "o");
  scene.pair.wire().inputEnds = true;
  scene.net.settle();
  CHECK(scene.recorder.log == "oc");
}

TEST_CASE("a lingering socket drops what comes without looking at it") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.socket->finish(true);
  scene.pair.peer.write("nobody reads this");
  scene.pair.push();
  scene.net.settle();
  scene.net.feed(*scene.pair.socket, "nor is this TLS");
  scene.net.settle();
  CHECK(scene.recorder.log == "o");
  CHECK(scene.recorder.data == "");
  scene.pair.wire().inputEnds = true;
  scene.net.settle();
  CHECK(scene.recorder.log == "oc");
  CHECK(scene.recorder.reason == CloseReason::Local);
}

TEST_CASE("close announces the end unless something is lost by it") {
  for (const bool blocked : {false, true}) {
    Scene scene;
    scene.pair.handshake();
    if (blocked) {
      scene.pair.wire().sends = {10};
      scene.pair.socket->write(std::string(50'000, 'x'));
    }
    scene.pair.socket->close();
    scene.net.settle();
    scene.pair.talk();
    CHECK(scene.pair.peer.ended == !blocked);
  }
}

TEST_CASE("a reset never looks like an end") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.socket->write("half");
  SUBCASE("by reset()") { scene.pair.socket->reset(); }
  SUBCASE("by setResetOnClose()") {
    scene.pair.socket->setResetOnClose(true);
    scene.pair.socket->close();
  }
  scene.net.settle();
  scene.pair.talk();
  CHECK(scene.pair.peer.received == "half");
  CHECK_FALSE(scene.pair.peer.ended);
  CHECK(scene.pair.wire().reset);
}

TEST_CASE("the peer's close_notify is an end, also without FIN") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.peer.shutdown();
  scene.pair.talk();
  CHECK(scene.recorder.log == "oe");
  CHECK(scene.pair.socket->write("answer"));
  scene.pair.talk();
  CHECK(scene.pair.wire().output.size() != 0);
  scene.pair.socket->finish(false);
  CHECK(scene.recorder.log == "oec");
}

TEST_CASE("data and close_notify of one segment are both reported") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.peer.write("last words");
  scene.pair.peer.shutdown();
  scene.pair.talk();
  CHECK(scene.recorder.data == "last words");
  CHECK(scene.recorder.log == "ode");
}

TEST_CASE("an end that arrived with data is reported after a pause") {
  Scene scene;
  scene.pair.handshake();
  scene.recorder.onData = [](Socket &socket, std::string_view) { socket.pause(); };
  scene.pair.peer.write("last words");
  scene.pair.peer.shutdown();
  scene.pair.talk();
  CHECK(scene.recorder.log == "od");
  scene.pair.socket->resume();
  scene.net.settle();
  CHECK(scene.recorder.log == "ode");
}

TEST_CASE("FIN without close_notify is a failure") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.peer.write("some of it");
  scene.pair.push();
  scene.pair.wire().inputEnds = true;
  scene.net.settle();
  CHECK(scene.recorder.data == "some of it");
  CHECK(scene.recorder.log == "odc");
  CHECK(scene.recorder.reason == CloseReason::Error);
  CHECK(scene.recorder.error == ECONNABORTED);
}

TEST_CASE("FIN before the handshake is over is an end without data") {
  Scene scene;
  scene.pair.wire().inputEnds = true;
  scene.net.settle();
  CHECK(scene.recorder.log == "oe");
}

TEST_CASE(
    "a record that was tampered with ends the connection with an alert, after what was whole") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.peer.write("whole");
  std::string bytes = scene.pair.peer.take();
  scene.pair.peer.write("broken");
  std::string broken = scene.pair.peer.take();
  broken.back() = static_cast<char>(broken.back() ^ 1);
  scene.net.feed(*scene.pair.socket, bytes + broken);
  scene.net.settle();
  CHECK(scene.recorder.data == "whole");
  CHECK(scene.recorder.log == "odc");
  CHECK(scene.recorder.error == EPROTO);
  scene.pair.talk();
  CHECK(scene.pair.peer.error == "SSLV3_ALERT_BAD_RECORD_MAC");
}

TEST_CASE("a hang-up during the handshake closes at once") {
  Scene scene;
  scene.pair.peer.work();
  scene.pair.push();
  scene.pair.wire().hangup = true;
  scene.net.settle();
  CHECK(scene.recorder.log == "oc");
  CHECK(scene.recorder.reason == CloseReason::Error);
}

TEST_CASE("a write that fails closes the connection") {
  Scene scene;
  scene.pair.handshake();
  scene.pair.wire().sends = {-EPIPE};
  scene.pair.socket->write(std::string(100'000, 'x'));
  scene.net.settle();
  CHECK(scene.recorder.log == "oc");
  CHECK(scene.recorder.error == EPIPE);
}

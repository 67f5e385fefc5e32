// SPDX-License-Identifier: MIT
//
// Many sockets that subscribe, unsubscribe, publish, close and vanish at random, beside a model:
// every subscriber gets every message once and in order, and at the end nothing is left. The soak
// under the sanitizers is BUNSERVE_SOCKET_SOAK="10000 1000 300" (sockets, topics, seconds).
#include "support/frames.h"
#include "support/socket_server.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace uwk;
using uwk::test::SocketServer;

namespace {

struct Peer {
  int fd = 0;
  WebSocketHandle handle = 0;
  std::set<size_t> topics;
  std::string due; // frames, as they must arrive
};

std::string frameOf(const std::string &text) {
  return std::string("\x81") + static_cast<char>(text.size()) + text;
}

class Soak {
public:
  Soak(size_t sockets, size_t topics) : members_(topics), published_(topics) {
    peers_.resize(sockets);
    for (Peer &peer : peers_) {
      open(peer);
    }
  }

  void turn() {
    for (int i = 0; i < 200; ++i) {
      act(random_() % peers_.size());
    }
    server_.fake.net.settle();
    for (Peer &peer : peers_) {
      std::string &output = server_.fake.at(peer.fd).output;
      if (output != peer.due) {
        ++faults_;
      }
      output.clear();
      peer.due.clear();
    }
  }

  void end() {
    CHECK(faults_ == 0);
    CHECK(delivered_ != 0);
    CHECK(server_.server().webSockets() == peers_.size());
    for (size_t i = 0; i < peers_.size(); ++i) {
      leave(i);
    }
    server_.fake.net.settle();
    CHECK(server_.server().webSockets() == 0);
    for (size_t topic = 0; topic < members_.size(); ++topic) {
      CHECK(server_.server().subscribers(nameOf(topic)) == 0);
    }
  }

private:
  static std::string nameOf(size_t topic) { return "topic " + std::to_string(topic); }

  void open(Peer &peer) {
    peer = {};
    peer.fd = server_.open();
    peer.handle = server_.handles.back();
    server_.handles.clear();
    server_.fake.at(peer.fd).output.clear();
  }

  void leave(size_t index) {
    Peer &peer = peers_[index];
    for (const size_t topic : peer.topics) {
      members_[topic].erase(index);
    }
    usk::test::FakeConnection &connection = server_.fake.at(peer.fd);
    const unsigned how = static_cast<unsigned>(random_() % 4);
    WebSocket *socket = WebSocket::find(server_.fake.net.loop(), peer.handle);
    if (how == 0) {
      socket->close(1000, "");
      connection.inputEnds = true;
    } else if (how == 1) {
      socket->terminate();
    } else if (how == 2) {
      connection.error = ECONNRESET;
    } else {
      connection.input.emplace_back(::test::encode(0x88, ""));
      connection.inputEnds = true;
    }
  }

  void act(size_t index) {
    Peer &peer = peers_[index];
    const size_t topic = random_() % members_.size();
    const unsigned what = static_cast<unsigned>(random_() % 100);
    WebSocket &socket = *WebSocket::find(server_.fake.net.loop(), peer.handle);
    if (what < 2) {
      leave(index);
      server_.fake.net.settle();
      // Others have what was published before; their due is checked with the turn's.
      open(peer);
    } else if (what < 40) {
      publish(index, socket, topic, what % 2 == 0);
    } else if (peer.topics.count(topic) != 0 || peer.topics.size() > 6) {
      const size_t left = peer.topics.count(topic) != 0 ? topic : *peer.topics.begin();
      CHECK(socket.unsubscribe(nameOf(left)));
      peer.topics.erase(left);
      members_[left].erase(index);
    } else {
      CHECK(socket.subscribe(nameOf(topic)));
      peer.topics.insert(topic);
      members_[topic].insert(index);
    }
  }

  void publish(size_t index, WebSocket &socket, size_t topic, bool toItself) {
    const std::string text = nameOf(topic) + " #" + std::to_string(++published_[topic]);
    size_t count = 0;
    for (const size_t member : members_[topic]) {
      if (member != index || toItself) {
        peers_[member].due += frameOf(text);
        ++count;
      }
    }
    delivered_ += count;
    const SendResult result =
        toItself ? server_.server().publish(nameOf(topic), MessageKind::Text, text, false)
                 : socket.publish(nameOf(topic), MessageKind::Text, text, false);
    if (result != (count == 0 ? SendResult::Dropped : SendResult::Sent)) {
      ++faults_;
    }
  }

  SocketServer server_;
  std::vector<Peer> peers_;
  std::vector<std::set<size_t>> members_;
  std::vector<size_t> published_;
  size_t delivered_ = 0;
  size_t faults_ = 0;
  std::mt19937 random_{1};
};

} // namespace

TEST_CASE("what is published to many reaches each of them once and in order") {
  size_t sockets = 100;
  size_t topics = 20;
  size_t seconds = 0;
  if (const char *wanted = std::getenv("BUNSERVE_SOCKET_SOAK")) {
    std::istringstream(wanted) >> sockets >> topics >> seconds;
  }
  Soak soak(sockets, topics);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (size_t turns = 0; turns < 30 || std::chrono::steady_clock::now() < end; ++turns) {
    soak.turn();
  }
  soak.end();
}

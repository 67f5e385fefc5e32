// SPDX-License-Identifier: MIT
//
// A server that turns every request into a WebSocket, over a scripted kernel; what its handlers do
// is read from a source of bytes. Messages that are published carry a number, so that the output of
// each connection tells whether one was lost out of order, doubled or misplaced. Half of all runs
// put messages off to the end of the turn, as the addon does, and return those that meet a pause.
#pragma once

#include "require.h"
#include "support/fake_net.h"
#include "support/test_server.h"

#include <ws/Deflate.h>
#include <ws/Frame.h>

#include <uwk/WebSocket.h>

#include "text/Utf8.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

class SocketStack {
public:
  SocketStack(uint8_t options, std::function<uint8_t()> source)
      : server(net.loop()), take_(std::move(source)) {
    putsOff_ = take_() % 2 == 1;
    setOptions(options);
    net.loop().onTurnEnd([](void *user) { static_cast<SocketStack *>(user)->answerPutOff(); },
                         this);
    server.onRequest = [this](const uwk::RequestEvent &event) { onRequest(event); };
  }
  ~SocketStack() { net.loop().onTurnEnd(nullptr, nullptr); }
  SocketStack(const SocketStack &) = delete;
  SocketStack &operator=(const SocketStack &) = delete;

  int connect() { return net.connect(server.group())->fd(); }

  [[nodiscard]] std::string handshake(uint8_t variant) const {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    if ((variant & 0x10) != 0) {
      text += "X-Deflate: 1\r\n";
    }
    if ((variant & 0x20) != 0) {
      text += "Content-Length: 5\r\n";
    }
    text += (variant & 0x40) != 0 ? "X-Later: 1\r\n\r\n" : "\r\n";
    return (variant & 0x20) != 0 ? text + "hello" : text;
  }

  void setOptions(uint8_t what) {
    static constexpr uint32_t kLimits[] = {16u << 20, 100, 5000, 0};
    static constexpr uint32_t kBacklogs[] = {16u << 20, 1, 3000, 0};
    uwk::WebSocketOptions options;
    options.maxPayloadBytes = kLimits[what & 3];
    options.backpressureLimit = kBacklogs[(what >> 2) & 3];
    options.closeOnBackpressureLimit = (what & 0x10) != 0;
    options.idleTimeoutSeconds = (what & 0x20) != 0 ? 8 : 0;
    options.deflate = true;
    options.compressWindow = (what & 0x40) != 0 ? 15 : 0;
    options.decompressWindow = (what & 0x80) != 0 ? 15 : 0;
    server->setWebSocket(options, {.user = this,
                                   .onMessage = onMessage,
                                   .onCatchUp = onCatchUp,
                                   .onPing = onControl,
                                   .onPong = onControl,
                                   .onDrain = onDrain,
                                   .onClose = onClose});
  }

  // Something is done to a socket, from outside of all handlers.
  void actOnAny(uint8_t what) {
    if (uwk::WebSocket *socket = any(what)) {
      act(*socket);
    } else {
      upgradeWaiting();
    }
  }

  // What every peer got so far is a 101 and frames in order.
  void check() {
    require(server.ledger.fault().empty(), server.ledger.fault().c_str());
    require(server->webSockets() == open_.size(), "open sockets are counted");
    for (auto &[fd, peer] : peers_) {
      readOutput(peer, net.connection(fd).output);
      require(net.connection(fd).lateCalls == 0, "no call on a descriptor that is done with");
    }
  }

  void checkEnd() {
    require(open_.empty(), "every socket ended");
    require(putOff_.empty(), "every message was handled");
    require(server.stopped(), "the server stops");
    require(server->connections() == 0, "no connection is left");
  }

  usk::test::FakeNet net;
  uwk::test::TestServer server;

private:
  struct Peer {
    size_t read = 0; // of the output
    bool switched = false;
    bool closed = false; // a Close frame came
    uint32_t lastPublished = 0;
    std::unique_ptr<uwk::ws::Inflater> inflater;
  };

  struct Message {
    uwk::WebSocketHandle socket;
    uwk::MessageKind kind;
    std::string bytes;
  };

  static SocketStack &of(void *user) { return *static_cast<SocketStack *>(user); }

  void onRequest(const uwk::RequestEvent &event) {
    const uwk::ExchangeHandle handle = event.exchange.handle();
    if (event.exchange.rawHead().find("X-Later") != std::string_view::npos) {
      waiting_.push_back(handle);
    } else {
      upgrade(event.exchange);
    }
  }

  void upgradeWaiting() {
    for (const uwk::ExchangeHandle handle : std::exchange(waiting_, {})) {
      if (uwk::Exchange *exchange = uwk::Exchange::find(net.loop(), handle)) {
        upgrade(*exchange);
      }
    }
  }

  void upgrade(uwk::Exchange &exchange) {
    const bool deflates = exchange.rawHead().find("X-Deflate") != std::string_view::npos;
    const auto slot = static_cast<uint32_t>(exchange.handle() & 0x3fffff);
    const int fd = net.loop().socketAt(slot)->fd();
    uwk::UpgradeRequest request{.upgrade = "websocket",
                                .connection = "Upgrade",
                                .key = "dGhlIHNhbXBsZSBub25jZQ==",
                                .version = "13",
                                .extensions = deflates ? "permessage-deflate" : "",
                                .protocol = "",
                                .fields = ""};
    uwk::WebSocketHandle handle = 0;
    if (server->upgrade(exchange, request, handle) != uwk::UpgradeResult::Upgraded) {
      return;
    }
    require(open_.insert(handle).second, "a handle is new");
    peers_[fd] = {};
    uwk::WebSocket *socket = uwk::WebSocket::find(net.loop(), handle);
    require(socket != nullptr && socket->handle() == handle, "a socket is found by its handle");
    act(*socket);
  }

  // Null when there is none. One whose connection has ended is not found any more while the
  // messages before its end are told.
  uwk::WebSocket *any(uint8_t which) {
    if (open_.empty()) {
      return nullptr;
    }
    auto found = open_.begin();
    std::advance(found, which % open_.size());
    uwk::WebSocket *socket = uwk::WebSocket::find(net.loop(), *found);
    require(socket != nullptr || catchingUp_ != 0, "an open socket is found");
    return socket;
  }

  // The socket may be closed afterwards.
  void act(uwk::WebSocket &socket) {
    if (++depth_ <= 3) {
      const uint8_t count = take_() % 4;
      const uwk::WebSocketHandle handle = socket.handle();
      for (uint8_t i = 0; i < count; ++i) {
        if (uwk::WebSocket *same = uwk::WebSocket::find(net.loop(), handle)) {
          actOnce(*same);
        }
      }
    }
    --depth_;
  }

  void actOnce(uwk::WebSocket &socket) {
    static constexpr std::string_view kTopics[] = {"a", "b", "c"};
    const uint8_t what = take_();
    const std::string_view topic = kTopics[(what >> 4) % 3];
    const bool compress = (what & 0x80) != 0;
    switch (what % 16) {
    case 0:
    case 1:
      socket.send(uwk::MessageKind::Text, "answer", compress);
      break;
    case 2:
      socket.send(uwk::MessageKind::Binary, std::string(what * 40, 'z'), compress);
      break;
    case 3:
    case 4:
      socket.subscribe(topic);
      break;
    case 5:
      socket.unsubscribe(topic);
      break;
    case 6:
    case 7:
      socket.publish(topic, uwk::MessageKind::Text, numbered(what), compress);
      break;
    case 8:
      server->publish(topic, uwk::MessageKind::Text, numbered(what), compress);
      break;
    case 9:
      socket.ping("from here");
      break;
    case 10:
      socket.cork();
      socket.send(uwk::MessageKind::Text, "corked", false);
      socket.uncork();
      break;
    case 11:
      (what & 0x10) != 0 ? socket.pause() : socket.resume();
      break;
    case 12:
      if ((what & 0x40) != 0) {
        leave(socket.handle());
        socket.close(4000, "closed here");
      }
      break;
    case 13:
      if ((what & 0x40) != 0) {
        leave(socket.handle());
        socket.terminate();
      }
      break;
    case 14:
      if (uwk::WebSocket *other = any(what)) {
        act(*other);
      }
      break;
    default:
      upgradeWaiting();
    }
  }

  std::string numbered(uint8_t what) {
    std::string text = "#" + std::to_string(++published_) + " ";
    return text.append((what & 0x40) != 0 ? 20'000 : 3, 'p');
  }

  void leave(uwk::WebSocketHandle handle) {
    require(open_.erase(handle) == 1, "a socket ends once");
    returned_.erase(handle);
  }

  // Those of a socket that is held up go back, the others are acted on.
  void answerPutOff() {
    for (const Message &one : std::exchange(putOff_, {})) {
      uwk::WebSocket *socket = uwk::WebSocket::find(net.loop(), one.socket);
      if (socket == nullptr) {
        continue; // it was closed by this side
      }
      if (socket->mayReturn()) {
        socket->returnMessage(one.kind, one.bytes);
        returned_[one.socket].push_back(one);
      } else {
        act(*socket);
      }
    }
  }

  // What was returned comes once more, before anything newer.
  void requireInOrder(uwk::WebSocketHandle handle, uwk::MessageKind kind,
                      std::string_view message) {
    const auto found = returned_.find(handle);
    if (found == returned_.end()) {
      return;
    }
    const Message &expected = found->second.front();
    require(expected.kind == kind && expected.bytes == message,
            "what was returned comes once more, in order");
    found->second.pop_front();
    if (found->second.empty()) {
      returned_.erase(found);
    }
  }

  // Nothing else of a socket is told while messages before it wait.
  void requireAnswered(uwk::WebSocketHandle handle) {
    for (const Message &one : putOff_) {
      require(one.socket != handle, "messages are told before what follows them");
    }
  }

  static void onMessage(void *user, uwk::WebSocket &socket, uwk::MessageKind kind,
                        std::string_view message, bool isAscii) {
    require(kind == uwk::MessageKind::Binary || uwk::text::scalar::isValidUtf8(message),
            "a text is UTF-8");
    require(!isAscii || uwk::text::scalar::isAscii(message), "what is called ASCII is");
    require(of(user).open_.count(socket.handle()) == 1, "an open socket hears");
    require(!socket.isPaused(), "a paused socket hears no message");
    SocketStack &self = of(user);
    self.requireInOrder(socket.handle(), kind, message);
    if (self.putsOff_) {
      self.putOff_.push_back({socket.handle(), kind, std::string(message)});
    } else {
      self.act(socket);
    }
  }
  static void onCatchUp(void *user) {
    SocketStack &self = of(user);
    ++self.catchingUp_;
    self.answerPutOff();
    --self.catchingUp_;
  }
  static void onControl(void *user, uwk::WebSocket &socket, std::string_view data) {
    require(data.size() <= 125, "a control frame is small");
    of(user).requireAnswered(socket.handle());
    of(user).act(socket);
  }
  static void onDrain(void *user, uwk::WebSocket &socket) {
    require(socket.bufferedAmount() == 0, "nothing waits after a drain");
    of(user).act(socket);
  }
  static void onClose(void *user, uwk::WebSocketHandle handle, unsigned, std::string_view) {
    SocketStack &self = of(user);
    self.leave(handle);
    require(uwk::WebSocket::find(self.net.loop(), handle) == nullptr, "its handle finds nothing");
    self.requireAnswered(handle);
    if (self.depth_ < 3) {
      ++self.depth_;
      const uint8_t what = self.take_();
      if (what % 4 == 0) {
        self.server->publish("a", uwk::MessageKind::Text, self.numbered(what), false);
      } else if (uwk::WebSocket *other = what % 4 == 1 ? self.any(what) : nullptr) {
        self.act(*other);
      }
      --self.depth_;
    }
  }

  void readOutput(Peer &peer, const std::string &output) {
    std::string_view rest = std::string_view(output).substr(peer.read);
    if (!peer.switched) {
      const size_t end = rest.find("\r\n\r\n");
      if (end == std::string_view::npos) {
        return;
      }
      const std::string_view head = rest.substr(0, end);
      require(head.starts_with("HTTP/1.1 101 "), "a 101 comes first");
      const bool forgets = head.find("server_no_context_takeover") != std::string_view::npos;
      peer.inflater = uwk::ws::Inflater::create(15, !forgets);
      peer.switched = true;
      peer.read += end + 4;
      rest.remove_prefix(end + 4);
    }
    for (size_t used = readFrame(peer, rest); used != 0; used = readFrame(peer, rest)) {
      peer.read += used;
      rest.remove_prefix(used);
    }
  }

  // Bytes of the frame, 0 when it is not complete.
  static size_t readFrame(Peer &peer, std::string_view rest) {
    if (rest.size() < 2) {
      return 0;
    }
    require(!peer.closed, "nothing follows a close");
    const auto first = static_cast<uint8_t>(rest[0]);
    const auto second = static_cast<uint8_t>(rest[1]);
    require((first & 0xb0) == 0x80, "whole frames without RSV2 and RSV3");
    require((second & 0x80) == 0, "servers do not mask");
    const size_t wide = second == 127 ? 8 : second == 126 ? 2 : 0;
    if (rest.size() < 2 + wide) {
      return 0;
    }
    size_t size = wide == 0 ? second : 0;
    for (size_t i = 0; i < wide; ++i) {
      size = size << 8 | static_cast<uint8_t>(rest[2 + i]);
    }
    require(wide == 0 || size >= (wide == 2 ? 126u : 65'536u), "lengths are short");
    if (rest.size() < 2 + wide + size) {
      return 0;
    }
    takeFrame(peer, first, rest.substr(2 + wide, size));
    return 2 + wide + size;
  }

  static void takeFrame(Peer &peer, uint8_t first, std::string_view payload) {
    const unsigned opcode = first & 15;
    require(opcode == 1 || opcode == 2 || (opcode >= 8 && opcode <= 10), "a known opcode");
    require(opcode < 8 || payload.size() <= 125, "a control frame is small");
    peer.closed = opcode == 8;
    std::string inflated;
    if ((first & 0x40) != 0) {
      require(opcode < 8, "no control frame is compressed");
      require(peer.inflater->decompress(payload, 1u << 20, inflated) ==
                  uwk::ws::InflateResult::Done,
              "what is compressed can be read");
      payload = inflated;
    }
    if (opcode == 1) {
      require(uwk::text::scalar::isValidUtf8(payload), "a text is UTF-8");
    }
    if (opcode == 1 && payload.starts_with('#')) {
      const auto number = static_cast<uint32_t>(std::stoul(std::string(payload.substr(1, 9))));
      require(number > peer.lastPublished, "what is published comes in order, and once");
      peer.lastPublished = number;
    }
  }

  std::function<uint8_t()> take_;
  bool putsOff_ = false;
  std::vector<Message> putOff_;
  std::map<uwk::WebSocketHandle, std::deque<Message>> returned_;
  std::set<uwk::WebSocketHandle> open_;
  std::vector<uwk::ExchangeHandle> waiting_;
  std::map<int, Peer> peers_; // by descriptor
  uint32_t published_ = 0;
  unsigned depth_ = 0;
  unsigned catchingUp_ = 0;
};

} // namespace fuzz

// SPDX-License-Identifier: MIT
//
// What the WebSockets of one server share: options and handlers, topics and the messages published
// during a turn, and the compressors that remember nothing.
#pragma once

#include "Deflate.h"
#include "Extensions.h"
#include "Frame.h"
#include "TopicTree.h"

#include <uwk/WebSocket.h>

#include <usk/group.h>

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace uwk::ws {

class WebSocketConnection;

class WebSocketServer {
public:
  // `onGone(user)` follows whenever a connection has gone.
  WebSocketServer(usk::Loop &loop, const WebSocketHandlers &handlers, void (*onGone)(void *user),
                  void *user);
  WebSocketServer(const WebSocketServer &) = delete;
  WebSocketServer &operator=(const WebSocketServer &) = delete;

  // Of sockets that exist already, too, but for what was agreed upon with their clients.
  void setOptions(const WebSocketOptions &options);
  [[nodiscard]] DeflateAgreement agree(std::string_view offers) const;

  // Dropped when nobody gets it, or somebody does not; Backpressure when somebody gets it late.
  SendResult publish(std::string_view topic, const TopicTree::Subscriber *except, MessageKind kind,
                     std::string_view message, bool compress);
  [[nodiscard]] size_t subscribers(std::string_view topic) const {
    return topics.subscribers(topic);
  }

  // Closes every socket with 1001.
  void closeAll();
  // Ends a connection at the end of the turn.
  void endLater(usk::Socket &socket);
  void gone() { onGone_(user_); }

  // Appends the compressed form; false when memory is short.
  [[nodiscard]] bool deflate(std::string_view message, std::string &out);
  [[nodiscard]] InflateResult inflate(std::string_view message, std::string &out);

  // Seconds of silence until a ping goes out (or the end, without pings), and from there to the
  // end.
  [[nodiscard]] unsigned quietSeconds() const { return quietSeconds_; }
  [[nodiscard]] unsigned graceSeconds() const { return graceSeconds_; }

  usk::Loop &loop;
  usk::SocketGroup group;
  WebSocketOptions options;
  WebSocketHandlers handlers;
  TopicTree topics;
  size_t open = 0;    // sockets that are not closed
  size_t stalled = 0; // ... whose client has not taken everything
  // Messages that came back from the embedder, by slot.
  struct Returned {
    MessageKind kind;
    std::string message;
  };
  std::unordered_map<uint32_t, std::vector<Returned>> returned;
  // Scratch of the message being received or sent.
  std::string inflated;
  std::string deflated;

private:
  struct Published {
    Opcode opcode;
    bool compress;
    uint8_t headSize;
    std::string frame;    // header and message
    std::string deflated; // the same compressed, once somebody needed it
  };
  struct Doomed {
    uint32_t index;
    uint32_t generation;
  };

  [[nodiscard]] SendResult outlook(std::string_view topic,
                                   const TopicTree::Subscriber *except) const;
  void deliver(WebSocketConnection &connection, std::span<const TopicTree::MessageId> messages);
  void deliverOne(WebSocketConnection &connection, TopicTree::MessageId message);
  [[nodiscard]] std::string_view frameOf(TopicTree::MessageId message, bool compressed);
  [[nodiscard]] std::string_view batchOf(std::span<const TopicTree::MessageId> messages,
                                         bool compressed);
  void flush();
  void endDoomed();

  void (*onGone_)(void *user);
  void *user_;
  unsigned quietSeconds_ = 0;
  unsigned graceSeconds_ = 0;
  std::unique_ptr<Deflater> deflater_;
  std::unique_ptr<Inflater> inflater_;
  // Published and not delivered to everybody yet; ids are indices.
  std::vector<Published> messages_;
  size_t messageBytes_ = 0;
  bool flushQueued_ = false;
  // The bytes of several messages, as many sockets get the same ones.
  std::string batch_;
  std::vector<TopicTree::MessageId> batchMessages_;
  bool batchCompressed_ = false;
  std::vector<Doomed> doomed_;
};

} // namespace uwk::ws

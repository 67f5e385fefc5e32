// SPDX-License-Identifier: MIT
//
// Publishing: a message is rendered once, and so is the sequence of messages of a turn; what a
// subscriber costs is a note in the topic tree and one write.
#include "WebSocketServer.h"

#include "WebSocketConnection.h"

#include <uwk/Limits.h>

#include <usk/loop.h>

#include <algorithm>

namespace uwk::ws {

namespace {

// The shared compressor's: everything zlib has.
constexpr unsigned kSharedWindow = 15;
constexpr unsigned kSharedMemory = 8;

std::string render(Opcode opcode, std::string_view message, bool compressed, uint8_t &headSize) {
  char head[kMaxServerHeader];
  headSize = static_cast<uint8_t>(writeHeader(head, opcode, message.size(), compressed));
  std::string frame;
  frame.reserve(headSize + message.size());
  return frame.append(head, headSize).append(message);
}

} // namespace

WebSocketServer::WebSocketServer(usk::Loop &serverLoop, const WebSocketHandlers &given,
                                 void (*onGone)(void *user), void *user)
    : loop(serverLoop), group(serverLoop, WebSocketConnection::events(), this), handlers(given),
      topics(
          [](void *self, TopicTree::Subscriber &subscriber,
             std::span<const TopicTree::MessageId> messages) {
            static_cast<WebSocketServer *>(self)->deliver(
                *static_cast<WebSocketConnection *>(subscriber.owner), messages);
          },
          this),
      onGone_(onGone), user_(user) {}

void WebSocketServer::setOptions(const WebSocketOptions &given) {
  options = given;
  const unsigned idle = given.idleTimeoutSeconds;
  // The time to answer a ping: a part of the whole, 16 seconds at most.
  unsigned grace = std::min(idle, 4u);
  while (grace < 16 && idle >= 4 * grace && grace >= 4) {
    grace *= 2;
  }
  graceSeconds_ = given.sendPings ? grace : 0;
  quietSeconds_ = idle - graceSeconds_;
}

DeflateAgreement WebSocketServer::agree(std::string_view offers) const {
  return negotiate(offers, {.enabled = options.deflate,
                            .compressWindow = options.compressWindow,
                            .memoryLevel = options.memoryLevel,
                            .decompressWindow = options.decompressWindow});
}

bool WebSocketServer::deflate(std::string_view message, std::string &out) {
  if (deflater_ == nullptr) {
    deflater_ = Deflater::create(kSharedWindow, kSharedMemory, false);
  }
  if (deflater_ != nullptr && deflater_->compress(message, out)) {
    return true;
  }
  deflater_ = nullptr;
  return false;
}

InflateResult WebSocketServer::inflate(std::string_view message, std::string &out) {
  if (inflater_ == nullptr) {
    inflater_ = Inflater::create(kSharedWindow, false);
  }
  return inflater_ == nullptr ? InflateResult::NoMemory
                              : inflater_->decompress(message, options.maxPayloadBytes, out);
}

// What a message to the slowest of its subscribers would come to now.
SendResult WebSocketServer::outlook(std::string_view topic,
                                    const TopicTree::Subscriber *except) const {
  if (stalled == 0) {
    return SendResult::Sent;
  }
  struct Search {
    const TopicTree::Subscriber *except;
    SendResult worst;
  } search{except, SendResult::Sent};
  topics.forEachMember(
      topic,
      [](void *user, const TopicTree::Subscriber &member) {
        auto &found = *static_cast<Search *>(user);
        const auto &connection = *static_cast<const WebSocketConnection *>(member.owner);
        if (&member == found.except || !connection.hasBacklog()) {
          return true;
        }
        found.worst = connection.hasRoomFor(0) ? SendResult::Backpressure : SendResult::Dropped;
        return found.worst != SendResult::Dropped;
      },
      &search);
  return search.worst;
}

SendResult WebSocketServer::publish(std::string_view topic, const TopicTree::Subscriber *except,
                                    MessageKind kind, std::string_view message, bool compress) {
  if (!topics.reaches(topic, except)) {
    return SendResult::Dropped;
  }
  const SendResult result = outlook(topic, except);
  const auto id = static_cast<TopicTree::MessageId>(messages_.size());
  Published &added = messages_.emplace_back();
  added.opcode = static_cast<Opcode>(kind);
  added.compress = compress && !message.empty();
  added.frame = render(added.opcode, message, false, added.headSize);
  messageBytes_ += added.frame.size();
  topics.publish(topic, except, id);
  if (!flushQueued_) {
    flushQueued_ = true;
    loop.defer(
        [](void *user) {
          auto &self = *static_cast<WebSocketServer *>(user);
          self.flushQueued_ = false;
          self.flush();
        },
        this);
  }
  const bool isLarge = message.size() >= Limits::kPublishedAtOnceBytes;
  if (isLarge || messageBytes_ > Limits::kMaxPublishedBytes ||
      messages_.size() > Limits::kMaxPublished) {
    flush();
  }
  if (isLarge && result == SendResult::Sent && outlook(topic, except) != SendResult::Sent) {
    return SendResult::Backpressure;
  }
  return result;
}

void WebSocketServer::flush() {
  topics.deliverAll();
  // A delivery further up the stack still needs them.
  if (!topics.isDelivering()) {
    messages_.clear();
    messageBytes_ = 0;
    batch_.clear();
    batchMessages_.clear();
    if (batch_.capacity() > Limits::kMaxPublishedBytes) {
      batch_.shrink_to_fit();
    }
  }
}

void WebSocketServer::deliver(WebSocketConnection &connection,
                              std::span<const TopicTree::MessageId> messages) {
  const bool alone = connection.hasOwnDeflater();
  const std::string_view bytes =
      alone ? std::string_view{} : batchOf(messages, connection.compresses());
  if (!alone && connection.hasRoomFor(bytes.size())) {
    connection.writeFrames(bytes);
    return;
  }
  for (const TopicTree::MessageId message : messages) {
    if (!connection.isOpen()) {
      return;
    }
    deliverOne(connection, message);
  }
}

void WebSocketServer::deliverOne(WebSocketConnection &connection, TopicTree::MessageId message) {
  if (!connection.hasRoomFor(0)) {
    connection.overLimit();
    return;
  }
  Published &one = messages_[message];
  if (connection.hasOwnDeflater() && one.compress) {
    const std::string_view plain = std::string_view{one.frame}.substr(one.headSize);
    connection.writeMessage(one.opcode, plain, true);
  } else {
    connection.writeFrames(frameOf(message, connection.compresses()));
  }
}

std::string_view WebSocketServer::frameOf(TopicTree::MessageId message, bool compressed) {
  Published &one = messages_[message];
  if (!compressed || !one.compress) {
    return one.frame;
  }
  if (one.deflated.empty()) {
    deflated.clear();
    if (!deflate(std::string_view{one.frame}.substr(one.headSize), deflated)) {
      return one.frame;
    }
    uint8_t headSize = 0;
    one.deflated = render(one.opcode, deflated, true, headSize);
  }
  return one.deflated;
}

std::string_view WebSocketServer::batchOf(std::span<const TopicTree::MessageId> messages,
                                          bool compressed) {
  if (messages.size() == 1) {
    return frameOf(messages[0], compressed);
  }
  if (batchCompressed_ == compressed &&
      std::equal(messages.begin(), messages.end(), batchMessages_.begin(), batchMessages_.end())) {
    return batch_;
  }
  batch_.clear();
  batchMessages_.assign(messages.begin(), messages.end());
  batchCompressed_ = compressed;
  for (const TopicTree::MessageId message : messages) {
    batch_.append(frameOf(message, compressed));
  }
  return batch_;
}

void WebSocketServer::closeAll() {
  group.forEach(
      [](usk::Socket &socket, void *) {
        WebSocketConnection &connection = WebSocketConnection::of(socket);
        const bool wasOpen = connection.isOpen();
        if (wasOpen) {
          connection.closeAndTell(kGoingAway, "Server closed");
        }
        // Who does not read does not get to know, nor keeps the server from stopping.
        if (!socket.isClosed() && (!wasOpen || connection.hasBacklog())) {
          socket.close();
        }
      },
      nullptr);
}

void WebSocketServer::endLater(usk::Socket &socket) {
  if (doomed_.empty()) {
    loop.defer([](void *user) { static_cast<WebSocketServer *>(user)->endDoomed(); }, this);
  }
  doomed_.push_back({socket.index(), socket.generation()});
}

void WebSocketServer::endDoomed() {
  for (const Doomed &one : std::exchange(doomed_, {})) {
    usk::Socket *socket = loop.socketAt(one.index);
    if (socket != nullptr && socket->generation() == one.generation && !socket->isClosed()) {
      socket->close();
    }
  }
}

} // namespace uwk::ws

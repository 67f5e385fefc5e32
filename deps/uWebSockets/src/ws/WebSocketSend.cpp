// SPDX-License-Identifier: MIT
//
// Frames out, and the embedder's view of a connection. What was published to a socket leaves before
// what is sent to it afterwards.
#include "WebSocketConnection.h"
#include "WebSocketServer.h"

#include <usk/loop.h>

#include <utility>

namespace uwk {

using ws::Opcode;
using ws::WebSocketConnection;

namespace {

WebSocketConnection &self(WebSocket &socket) { return static_cast<WebSocketConnection &>(socket); }

const WebSocketConnection &self(const WebSocket &socket) {
  return static_cast<const WebSocketConnection &>(socket);
}

} // namespace

namespace ws {

// Whether more may wait for the client; `bytes` are about to be written.
bool WebSocketConnection::hasRoomFor(size_t bytes) const {
  const size_t limit = server_.options.backpressureLimit;
  const size_t backlog = socket_.backlog();
  return limit == 0 || backlog + bytes <= limit;
}

void WebSocketConnection::overLimit() {
  if (server_.options.closeOnBackpressureLimit && !std::exchange(doomed_, true)) {
    server_.endLater(socket_);
  }
}

void WebSocketConnection::deliverPublished() {
  if (subscriber_ != nullptr) {
    server_.topics.deliver(*subscriber_);
  }
}

void WebSocketConnection::writeFrames(std::string_view bytes) {
  if (!pinged_) {
    touch();
  }
  socket_.write(bytes);
  noteBacklog();
}

// What a cork held may have become a backlog as well: whoever takes a cork off asks here, too.
void WebSocketConnection::noteBacklog() {
  if (open_ && !stalled_ && socket_.backlog() != 0) {
    stalled_ = true;
    ++server_.stalled;
  }
}

bool WebSocketConnection::deflate(std::string_view message, std::string &out) {
  if (!hasOwnDeflater()) {
    return server_.deflate(message, out);
  }
  if (codec_->deflater == nullptr) {
    codec_->deflater = Deflater::create(codec_->compressWindow, server_.options.memoryLevel, true);
  }
  return codec_->deflater != nullptr && codec_->deflater->compress(message, out);
}

SendResult WebSocketConnection::writeMessage(Opcode opcode, std::string_view message,
                                             bool compress) {
  if (!pinged_) {
    touch();
  }
  const bool compressed = compress && compresses_ && !message.empty();
  if (compressed) {
    server_.deflated.clear();
    if (!deflate(message, server_.deflated)) {
      // A broken stream cannot go on, and the client's would be out of step.
      overLimit();
      server_.endLater(socket_);
      return SendResult::Dropped;
    }
    message = server_.deflated;
  }
  char head[kMaxServerHeader];
  const size_t size = writeHeader(head, opcode, message.size(), compressed);
  if (socket_.write({head, size}, message)) {
    return SendResult::Sent;
  }
  noteBacklog();
  return SendResult::Backpressure;
}

// Behind what was published before: the order of a turn is the order on the wire.
SendResult WebSocketConnection::writeControl(Opcode opcode, std::string_view payload) {
  deliverPublished();
  return writeMessage(opcode, payload, false);
}

SendResult WebSocketConnection::sendControl(Opcode opcode, std::string_view payload) {
  if (!open_) {
    return SendResult::Dropped;
  }
  deliverPublished();
  return hasRoomFor(0) ? writeControl(opcode, payload) : SendResult::Dropped;
}

} // namespace ws

WebSocket *WebSocket::find(usk::Loop &loop, WebSocketHandle handle) {
  const auto slot = static_cast<uint32_t>(handle & ((1u << kWebSocketSlotBits) - 1));
  const auto serial = static_cast<uint32_t>(handle >> kWebSocketSlotBits);
  usk::Socket *socket = loop.socketAt(slot);
  if (socket == nullptr || socket->isClosed() ||
      &socket->group().events() != &WebSocketConnection::events()) {
    return nullptr;
  }
  WebSocketConnection &connection = WebSocketConnection::of(*socket);
  return connection.isOpen() && connection.serial() == serial ? &connection : nullptr;
}

WebSocketHandle WebSocket::handle() const {
  const WebSocketConnection &connection = self(*this);
  return (uint64_t{connection.serial_} << kWebSocketSlotBits) | connection.socket_.index();
}

usk::SocketAddress WebSocket::remoteAddress() const { return self(*this).socket_.remoteAddress(); }

SendResult WebSocket::send(MessageKind kind, std::string_view message, bool compress) {
  WebSocketConnection &connection = self(*this);
  if (!connection.open_) {
    return SendResult::Dropped;
  }
  connection.deliverPublished();
  if (!connection.hasRoomFor(0)) {
    connection.overLimit();
    return SendResult::Dropped;
  }
  return connection.writeMessage(static_cast<Opcode>(kind), message, compress);
}

SendResult WebSocket::ping(std::string_view data) {
  return self(*this).sendControl(Opcode::Ping, data);
}

SendResult WebSocket::pong(std::string_view data) {
  return self(*this).sendControl(Opcode::Pong, data);
}

void WebSocket::close(unsigned code, std::string_view reason) {
  if (WebSocketConnection &connection = self(*this); connection.open_) {
    connection.end(code & 0xffff, reason);
  }
}

void WebSocket::terminate() {
  if (WebSocketConnection &connection = self(*this); connection.open_) {
    connection.deliverPublished();
    connection.leave();
    connection.socket_.close();
  }
}

void WebSocket::cork() { self(*this).socket_.cork(); }

void WebSocket::uncork() {
  WebSocketConnection &connection = self(*this);
  connection.socket_.uncork();
  connection.noteBacklog();
}

bool WebSocket::isCorked() const { return self(*this).socket_.isCorked(); }

void WebSocket::pause() {
  WebSocketConnection &connection = self(*this);
  connection.paused_ = true;
  connection.socket_.pause();
}

void WebSocket::resume() {
  WebSocketConnection &connection = self(*this);
  if (!std::exchange(connection.paused_, false)) {
    return;
  }
  if (connection.held_.empty() && !connection.returned_) {
    connection.socket_.resume();
  } else {
    connection.resumeLater();
  }
}

bool WebSocket::isPaused() const { return self(*this).paused_; }

bool WebSocket::mayReturn() const { return self(*this).open_ && self(*this).isHeldUp(); }

void WebSocket::returnMessage(MessageKind kind, std::string_view message) {
  WebSocketConnection &connection = self(*this);
  if (!mayReturn()) {
    return;
  }
  connection.server_.returned[connection.socket_.index()].push_back({kind, std::string{message}});
  connection.returned_ = true;
}

size_t WebSocket::bufferedAmount() const { return self(*this).socket_.backlog(); }

bool WebSocket::subscribe(std::string_view topic) {
  WebSocketConnection &connection = self(*this);
  if (connection.subscriber_ == nullptr) {
    connection.subscriber_ = new ws::TopicTree::Subscriber(&connection);
  }
  return connection.server_.topics.subscribe(*connection.subscriber_, topic);
}

bool WebSocket::unsubscribe(std::string_view topic) {
  WebSocketConnection &connection = self(*this);
  return connection.subscriber_ != nullptr &&
         connection.server_.topics.unsubscribe(*connection.subscriber_, topic);
}

bool WebSocket::isSubscribed(std::string_view topic) const {
  const WebSocketConnection &connection = self(*this);
  return connection.subscriber_ != nullptr &&
         connection.server_.topics.isSubscribed(*connection.subscriber_, topic);
}

void WebSocket::forEachTopic(void (*visit)(void *user, std::string_view topic), void *user) const {
  if (const WebSocketConnection &connection = self(*this); connection.subscriber_ != nullptr) {
    for (const auto &membership : connection.subscriber_->topics) {
      visit(user, membership.topic->name);
    }
  }
}

SendResult WebSocket::publish(std::string_view topic, MessageKind kind, std::string_view message,
                              bool compress) {
  WebSocketConnection &connection = self(*this);
  return connection.server_.publish(topic, connection.subscriber_, kind, message, compress);
}

} // namespace uwk

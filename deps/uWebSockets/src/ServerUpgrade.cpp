// SPDX-License-Identifier: MIT
//
// The server's WebSocket half, and the one place where HTTP and WebSocket connections meet: a
// connection of the one protocol is destroyed, one of the other is made in its place.
#include "ServerInternal.h"
#include "http/HttpConnection.h"
#include "ws/Handshake.h"
#include "ws/WebSocketConnection.h"
#include "ws/WebSocketServer.h"

#include <usk/loop.h>

#include <utility>

namespace uwk {

namespace {

void appendField(std::string &out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void writeSwitch(usk::Socket &socket, std::string &out, const UpgradeRequest &request,
                 std::string_view extensions) {
  const ws::AcceptKey accept = ws::acceptKey(request.key);
  out.assign("HTTP/1.1 101 Switching Protocols\r\n").append(request.fields);
  out.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
  appendField(out, "Sec-WebSocket-Accept", {accept.data(), accept.size()});
  if (!request.protocol.empty()) {
    appendField(out, "Sec-WebSocket-Protocol", request.protocol);
  }
  if (!extensions.empty()) {
    appendField(out, "Sec-WebSocket-Extensions", extensions);
  }
  if (!request.hasDate) {
    appendField(out, "Date", socket.loop().date());
  }
  out.append("\r\n");
  socket.write(out);
}

} // namespace

void Server::setWebSocket(const WebSocketOptions &options, const WebSocketHandlers &handlers) {
  if (internal_->sockets == nullptr) {
    internal_->sockets = std::make_unique<ws::WebSocketServer>(
        internal_->loop, handlers,
        [](void *user) { static_cast<Internal *>(user)->connectionClosed(); }, internal_.get());
  }
  internal_->sockets->setOptions(options);
}

UpgradeResult Server::upgrade(Exchange &exchange, const UpgradeRequest &request,
                              WebSocketHandle &handle) {
  auto &connection = static_cast<HttpConnection &>(exchange);
  if (internal_->sockets == nullptr || !connection.canHandOver()) {
    return UpgradeResult::Declined;
  }
  switch (ws::checkHandshake({request.upgrade, request.connection, request.key, request.version})) {
  case ws::Handshake::Accepted:
    break;
  case ws::Handshake::NotAsked:
    return UpgradeResult::Declined;
  case ws::Handshake::Malformed:
    connection.refuse(HttpError::BadRequest);
    return UpgradeResult::Refused;
  case ws::Handshake::UnknownVersion:
    connection.refuse(HttpError::UpgradeRequired);
    return UpgradeResult::Refused;
  }
  ws::WebSocketServer &sockets = *internal_->sockets;
  const ws::DeflateAgreement agreement = sockets.agree(request.extensions);
  usk::Socket &socket = connection.socket();
  const uint32_t serial = internal_->loop.nextSerial();
  // Together with what the application sends in this turn.
  socket.cork();
  writeSwitch(socket, internal_->text, request, agreement.response);
  const bool isProcessing = connection.isProcessing();
  std::unique_ptr<UnreadBody> unread;
  ByteBuffer rest = connection.handOver(unread);
  auto *opened = new (socket.ext())
      ws::WebSocketConnection(sockets, socket, serial, agreement, std::move(unread));
  socket.adopt(sockets.group);
  if (isProcessing) {
    internal_->handedOver = &socket;
  } else if (rest.empty()) {
    socket.resume();
  } else {
    opened->beginLater(std::move(rest));
  }
  handle = opened->handle();
  return UpgradeResult::Upgraded;
}

void Server::Internal::takeOver(std::string_view rest) {
  usk::Socket &socket = *std::exchange(handedOver, nullptr);
  if (!socket.isClosed()) {
    ws::WebSocketConnection::of(socket).begin(const_cast<char *>(rest.data()), rest.size());
  }
}

SendResult Server::publish(std::string_view topic, MessageKind kind, std::string_view message,
                           bool compress) {
  return internal_->sockets == nullptr
             ? SendResult::Dropped
             : internal_->sockets->publish(topic, nullptr, kind, message, compress);
}

size_t Server::subscribers(std::string_view topic) const {
  return internal_->sockets == nullptr ? 0 : internal_->sockets->subscribers(topic);
}

void Server::watchTopics(void (*watch)(void *user, std::string_view topic, bool hasSubscribers),
                         void *user) {
  if (internal_->sockets != nullptr) {
    internal_->sockets->topics.watch(watch, user);
  }
}

size_t Server::webSockets() const {
  return internal_->sockets == nullptr ? 0 : internal_->sockets->open;
}

} // namespace uwk

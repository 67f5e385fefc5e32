// SPDX-License-Identifier: MIT
//
// One WebSocket, as the embedder sees it. Like an Exchange it is found by a handle, a number that
// carries a serial: a handle kept after the socket was closed finds nothing. Pointers to a
// WebSocket must not be kept.
#pragma once

#include <usk/socket.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usk {
class Loop;
}

namespace uwk {

// 52 bits: fits a JavaScript number. The lower kSlotBits are the socket's slot, which nobody else
// has until the socket's end was reported. Zero is never a handle.
using WebSocketHandle = uint64_t;
inline constexpr unsigned kWebSocketSlotBits = 22;

enum class MessageKind : uint8_t { Text = 1, Binary = 2 };

enum class SendResult : uint8_t {
  Sent,
  Backpressure, // some of it waits for the client: onDrain follows
  Dropped       // closed, or more than backpressureLimit waits already
};

struct WebSocketOptions {
  uint32_t maxPayloadBytes = 16u << 20;
  // Bytes that wait for a client before messages to it are dropped; 0 = no limit.
  uint32_t backpressureLimit = 16u << 20;
  bool closeOnBackpressureLimit = false;
  unsigned idleTimeoutSeconds = 120; // 0 = never
  bool sendPings = true;             // one goes out before the idle timeout is over
  // permessage-deflate (RFC 7692). A window of 0 means one compressor for all sockets, which
  // remembers nothing from one message to the next; 9 to 15 means one for each socket.
  bool deflate = false;
  bool compresses = true; // else only clients do
  uint8_t compressWindow = 0;
  uint8_t memoryLevel = 8; // zlib's
  uint8_t decompressWindow = 0;
};

class WebSocket {
public:
  [[nodiscard]] static WebSocket *find(usk::Loop &loop, WebSocketHandle handle);

  WebSocket(const WebSocket &) = delete;
  WebSocket &operator=(const WebSocket &) = delete;

  [[nodiscard]] WebSocketHandle handle() const;
  [[nodiscard]] usk::SocketAddress remoteAddress() const;

  // Text must be UTF-8. Compressed when both sides agreed on that and the message is not empty.
  SendResult send(MessageKind kind, std::string_view message, bool compress);
  // At most 125 bytes.
  SendResult ping(std::string_view data);
  SendResult pong(std::string_view data);

  // Sends a Close frame and ends the connection after what was sent before. The socket counts as
  // closed when this returns; nothing is reported. Codes are cut to 16 bits; 0, 1005 and 1006 send
  // none.
  void close(unsigned code, std::string_view reason);
  // Ends the connection now, without a Close frame. Nothing is reported.
  void terminate();

  // Writes up to uncork() become one. Corks do not nest.
  void cork();
  void uncork();
  [[nodiscard]] bool isCorked() const;

  // No message is reported until resume(): what arrives waits here and with the client.
  void pause();
  void resume();
  [[nodiscard]] bool isPaused() const;
  // Whether a message that was put off must not be handled now, as the socket was paused meanwhile
  // or earlier messages were returned. Those are reported once more after resume(), in their order.
  [[nodiscard]] bool mayReturn() const;
  void returnMessage(MessageKind kind, std::string_view message);

  // Bytes that the kernel has not taken yet.
  [[nodiscard]] size_t bufferedAmount() const;

  // Names must not be empty. See TopicTree.h.
  bool subscribe(std::string_view topic);
  bool unsubscribe(std::string_view topic);
  [[nodiscard]] bool isSubscribed(std::string_view topic) const;
  void forEachTopic(void (*visit)(void *user, std::string_view topic), void *user) const;
  // To everybody who is subscribed but this socket. See Server::publish().
  SendResult publish(std::string_view topic, MessageKind kind, std::string_view message,
                     bool compress);

protected:
  WebSocket() = default;
  ~WebSocket() = default;
};

struct WebSocketHandlers {
  void *user = nullptr;
  // `isAscii` saves a look at text. The bytes live until the handler returns. It may put the
  // message off for later in the turn.
  void (*onMessage)(void *user, WebSocket &socket, MessageKind kind, std::string_view message,
                    bool isAscii) = nullptr;
  // Something else of the same socket than a message is next: messages that were put off are to be
  // handled now. May be null.
  void (*onCatchUp)(void *user) = nullptr;
  void (*onPing)(void *user, WebSocket &socket, std::string_view data) = nullptr; // was answered
  void (*onPong)(void *user, WebSocket &socket, std::string_view data) = nullptr;
  // Everything that waited for the client has left.
  void (*onDrain)(void *user, WebSocket &socket) = nullptr;
  // Exactly once, unless this side called close() or terminate(). 1006 and a text after a violation
  // of the protocol. The handle finds nothing any more.
  void (*onClose)(void *user, WebSocketHandle handle, unsigned code,
                  std::string_view reason) = nullptr;
};

// Values of request fields; several fields of one name come joined by commas, missing ones are
// empty.
struct UpgradeRequest {
  std::string_view upgrade;
  std::string_view connection;
  std::string_view key;
  std::string_view version;
  std::string_view extensions;
  // For the response: the subprotocol, if any, and complete further field lines.
  std::string_view protocol;
  std::string_view fields;
  bool hasDate = false; // `fields` carries one
};

enum class UpgradeResult : uint8_t {
  Upgraded,
  Declined, // not a handshake: the exchange is as it was
  Refused   // a bad one, which was answered
};

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// The state of one WebSocket, in its socket's ext bytes, where an HttpConnection was before.
//
//   open -> closed (a Close frame went out, or came, or the connection ended)
//
// While the rest of a closed one leaves, usk neither reads nor reports. WebSocketConnection.cpp
// takes frames in, WebSocketSend.cpp sends them.
#pragma once

#include "../http/ByteBuffer.h"
#include "../http/UnreadBody.h"
#include "../text/Utf8Stream.h"
#include "Deflate.h"
#include "FrameParser.h"
#include "TopicTree.h"

#include <uwk/WebSocket.h>

#include <usk/group.h>

#include <memory>
#include <string_view>

namespace uwk::ws {

struct DeflateAgreement;
class WebSocketServer;

class WebSocketConnection final : public WebSocket {
public:
  // In the ext bytes of `socket`, which the caller hands to the server's group next.
  WebSocketConnection(WebSocketServer &server, usk::Socket &socket, uint32_t serial,
                      const DeflateAgreement &agreement, std::unique_ptr<UnreadBody> unread);

  static WebSocketConnection &of(usk::Socket &socket) {
    return *static_cast<WebSocketConnection *>(static_cast<WebSocket *>(socket.ext()));
  }
  static const usk::SocketEvents &events();

  // Frames that came with or soon after the upgrade request: now, or when nobody is on the stack.
  void begin(char *data, size_t size);
  void beginLater(ByteBuffer &&bytes);

  [[nodiscard]] uint32_t serial() const { return serial_; }
  [[nodiscard]] bool isOpen() const { return open_; }
  // Compresses what it is asked to, by itself or with the shared compressor.
  [[nodiscard]] bool compresses() const { return compresses_; }
  [[nodiscard]] bool hasOwnDeflater() const { return codec_ != nullptr && codec_->deflates; }
  [[nodiscard]] bool hasRoomFor(size_t bytes) const;
  [[nodiscard]] bool hasBacklog() const { return socket_.backlog() != 0; }
  void overLimit();
  // Complete frames.
  void writeFrames(std::string_view bytes);
  SendResult writeMessage(Opcode opcode, std::string_view message, bool compress);
  // A Close frame, the end, and onClose.
  void closeAndTell(unsigned code, std::string_view reason);

private:
  friend class uwk::WebSocket;

  // Compressors of its own.
  struct Codec {
    bool deflates = false; // with a window of its own; the deflater is made when first needed
    uint8_t compressWindow = 0;
    std::unique_ptr<Deflater> deflater;
    std::unique_ptr<Inflater> inflater;
    uint8_t decompressWindow = 0;
  };

  // WebSocketConnection.cpp
  void receive(char *data, size_t size);
  void feed(char *at, char *end);
  bool skipBody(char *&at, char *end);
  [[nodiscard]] bool isHeldUp() const { return paused_ || returned_; }
  void hold(std::string_view bytes);
  void repeatReturned();
  void feedHeld();
  void resumeLater();
  void catchUp();
  void takeData(const FramePiece &piece);
  void takeMessage(std::string_view bytes, const FramePiece &piece, bool isChecked);
  void takeControl(const FramePiece &piece);
  void takeClose(std::string_view payload);
  [[nodiscard]] InflateResult inflate(std::string_view message);
  void violate(Violation violation);
  void leave();
  void end(unsigned code, std::string_view reason);
  void finish();
  void touch();
  void timedOut();
  void drained();
  void closed();
  void noStalled();
  void report(unsigned code, std::string_view reason);

  // WebSocketSend.cpp
  SendResult writeControl(Opcode opcode, std::string_view payload);
  SendResult sendControl(Opcode opcode, std::string_view payload); // within the limits
  void deliverPublished();
  void noteBacklog();
  [[nodiscard]] bool deflate(std::string_view message, std::string &out);

  WebSocketServer &server_;
  usk::Socket &socket_;
  FrameParser parser_;
  ByteBuffer message_; // pieces of a message that is not complete
  ByteBuffer control_; // the same of a control frame
  ByteBuffer held_;    // bytes to be parsed after resume()
  TopicTree::Subscriber *subscriber_ = nullptr;
  Codec *codec_ = nullptr;
  std::unique_ptr<UnreadBody> unread_; // of the upgrade request; its bytes are no frames
  uint32_t serial_;
  text::Utf8Stream utf8_;
  bool open_ = true;
  bool compression_; // was agreed upon
  bool compresses_;
  bool pinged_ = false; // and nothing came since
  bool paused_ = false;
  bool returned_ = false; // messages of it wait in WebSocketServer::returned
  bool stalled_ = false;  // counted in WebSocketServer::stalled
  bool resumeQueued_ = false;
  bool doomed_ = false; // to be ended at the end of the turn
};

static_assert(sizeof(WebSocketConnection) <= usk::Socket::kExtBytes);

} // namespace uwk::ws

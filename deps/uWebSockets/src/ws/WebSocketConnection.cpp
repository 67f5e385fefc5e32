// SPDX-License-Identifier: MIT
//
// Frames in: pieces become messages, where they lie when they came whole; control frames are
// answered; whoever breaks the rules hears which one.
#include "WebSocketConnection.h"

#include "../text/Utf8.h"
#include "WebSocketServer.h"

#include <uwk/Limits.h>

#include <usk/loop.h>

#include <new>
#include <utility>

namespace uwk::ws {

namespace {

bool startsControl(char first) { return isControl(static_cast<Opcode>(first & 0x0f)); }

} // namespace

const usk::SocketEvents &WebSocketConnection::events() {
  static constexpr usk::SocketEvents kEvents = {
      .onOpen = [](usk::Socket &) {}, // sockets come from HTTP
      .onData = [](usk::Socket &socket, char *data,
                   size_t size) { of(socket).receive(data, size); },
      .onDrain = [](usk::Socket &socket) { of(socket).drained(); },
      .onEnd =
          [](usk::Socket &socket) {
            of(socket).catchUp();
            socket.close();
          },
      .onTimeout = [](usk::Socket &socket) { of(socket).timedOut(); },
      .onClose = [](usk::Socket &socket, usk::CloseReason, int) { of(socket).closed(); },
  };
  return kEvents;
}

WebSocketConnection::WebSocketConnection(WebSocketServer &server, usk::Socket &socket,
                                         uint32_t serial, const DeflateAgreement &agreement,
                                         std::unique_ptr<UnreadBody> unread)
    : server_(server), socket_(socket), unread_(std::move(unread)), serial_(serial),
      compression_(agreement.agreed), compresses_(agreement.agreed && server.options.compresses) {
  if (agreement.agreed && (agreement.compressWindow != 0 || agreement.decompressWindow != 0)) {
    // Without memory the shared compressors do: they refer to nothing, which is always allowed.
    // A shared decompressor would not do, so inflate() fails then.
    codec_ = new (std::nothrow) Codec;
    if (codec_ != nullptr) {
      codec_->deflates = compresses_ && agreement.compressWindow != 0;
      codec_->compressWindow = agreement.compressWindow;
      codec_->decompressWindow = agreement.decompressWindow;
    }
  }
  ++server.open;
  touch();
}

void WebSocketConnection::begin(char *data, size_t size) {
  if (size != 0) {
    receive(data, size);
  }
  // HTTP may have stopped reading when it had enough.
  if (open_ && !isHeldUp() && held_.empty()) {
    socket_.resume();
  }
}

void WebSocketConnection::beginLater(ByteBuffer &&bytes) {
  held_ = std::move(bytes);
  if (!held_.empty()) {
    resumeLater();
  }
}

// Something was heard, or told.
void WebSocketConnection::touch() { socket_.setTimeout(server_.quietSeconds()); }

void WebSocketConnection::receive(char *data, size_t size) {
  if (!open_) {
    return;
  }
  pinged_ = false;
  touch();
  if (isHeldUp() || !held_.empty()) {
    hold({data, size});
    return;
  }
  usk::Socket &socket = socket_;
  socket.cork();
  feed(data, data + size);
  socket.uncork();
  noteBacklog();
}

void WebSocketConnection::feed(char *at, char *end) {
  if (unread_ != nullptr && !skipBody(at, end)) {
    return;
  }
  const FrameRules rules{server_.options.maxPayloadBytes, compression_};
  FramePiece piece;
  while (open_) {
    if (isHeldUp()) {
      hold({at, static_cast<size_t>(end - at)});
      break;
    }
    if (at != end && parser_.isBetweenFrames() && startsControl(*at)) {
      catchUp();
      if (!open_ || isHeldUp()) {
        continue;
      }
    }
    const FrameParser::Result result = parser_.next(at, end, rules, piece);
    if (result == FrameParser::Result::NeedMore) {
      break;
    }
    if (result == FrameParser::Result::Violation) {
      violate(parser_.violation());
    } else if (isControl(piece.opcode)) {
      takeControl(piece);
    } else {
      takeData(piece);
    }
  }
}

// What was put off is handled: the socket may be closed or paused afterwards.
void WebSocketConnection::catchUp() {
  if (server_.handlers.onCatchUp != nullptr) {
    server_.handlers.onCatchUp(server_.handlers.user);
  }
}

// Whether frames begin at `at`.
bool WebSocketConnection::skipBody(char *&at, char *end) {
  std::string_view input{at, static_cast<size_t>(end - at)};
  const UnreadBody::Step step = unread_->skip(input);
  at = end - input.size();
  if (step == UnreadBody::Step::Done) {
    unread_ = nullptr;
  } else if (step == UnreadBody::Step::Broken) {
    socket_.close();
  }
  return step == UnreadBody::Step::Done;
}

void WebSocketConnection::hold(std::string_view bytes) {
  socket_.pause();
  if (!held_.append(bytes)) {
    socket_.close();
  }
}

// What was held is parsed in a turn of its own: this may be running inside JavaScript.
void WebSocketConnection::resumeLater() {
  socket_.pause();
  if (std::exchange(resumeQueued_, true)) {
    return;
  }
  struct Resume {
    usk::Loop *loop;
    uint32_t index;
    uint32_t generation;
  };
  auto *resume = new Resume{&socket_.loop(), socket_.index(), socket_.generation()};
  socket_.loop().defer(
      [](void *user) {
        auto *waiting = static_cast<Resume *>(user);
        usk::Socket *socket = waiting->loop->socketAt(waiting->index);
        const bool same = socket != nullptr && socket->generation() == waiting->generation;
        delete waiting;
        if (same && !socket->isClosed()) {
          of(*socket).feedHeld();
        }
      },
      resume);
}

void WebSocketConnection::feedHeld() {
  resumeQueued_ = false;
  if (!open_ || paused_) {
    return;
  }
  ByteBuffer bytes = std::move(held_);
  usk::Socket &socket = socket_;
  socket.cork();
  repeatReturned();
  feed(bytes.data(), bytes.data() + bytes.size());
  socket.uncork();
  noteBacklog();
  if (open_ && !isHeldUp()) {
    socket.resume();
  }
}

void WebSocketConnection::repeatReturned() {
  if (!std::exchange(returned_, false)) {
    return;
  }
  const auto messages = std::move(server_.returned.extract(socket_.index()).mapped());
  for (const WebSocketServer::Returned &one : messages) {
    if (!open_) {
      return;
    }
    if (isHeldUp()) {
      returnMessage(one.kind, one.message);
      continue;
    }
    const bool isAscii = one.kind == MessageKind::Text && text::isAscii(one.message);
    server_.handlers.onMessage(server_.handlers.user, *this, one.kind, one.message, isAscii);
  }
}

void WebSocketConnection::takeData(const FramePiece &piece) {
  const std::string_view bytes{piece.data, piece.size};
  const bool isWhole = piece.first && piece.last;
  const bool isText = piece.opcode == Opcode::Text && !piece.compressed;
  if (isText && !isWhole) {
    if (piece.first) {
      utf8_.reset();
    }
    if (!utf8_.add(bytes) || (piece.last && !utf8_.isComplete())) {
      violate(Violation::InvalidUtf8);
      return;
    }
  }
  if (isWhole) {
    takeMessage(bytes, piece, false);
    return;
  }
  if (!message_.append(bytes)) {
    socket_.close();
    return;
  }
  if (piece.last) {
    const ByteBuffer whole = std::move(message_);
    takeMessage(whole.view(), piece, isText);
  }
}

void WebSocketConnection::takeMessage(std::string_view bytes, const FramePiece &piece,
                                      bool isChecked) {
  if (piece.compressed) {
    switch (inflate(bytes)) {
    case InflateResult::Done:
      break;
    case InflateResult::TooBig:
      violate(Violation::TooBigMessage);
      return;
    case InflateResult::Invalid:
      violate(Violation::InvalidDeflate);
      return;
    case InflateResult::NoMemory:
      socket_.close();
      return;
    }
    bytes = server_.inflated;
  }
  bool isAscii = false;
  if (piece.opcode == Opcode::Text) {
    isAscii = text::isAscii(bytes);
    if (!isAscii && !isChecked && !text::isValidUtf8(bytes)) {
      violate(Violation::InvalidUtf8);
      return;
    }
  }
  server_.handlers.onMessage(server_.handlers.user, *this, static_cast<MessageKind>(piece.opcode),
                             bytes, isAscii);
}

InflateResult WebSocketConnection::inflate(std::string_view message) {
  std::string &out = server_.inflated;
  if (codec_ == nullptr || codec_->decompressWindow == 0) {
    return server_.inflate(message, out);
  }
  if (codec_->inflater == nullptr) {
    codec_->inflater = Inflater::create(codec_->decompressWindow, true);
  }
  return codec_->inflater == nullptr
             ? InflateResult::NoMemory
             : codec_->inflater->decompress(message, server_.options.maxPayloadBytes, out);
}

void WebSocketConnection::takeControl(const FramePiece &piece) {
  std::string_view payload{piece.data, piece.size};
  if (!piece.last || !control_.empty()) {
    if (!control_.append(payload)) {
      socket_.close();
      return;
    }
    if (!piece.last) {
      return;
    }
  }
  const ByteBuffer whole = std::move(control_);
  if (!whole.empty()) {
    payload = whole.view();
  }
  if (piece.opcode == Opcode::Close) {
    takeClose(payload);
  } else if (piece.opcode == Opcode::Ping) {
    // A client that floods us and reads nothing gets no answer to every ping.
    if (hasRoomFor(0)) {
      writeControl(Opcode::Pong, payload);
    }
    server_.handlers.onPing(server_.handlers.user, *this, payload);
  } else {
    server_.handlers.onPong(server_.handlers.user, *this, payload);
  }
}

void WebSocketConnection::takeClose(std::string_view payload) {
  ClosePayload close;
  if (const Violation broken = parseClose(payload, close); broken != Violation::None) {
    violate(broken);
    return;
  }
  // The reason lies in the caller's memory, not in what end() gives back.
  end(close.code, close.reason);
  report(close.code, close.reason);
}

void WebSocketConnection::violate(Violation violation) {
  catchUp();
  if (!open_) {
    return;
  }
  const auto [code, text] = closeOf(violation);
  end(code, text);
  report(kAbnormal, text);
}

// A Close frame, and the end of the connection after it.
void WebSocketConnection::end(unsigned code, std::string_view reason) {
  char payload[kMaxControlPayload];
  writeControl(Opcode::Close, {payload, writeClose(payload, code, reason)});
  leave();
  finish();
}

// What was sent leaves first. A client that takes nothing of it any more is not waited for,
// whatever the idle timeout of open sockets.
void WebSocketConnection::finish() {
  socket_.finish(true);
  socket_.setTimeout(Limits::kClosingSeconds);
}

void WebSocketConnection::closeAndTell(unsigned code, std::string_view reason) {
  end(code, reason);
  report(code, reason);
}

// Not open any more; the connection may still have to send something.
void WebSocketConnection::leave() {
  open_ = false;
  --server_.open;
  noStalled();
  if (subscriber_ != nullptr) {
    server_.topics.remove(*subscriber_);
    delete std::exchange(subscriber_, nullptr);
  }
  delete std::exchange(codec_, nullptr);
  unread_ = nullptr;
  message_.clear();
  held_.clear();
  if (std::exchange(returned_, false)) {
    server_.returned.erase(socket_.index());
  }
}

void WebSocketConnection::noStalled() {
  if (std::exchange(stalled_, false)) {
    --server_.stalled;
  }
}

void WebSocketConnection::report(unsigned code, std::string_view reason) {
  server_.handlers.onClose(server_.handlers.user, handle(), code, reason);
}

void WebSocketConnection::timedOut() {
  if (paused_) {
    touch(); // it is us who do not listen
    return;
  }
  if (!pinged_ && server_.options.sendPings && server_.graceSeconds() != 0) {
    pinged_ = true;
    writeControl(Opcode::Ping, {});
    socket_.setTimeout(server_.graceSeconds());
    return;
  }
  leave();
  finish();
  report(kAbnormal, "WebSocket timed out from inactivity");
}

void WebSocketConnection::drained() {
  if (!open_) {
    return;
  }
  noStalled();
  usk::Socket &socket = socket_;
  catchUp();
  if (!open_) {
    return;
  }
  socket.cork();
  server_.handlers.onDrain(server_.handlers.user, *this);
  socket.uncork();
  noteBacklog();
}

void WebSocketConnection::closed() {
  control_.clear();
  if (open_) {
    catchUp();
  }
  if (open_) {
    leave();
    report(kAbnormal, {});
  }
  server_.gone();
}

} // namespace uwk::ws

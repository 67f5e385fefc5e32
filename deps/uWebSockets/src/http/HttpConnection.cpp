// SPDX-License-Identifier: MIT
//
// Bytes to exchanges: heads are parsed in place in the loop's receive buffer; only what is
// incomplete or has to wait is copied.
#include "HttpConnection.h"

#include "../ServerInternal.h"
#include "../files/FileBody.h"
#include "../files/FileRoute.h"
#include "HostName.h"
#include "StaticResponse.h"

#include <usk/loop.h>
#include <usk/tls.h>

#include <algorithm>
#include <new>

namespace uwk {

namespace {

// Below this size a partial head is parsed again on every byte, so that garbage is refused early;
// above it only when a control byte (every line ends in one) arrived. Keeps a byte-by-byte client
// from costing quadratic time.
constexpr size_t kEagerHeadBytes = 128;

bool hasControlByte(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

} // namespace

HttpConnection::HttpConnection(Server::Internal &server, usk::Socket &socket)
    : server_(server), socket_(socket),
      timeoutSeconds_(static_cast<uint16_t>(server.options.idleTimeoutSeconds)) {}

const usk::SocketEvents &HttpConnection::events() {
  static constexpr usk::SocketEvents kEvents = {
      .onOpen =
          [](usk::Socket &socket) {
            auto &server = *static_cast<Server::Internal *>(socket.group().owner());
            auto *connection = new (socket.ext()) HttpConnection(server, socket);
            // Also the deadline of whatever the transport has to do before.
            connection->waitForHead();
            if (!server.admits(socket)) {
              socket.close();
            }
          },
      .onData =
          [](usk::Socket &socket, char *data, size_t size) {
            of(socket).receive({data, size});
          },
      .onDrain = [](usk::Socket &socket) { of(socket).drained(); },
      .onEnd = [](usk::Socket &socket) { of(socket).peerEnded(); },
      .onTimeout = [](usk::Socket &socket) { socket.close(); },
      .onClose = [](usk::Socket &socket, usk::CloseReason, int) { of(socket).closed(); },
  };
  return kEvents;
}

void HttpConnection::receive(std::string_view bytes) {
  if (phase_ == Phase::Body && !processing_) {
    bodyArrives(bytes.size());
  }
  if (phase_ == Phase::Head && isBusy()) {
    park(bytes);
    return;
  }
  usk::Socket &socket = socket_;
  socket.cork();
  process(bytes);
  socket.uncork();
}

// Bytes that come while a response is under way, or a partial head.
void HttpConnection::park(std::string_view bytes) {
  ByteBuffer all = std::move(input_);
  if (closeAfter_ || all.append(bytes)) {
    keep(std::move(all));
  } else {
    socket_.close();
  }
}

void HttpConnection::keep(ByteBuffer &&bytes) {
  if (closeAfter_) {
    // Never to be parsed. Reading goes on, so that the end of the client is noticed.
    dropped_ = true;
    return;
  }
  input_ = std::move(bytes);
  // TCP carries the backpressure once we stop reading.
  if (input_.size() >= Limits::kMaxParkedBytes) {
    socket_.pause();
  }
}

void HttpConnection::process(std::string_view bytes) {
  Server::Internal &server = server_;
  processing_ = true;
  if (input_.empty()) {
    size_t used = consume(bytes);
    if (server.handedOver != nullptr) {
      server.takeOver(bytes.substr(used));
      return;
    }
    if (!socket_.isShutDown() && !socket_.isClosed() && used < bytes.size()) {
      park(bytes.substr(used));
    }
  } else {
    // The stored bytes are parsed where they are; they move out of the connection meanwhile, so
    // that whatever a handler does to it cannot free them.
    bool parse = parseStored(bytes);
    ByteBuffer stored = std::move(input_);
    if (!stored.append(bytes)) {
      socket_.close();
    } else {
      size_t used = parse ? consume(stored.view()) : 0;
      if (server.handedOver != nullptr) {
        server.takeOver(stored.view().substr(used));
        return;
      }
      if (!socket_.isShutDown() && !socket_.isClosed() && used < stored.size()) {
        stored.consume(used);
        keep(std::move(stored));
      }
    }
  }
  processing_ = false;
  if (ended_ || server_.stopping) {
    endIfDone();
  }
}

bool HttpConnection::parseStored(std::string_view added) const {
  return phase_ == Phase::Body || !headTimer_ || input_.size() < kEagerHeadBytes ||
         input_.size() + added.size() > Limits::kMaxHeadBytes || hasControlByte(added);
}

// Returns the bytes used; the rest is a partial head, or waits for the pending response, or is for
// the protocol that has taken over: then this object is no more.
size_t HttpConnection::consume(std::string_view input) {
  const Server::Internal &server = server_;
  size_t size = input.size();
  while (!input.empty() && !socket_.isShutDown() && !socket_.isClosed()) {
    if (phase_ == Phase::Body) {
      if (!readBody(input)) {
        break;
      }
      // The response needs none of this; do not read for ever on behalf of nobody.
      if (phase_ == Phase::Body && bodyMode_ == BodyMode::Drop && (!pending_ || responded_) &&
          received_ > drainLimit()) {
        endConversation();
      }
      continue;
    }
    if (isBusy()) {
      break;
    }
    ParseResult result = parseHead(input.data(), input.size(), server_.head);
    if (result.status == ParseStatus::Partial) {
      waitForHead();
      break;
    }
    if (result.status == ParseStatus::Error) {
      fail(result.error);
      break;
    }
    headTimer_ = false;
    input.remove_prefix(result.consumed);
    dispatch(server_.head, input);
    if (server.handedOver != nullptr) {
      break;
    }
  }
  return size - input.size();
}

// A head must be complete within kHeadSeconds of its first byte (of the connection for the first
// one), whatever the idle timeout: later bytes do not extend it.
void HttpConnection::waitForHead() {
  if (!headTimer_) {
    headTimer_ = true;
    socket_.setTimeout(Limits::kHeadSeconds);
  }
}

// Silence may last the whole idle timeout from now on.
void HttpConnection::allowIdleTime() {
  sinceArmed_ = 0;
  socket_.setTimeout(timeoutSeconds_);
}

void HttpConnection::dispatch(const HttpHead &head, std::string_view &input) {
  std::string_view headBytes{input.data() - head.size, head.size};
  method_ = head.method;
  http10_ = head.minorVersion == 0;
  bodyFault_ = BodyFault::None;
  closeAfter_ = head.close || server_.stopping;
  responded_ = false;
  socket_.setTimeout(timeoutSeconds_);
  if (socket_.isEncrypted() && usk::isMisdirected(socket_, withoutPort(head.host))) {
    fail(HttpError::Misdirected);
    return;
  }

  RouteTable::Target target;
  bool matched =
      server_.routes != nullptr &&
      server_.routes->match(static_cast<uint8_t>(head.method), head.path, server_.match, target);
  OpenPart opened;
  FileRoute::Opening opening = FileRoute::Opening::Opened;
  if (target.file != nullptr) {
    opening = target.file->open(opened, server_.contents.get(), socket_.loop().now());
    matched = opening != FileRoute::Opening::Missing;
  }
  bool wanted = matched ? target.handler != kNoRoute : server_.options.hasFallback;
  if (head.framing != BodyFraming::None) {
    // The part of the body that is here already is read first: most bodies are complete when their
    // handler starts. A malformed one never reaches it.
    if (!beginBody(head, wanted) || (phase_ == Phase::Body && !readBody(input))) {
      return;
    }
  } else {
    bodyState_ = BodyState::None;
    bodyMode_ = BodyMode::None;
    expects_ = false;
  }
  dropped_ = !input.empty();
  if (wanted) {
    callHandler(headBytes, matched ? target.handler : kNoRoute);
  } else if (!matched) {
    respondEmpty(404);
  } else if (target.fixed != nullptr) {
    respondStatic(*target.fixed, head);
  } else if (opening == FileRoute::Opening::Exhausted) {
    // A 404 would be kept by caches.
    respondEmpty(503);
  } else if (target.file != nullptr) {
    respondFileRoute(*target.file, opened, head);
  } else {
    respondDirectory(*target.directory, head);
  }
}

void HttpConnection::callHandler(std::string_view headBytes, uint32_t route) {
  const Server::Internal &server = server_;
  serial_ = server_.loop.nextSerial();
  pending_ = true;
  data_ = nullptr;
  ++server_.pending;
  inHandler_ = true;
  head_ = headBytes.data();
  headSize_ = static_cast<uint32_t>(headBytes.size());
  const bool hasBody = bodyState_ != BodyState::None;
  const bool mayWait = !hasBody && !dropped_ && !server_.head.upgrade;
  server_.handlers.onRequest(
      server_.handlers.user,
      RequestEvent{*this, route, static_cast<uint8_t>(method_), hasBody, mayWait, server_.match});
  if (server.handedOver != nullptr) {
    return;
  }
  inHandler_ = false;
  if (socket_.isClosed() || !pending_) {
    inlineBody_ = {};
    return;
  }
  // Going asynchronous: what lives in the receive buffer is copied once.
  if (!keepInline()) {
    socket_.close();
  }
}

// The exchange is over; the connection may live on.
void HttpConnection::endExchange() {
  pending_ = false;
  sending_ = false;
  watched_ = false;
  ExchangeHandle handle = this->handle();
  void *data = data_;
  data_ = nullptr;
  body_.clear();
  inlineBody_ = {};
  timeoutSeconds_ = static_cast<uint16_t>(server_.options.idleTimeoutSeconds);
  server_.handlers.onEnded(server_.handlers.user, handle, data);
  server_.exchangeEnded();
}

ByteBuffer HttpConnection::handOver(std::unique_ptr<UnreadBody> &unread) {
  if (phase_ == Phase::Body) {
    unread =
        std::make_unique<UnreadBody>(chunked_ ? UnreadBody::ofChunks(decoder_, drainLimit())
                                              : UnreadBody::ofLength(remaining_, drainLimit()));
  }
  responded_ = true;
  ByteBuffer rest = std::move(input_);
  endExchange();
  this->~HttpConnection();
  return rest;
}

void HttpConnection::refuse(HttpError error) {
  responded_ = true;
  socket_.write(cannedResponse(error));
  socket_.finish(true);
}

// What happens to the connection after a complete response.
void HttpConnection::afterExchange() {
  if (socket_.isClosed()) {
    return;
  }
  dropBody();
  if (closeAfter_ || server_.stopping) {
    // Unread input in our kernel buffer would turn the close into a reset that can overtake the
    // response (RFC 9112 section 9.6): linger when the client has more to say.
    socket_.finish(phase_ == Phase::Body || dropped_ || !input_.empty() || socket_.isPaused());
    return;
  }
  socket_.setTimeout(timeoutSeconds_);
  if (processing_) {
    return;
  }
  if (ended_ && input_.empty()) {
    endIfDone();
    return;
  }
  resumeInput();
}

// Parked requests go on in a turn of their own: this may be running inside JavaScript.
void HttpConnection::resumeInput() {
  if (input_.empty()) {
    socket_.resume();
    return;
  }
  if (resumeQueued_) {
    return;
  }
  resumeQueued_ = true;
  struct Resume {
    usk::Loop *loop;
    uint32_t index;
    uint32_t generation;
  };
  auto *resume = new Resume{&socket_.loop(), socket_.index(), socket_.generation()};
  socket_.loop().defer(
      [](void *user) {
        auto *parked = static_cast<Resume *>(user);
        usk::Socket *socket = parked->loop->socketAt(parked->index);
        bool same = socket != nullptr && socket->generation() == parked->generation;
        delete parked;
        if (!same || socket->isClosed() || socket->isShutDown() ||
            !Server::Internal::speaksHttp(socket->group())) {
          return;
        }
        HttpConnection &connection = of(*socket);
        connection.resumeQueued_ = false;
        if (connection.isBusy()) {
          return;
        }
        socket->cork();
        connection.process({});
        socket->uncork();
        if (!socket->isClosed() && Server::Internal::speaksHttp(socket->group()) &&
            connection.input_.size() < Limits::kMaxParkedBytes) {
          socket->resume();
        }
      },
      resume);
}

// Ends a connection that has no reason to stay: the server stops, or the peer will send no more.
void HttpConnection::endIfDone() {
  if (socket_.isClosed() || socket_.isShutDown() || processing_ || sending_) {
    return;
  }
  if (ended_ && phase_ == Phase::Body) {
    socket_.close(); // half a request
  } else if (!isBusy() && (ended_ || phase_ == Phase::Body || input_.empty())) {
    socket_.finish(phase_ == Phase::Body);
  }
}

// Takes nothing more from the peer. What is being sent leaves entirely before the end.
void HttpConnection::endConversation() {
  phase_ = Phase::Head;
  closeAfter_ = true;
  dropped_ = true;
  if (!sending_) {
    socket_.finish(true);
  }
}

void HttpConnection::drained() {
  socket_.setTimeout(timeoutSeconds_);
  if (streaming_) {
    if (streamFull_) {
      streamFull_ = false;
      socket_.cork();
      server_.handlers.onWritable(server_.handlers.user, *this);
      socket_.uncork();
    }
  } else if (sending_) {
    if (pumpLarge(false)) {
      responseWritten();
    }
  } else if (!pending_) {
    afterExchange();
  }
}

// Bun treats a half-closed client as gone while its response is pending (behaviours 3.8). A
// response that is merely draining is still delivered, and so are those to the requests behind it
// (3.6c).
void HttpConnection::peerEnded() {
  if (pending_ && !responded_ && server_.handlers.onCatchUp != nullptr) {
    server_.handlers.onCatchUp(server_.handlers.user);
    if (socket_.isClosed() || !Server::Internal::speaksHttp(socket_.group())) {
      return;
    }
  }
  ended_ = true;
  if (streaming_ || (!sending_ && socket_.backlog() == 0 && !resumeQueued_)) {
    socket_.close();
  }
}

// Releases everything but does not end the object's life: callers up the stack still look at it
// until the turn is over, and the slot's next user constructs anew.
void HttpConnection::closed() {
  // Else the application broke its response off itself.
  bool cut = !responded_ || sending_;
  sending_ = false;
  streaming_ = false;
  releaseLarge();
  releaseFile();
  if (unhandled_) {
    unhandled_ = false;
    server_.exchangeEnded();
  }
  if (pending_) {
    // Before the body fails: who hears of that shall find the request aborted.
    if (cut) {
      server_.handlers.onAborted(server_.handlers.user, *this);
    }
    if (bodyState_ == BodyState::Partial) {
      failBody(BodyFault::Gone);
    }
    endExchange();
  }
  input_.clear();
  body_.clear();
  server_.connectionClosed();
}

} // namespace uwk

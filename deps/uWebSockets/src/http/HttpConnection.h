// SPDX-License-Identifier: MIT
//
// The state of one HTTP connection, in its socket's ext bytes. One exchange at a time: while a
// response is pending, what the client sends on is parked (and the socket paused above a limit),
// then parsed in order.
//
//   input:    Head -> Body -> Head ...        (Body also drops what nobody wants)
//   exchange: none -> pending -> responded -> none
//
// HttpConnection.cpp turns bytes into exchanges, HttpBody.cpp takes request bodies,
// HttpRespond.cpp writes responses, HttpStream.cpp those that come over time, HttpFile.cpp files.
#pragma once

#include "ByteBuffer.h"
#include "ChunkedDecoder.h"
#include "HttpParser.h"
#include "UnreadBody.h"

#include <uwk/Exchange.h>
#include <uwk/Server.h>

#include <memory>

namespace uwk {

class FileBody;
class FileRoute;
struct DirectoryAnswer;
class StaticResponse;
struct HeldFile;
struct OpenPart;

class HttpConnection final : public Exchange {
public:
  HttpConnection(Server::Internal &server, usk::Socket &socket);

  static HttpConnection &of(usk::Socket &socket) {
    return *static_cast<HttpConnection *>(socket.ext());
  }
  static const usk::SocketEvents &events();

  [[nodiscard]] bool isPending() const { return pending_; }
  // Keep-alive and nothing under way, not even further up the stack.
  [[nodiscard]] bool isIdle() const {
    return !processing_ && !isBusy() && phase_ == Phase::Head && input_.empty();
  }
  [[nodiscard]] uint32_t serial() const { return serial_; }

  // Whether another protocol may take over: nobody answered the request, and nobody wants what has
  // not arrived of its body.
  [[nodiscard]] bool canHandOver() const {
    return isOpen() && !responded_ && !http10_ &&
           (phase_ == Phase::Head || bodyMode_ == BodyMode::Drop);
  }
  [[nodiscard]] usk::Socket &socket() const { return socket_; }
  // process() is on the stack, and passes on to Server::Internal::takeOver() what it has left.
  [[nodiscard]] bool isProcessing() const { return processing_; }
  // Ends the exchange and the life of this object; returns what came after the request, or what is
  // to come of it.
  ByteBuffer handOver(std::unique_ptr<UnreadBody> &unread);
  // Answers instead of the application, and ends the connection.
  void refuse(HttpError error);

private:
  friend class Exchange;
  friend class Server;
  friend struct Server::Internal;

  enum class Phase : uint8_t { Head, Body };
  enum class BodyMode : uint8_t {
    None,
    Buffer,  // nobody waits: kept up to the high-water mark
    Collect, // onBody comes with the end
    Pull,    // onBody comes with the next bytes
    Drop     // nobody wants it
  };

  // A large response body that is sent without a copy.
  struct LargeBody {
    ResponseBody body;
    size_t sent = 0;
  };

  // HttpConnection.cpp
  void receive(std::string_view bytes);
  void process(std::string_view input);
  size_t consume(std::string_view input);
  void park(std::string_view bytes);
  void keep(ByteBuffer &&bytes);
  bool parseStored(std::string_view added) const;
  void waitForHead();
  void dispatch(const HttpHead &head, std::string_view &input);
  void callHandler(std::string_view headBytes, uint32_t route);
  void endExchange();
  void afterExchange();
  void resumeInput();
  void endIfDone();
  void endConversation();
  void drained();
  void peerEnded();
  void closed();
  // No further request may be dispatched: its response would overtake or cut another one.
  // A large static response is sent without an exchange, hence the second condition.
  [[nodiscard]] bool isBusy() const { return pending_ || sending_ || socket_.backlog() > 0; }

  // HttpBody.cpp
  bool beginBody(const HttpHead &head, bool wanted);
  bool readBody(std::string_view &input);
  bool readChunked(std::string_view &input, std::string_view &piece, bool &last);
  void bodyArrives(size_t size);
  void allowIdleTime();
  bool admit(size_t size);
  bool bodyArrived(std::string_view piece, bool last);
  bool keepInline();
  void reportBody(BodyState state);
  void askForBody(BodyMode mode);
  void bodyTaken();
  void failBody(BodyFault fault);
  void resumeBody();
  void dropBody();
  [[nodiscard]] uint64_t drainLimit() const;

  // HttpRespond.cpp
  void fail(HttpError error);
  void respondStatic(const StaticResponse &route, const HttpHead &head);
  void respondEmpty(uint16_t status);
  bool send(const ResponseHead &head, const ResponseBody &body);
  void sendLarge(const ResponseBody &body);
  bool pumpLarge(bool first);
  void sendUnhandled();
  void responseWritten();
  void releaseLarge();

  // HttpFile.cpp
  FileResult sendFile(const FileResponse &given);
  void respondFileRoute(const FileRoute &route, OpenPart &opened, const HttpHead &head);
  void putHead(const ResponseHead &head, int64_t length, std::string_view date);
  bool startFile(OpenPart &opened);
  bool startFile(const DirectoryAnswer &answer);
  void sendContents(const OpenPart &opened);
  bool sendWithHead(int file, uint64_t &offset, uint64_t &length);
  void sendLater(HeldFile file, uint64_t offset, uint64_t length);
  bool pumpFile();
  void releaseFile();
  void respondDirectory(DirectoryRoute &route, const HttpHead &head);

  // HttpStream.cpp
  StreamWrite startStream(const ResponseHead &given, int64_t length, std::string_view first);
  StreamWrite writeStream(std::string_view bytes);
  void flushStream();
  bool endStream(std::string_view last);
  void breakOff();
  void putChunk(std::string_view bytes, std::string_view tail);

  Server::Internal &server_;
  usk::Socket &socket_;
  uint32_t serial_ = 0;
  uint32_t sinceArmed_ = 0; // bytes of a body since the idle timeout was armed
  uint16_t timeoutSeconds_;
  Method method_ = Method::Unknown;
  Phase phase_ = Phase::Head;
  BodyMode bodyMode_ = BodyMode::None;
  BodyState bodyState_ = BodyState::None;
  BodyFault bodyFault_ = BodyFault::None;
  bool pending_ : 1 = false;   // an exchange is open
  bool responded_ : 1 = false; // its response was given
  bool sending_ : 1 = false;   // ... and has not left entirely
  bool streaming_ : 1 = false; // ... and its end has not been given; sending_ is set, too
  bool chunkedOut_ : 1 = false;
  bool streamFull_ : 1 = false;  // onWritable is owed
  bool endsByClose_ : 1 = false; // the connection's end is the body's
  bool http10_ : 1 = false;
  bool watched_ : 1 = false;   // onSent was asked for
  bool unhandled_ : 1 = false; // sending_ without an exchange, but counted like one
  bool closeAfter_ : 1 = false;
  bool inHandler_ : 1 = false;  // onRequest is running: head and inline body are in place
  bool processing_ : 1 = false; // process() is on the stack
  bool headTimer_ : 1 = false;  // the head deadline is armed
  bool chunked_ : 1 = false;
  bool resumeQueued_ : 1 = false;
  bool ended_ : 1 = false;   // the peer's FIN was read
  bool dropped_ : 1 = false; // the client went on after the last request
  bool limited_ : 1 = false; // the body counts against maxRequestBodyBytes
  bool expects_ : 1 = false; // the client waits for a 100 before it sends its body
  uint32_t headSize_ = 0;
  ChunkedDecoder decoder_;
  uint64_t remaining_ = 0; // bytes of a Content-Length body that have not arrived
  uint64_t received_ = 0;  // body bytes so far
  ByteBuffer input_;       // partial head or parked requests
  ByteBuffer body_;
  std::string_view inlineBody_; // body bytes still in the receive buffer, to be taken or stored
  const char *head_ = nullptr;  // headSize_ bytes, while inHandler_
  void *data_ = nullptr;
  std::unique_ptr<LargeBody> large_; // while there is one: idle connections are many
  uint64_t owed_ = 0;                // bytes that a stream of known length still owes
  FileBody *file_ = nullptr;         // while a file is being sent
};

static_assert(sizeof(HttpConnection) <= usk::Socket::kExtBytes);

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// One request and its response, as the embedder sees it. An Exchange is found by its handle, a
// number that carries a serial: a handle kept after its exchange ended finds nothing, so every
// late call is a defined no-op. Pointers to an Exchange must not be kept.
#pragma once

#include <usk/socket.h>
#include <usk/tls.h>
#include <uwk/BodyBytes.h>
#include <uwk/FileResponse.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usk {
class Loop;
}

namespace uwk {

class Server;

// 52 bits: fits a JavaScript number. Zero is never a handle.
using ExchangeHandle = uint64_t;

// A response body in memory. With `release` the bytes stay valid until it is called (exactly once,
// possibly before respond() returns) and large bodies are sent without a copy; without it they are
// only valid during the call. `refresh`, if given, is asked where the bytes are before each later
// use; another size than before (the memory was taken back) resets the connection.
struct ResponseBody {
  std::string_view bytes;
  std::string_view (*refresh)(void *owner) = nullptr;
  void (*release)(void *owner) = nullptr;
  void *owner = nullptr;
};

struct ResponseHead {
  uint16_t status = 200;
  // Complete field lines ("Name: value\r\n"...), already validated; without Date, Content-Length
  // and Transfer-Encoding unless the flags below say so.
  std::string_view fields;
  bool hasDate = false;    // `fields` carries a Date of the application's own
  bool closeAfter = false; // `fields` says Connection: close
  // HEAD, 304 and the like: the length of the body that is not sent; -1 = no Content-Length.
  int64_t declaredLength = -1;
  bool omitBody = false;
  // HEAD: the body that is not sent would be chunked. Nothing elsewhere.
  bool chunked = false;
};

// What became of a piece of a streamed body.
enum class StreamWrite : uint8_t {
  Ready, // on its way; more may follow at once
  Full,  // kept, but more should wait for onWritable
  Gone   // no stream is open: the connection ended, or the stream did
};

enum class BodyState : uint8_t {
  None,     // the request has no body (or its method has none by definition)
  Partial,  // some of it has not arrived
  Complete, // all of it is in memory
  Taken,    // handed out to its end, or given up
  Failed    // it will never be complete; bodyFault() says why
};

enum class BodyFault : uint8_t {
  None,
  Gone,    // the connection ended first, or the body is malformed
  TooLarge // more than maxRequestBodyBytes came
};

class Exchange {
public:
  [[nodiscard]] static Exchange *find(usk::Loop &loop, ExchangeHandle handle);

  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  [[nodiscard]] Server &server() const;
  [[nodiscard]] ExchangeHandle handle() const;
  [[nodiscard]] usk::SocketAddress remoteAddress() const;
  // What was negotiated; false without TLS.
  [[nodiscard]] bool tls(usk::TlsInfo &info) const;

  // Request head: only while onRequest is running for this exchange. What has to live longer is
  // copied from rawHead().
  [[nodiscard]] bool isDispatching() const;
  [[nodiscard]] std::string_view rawHead() const; // request line, fields and blank line; else empty
  [[nodiscard]] std::string_view path() const;    // of absolute-form targets too; raw
  [[nodiscard]] std::string_view query() const;   // without '?'; null data when there is none
  [[nodiscard]] std::string_view host() const;
  [[nodiscard]] bool needsNormalising() const;
  // First field of that name (case-insensitive); `count` gets the number of such fields.
  [[nodiscard]] std::string_view header(std::string_view name, size_t &count) const;

  // Request body. What arrives is kept up to a high-water mark, then the socket is paused, until
  // the embedder takes it, asks for all of it, or gives it up. Asking also sends the 100 that a
  // client with `Expect: 100-continue` waits for.
  [[nodiscard]] BodyState bodyState() const;
  [[nodiscard]] BodyFault bodyFault() const;
  // The bytes that are here and were not taken. The view lives until the next call on the exchange
  // that is not const, or until the callback returns.
  [[nodiscard]] std::string_view bodyBytes() const;
  // The first `count` of them are taken. Lifts the pause when little is left.
  void consumeBody(size_t count);
  // Takes all of them; a Complete body becomes Taken. Lifts the pause.
  [[nodiscard]] BodyBytes takeBody();
  // Asks for all of a Partial body: onBody follows once, when it is complete or failed, unless the
  // exchange is answered first. Nothing in other states.
  void collectBody();
  // Asks for more of a Partial body of which nothing is here: onBody follows once, with the next
  // bytes, the end or the failure, unless the exchange is answered first. False, and nothing, in
  // other states.
  bool pullBody();
  // Nobody wants the rest: it is read past. The limit still counts.
  void discardBody();

  // False when the peer was refused meanwhile (a malformed body, too much of it): nothing more can
  // be sent to it.
  [[nodiscard]] bool isOpen() const;
  // Sends the whole response. False when one was sent already.
  bool respond(const ResponseHead &head, const ResponseBody &body);
  // Opens a file and sends it as the response; the connection keeps the descriptor until it has
  // left. Statuses that have no body are for respond().
  FileResult respondFile(const FileResponse &file);
  // Closes the connection without a response.
  void abort();
  // Asks for onSent once the response has left entirely.
  void watch();

  // Response bodies whose bytes come over time. startStream() sends the head and the first bytes;
  // `length` is the body's, -1 when nobody knows it: such a body is chunked, or ends with the
  // connection (HTTP/1.0). Not for HEAD and for statuses without a body: respond() answers those.
  // Then any number of writes and one end. Pieces are copied or gone when the call returns, and
  // several of one turn leave together. More or less bytes than `length` reset the connection.
  StreamWrite startStream(const ResponseHead &head, int64_t length, std::string_view first);
  StreamWrite writeStream(std::string_view bytes);
  // Hands what was written to the kernel now instead of at the end of the turn.
  void flushStream();
  // The last bytes and the end of the body. False when no stream is open (any more).
  bool endStream(std::string_view last);
  // The rest will never come: a reset, so that what was sent cannot pass for a whole response.
  // Closes the connection before a response, too. onAborted does not follow.
  void reset();

  // Idle timeout of this exchange in seconds, 0 = none.
  void setTimeout(unsigned seconds);

  // One pointer of the embedder's; ServerHandlers::onEnded gets it back.
  void setData(void *data);
  [[nodiscard]] void *data() const;

protected:
  Exchange() = default;
  ~Exchange() = default;
};

} // namespace uwk

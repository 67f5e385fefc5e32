// SPDX-License-Identifier: MIT
//
// Files as responses: those of handlers, of file routes and of directory routes. The head leaves
// with the first bytes of the file; from then on the socket's drains carry the rest, without the
// embedder.
#include "../ServerInternal.h"
#include "../files/DirectoryReply.h"
#include "../files/FileBody.h"
#include "../files/FileFields.h"
#include "../files/FileRoute.h"
#include "HttpConnection.h"
#include "ResponseWriter.h"

#include <usk/loop.h>

#include <cerrno>
#include <ctime>
#include <memory>
#include <utility>

namespace uwk {

namespace {

// Below this, reading and writing costs less than what the kernel does for sendfile(2).
constexpr size_t kSmallFile = 64 * 1024;
static_assert(kSmallFile <= FileBody::kBlock);
// Below this, copying costs less than a system call of its own.
constexpr size_t kCopiedContents = 4 * 1024;

ByteRange rangeOf(const OpenPart &opened) { return {opened.offset, opened.length}; }

// "bytes a-b/*", as Bun writes it for slices: the size of the file was not asked for. An empty part
// has no last byte; its place is shown.
void appendSliceRange(std::string &text, const OpenPart &opened) {
  const uint64_t last = opened.length == 0 ? opened.offset : rangeOf(opened).last();
  text.append("content-range: bytes ").append(std::to_string(opened.offset));
  text.append("-").append(std::to_string(last)).append("/*\r\n");
}

// The status and field lines for what was opened; narrows it to what is sent. Returns the value of
// a Content-Length after the Date, -1 for none.
int64_t describe(const FileResponse &given, OpenPart &opened, ResponseHead &head,
                 std::string &text) {
  text.assign(given.fields);
  if (given.sliced && !opened.isWhole()) {
    appendLength(text, opened.length);
    head.status = 206;
    if (!given.hasContentRange) {
      appendSliceRange(text, opened);
    }
    return -1;
  }
  const uint64_t whole = opened.length;
  ByteRange range;
  const bool ranged = !given.range.empty() && given.status == 200 && !given.hasContentRange;
  switch (ranged ? chooseRange(given.range, whole, range) : RangeChoice::Whole) {
  case RangeChoice::Whole:
    appendLength(text, whole);
    break;
  case RangeChoice::Part:
    head.status = 206;
    opened.offset += range.first;
    opened.length = range.length;
    appendLength(text, range.length);
    appendContentRange(text, range, whole);
    appendAcceptRanges(text);
    break;
  case RangeChoice::Unsatisfiable:
    head.status = 416;
    opened.length = 0;
    text.assign(given.fieldsWithoutType);
    appendContentRange(text, range, whole);
    appendAcceptRanges(text);
    return 0;
  }
  return -1;
}

} // namespace

FileResult Exchange::respondFile(const FileResponse &file) {
  auto &self = static_cast<HttpConnection &>(*this);
  if (!isOpen() || self.responded_) {
    return {FileResult::Outcome::Gone, 0};
  }
  return self.sendFile(file);
}

FileResult HttpConnection::sendFile(const FileResponse &given) {
  using Outcome = FileResult::Outcome;
  OpenPart opened;
  if (const int error = opened.open(*given.part, server_.contents.get(), socket_.loop().now());
      error < 0) {
    return {Outcome::Failed, -error};
  }
  if (opened.facts.kind == fs::FileKind::Directory) {
    return {Outcome::Failed, EISDIR};
  }
  if (opened.facts.kind != fs::FileKind::Regular) {
    return {Outcome::NotRegular, 0, given.part->path.empty() ? -1 : opened.descriptor.release()};
  }
  ResponseHead head;
  head.status = given.status;
  head.hasDate = given.hasDate;
  head.closeAfter = given.closeAfter;
  responded_ = true;
  closeAfter_ = closeAfter_ || head.closeAfter;
  const bool wasCorked = socket_.isCorked();
  socket_.cork();
  if (method_ == Method::Head) {
    // Behaviours 2.7: the length of the whole answer, no Date, whatever Range says.
    head.fields = given.fields;
    head.omitBody = true;
    putHead(head, static_cast<int64_t>(opened.length), {});
    opened.length = 0;
  } else {
    std::string &text = server_.text;
    const int64_t length = describe(given, opened, head, text);
    head.fields = text;
    putHead(head, length, head.hasDate ? std::string_view{} : socket_.loop().date());
  }
  const bool isDone = startFile(opened);
  if (!wasCorked) {
    socket_.uncork();
  }
  if (isDone && socket_.backlog() == 0) {
    responseWritten();
  } else {
    sending_ = true;
    dropBody();
  }
  return {Outcome::Responded, 0};
}

void HttpConnection::respondFileRoute(const FileRoute &route, OpenPart &opened,
                                      const HttpHead &head) {
  const auto now = static_cast<int64_t>(std::time(nullptr));
  const FileRoute::Reply reply =
      route.reply(head, opened, socket_.loop().date(), now, server_.text);
  closeAfter_ = closeAfter_ || route.closeAfter();
  putHead(reply.head, reply.contentLength, {});
  if (startFile(opened)) {
    afterExchange();
  } else {
    sendUnhandled();
  }
}

void HttpConnection::respondDirectory(DirectoryRoute &route, const HttpHead &head) {
  const auto now = static_cast<int64_t>(std::time(nullptr));
  DirectoryAnswer answer = route.answer(head, socket_.loop().now(), now);
  if (!answer.spelling.empty()) {
    RouteTable::Target target;
    if (!server_.routes->match(static_cast<uint8_t>(head.method), answer.spelling, server_.match,
                               target) ||
        target.directory != &route) {
      answer = {};
    }
  }
  const DirectoryReply reply = directoryReply(answer, head, socket_.loop().date(), server_.text);
  putHead(reply.head, reply.contentLength, {});
  if (head.method == Method::Head) {
    answer.range.length = 0;
  }
  if (startFile(answer)) {
    afterExchange();
  } else {
    sendUnhandled();
  }
}

void HttpConnection::putHead(const ResponseHead &head, int64_t length, std::string_view date) {
  const size_t capacity = headCapacity(head);
  if (char *out = socket_.reserve(capacity); out != nullptr) {
    socket_.commit(writeHead(out, head, length, date));
    return;
  }
  std::string text(capacity, '\0');
  text.resize(writeHead(text.data(), head, length, date));
  socket_.write(text);
}

// True when nothing of the response is left with us.
bool HttpConnection::startFile(OpenPart &opened) {
  if (opened.contents) {
    sendContents(opened);
    return pumpLarge(true);
  }
  const int fd = opened.descriptor.get();
  if (!sendWithHead(fd, opened.offset, opened.length)) {
    auto holder = std::make_shared<const fs::Descriptor>(std::move(opened.descriptor));
    sendLater({fd, std::move(holder)}, opened.offset, opened.length);
  }
  return pumpLarge(true);
}

bool HttpConnection::startFile(const DirectoryAnswer &answer) {
  ByteRange range = answer.range;
  if (range.length != 0 && !sendWithHead(answer.file->descriptor(), range.first, range.length)) {
    sendLater({answer.file->descriptor(), std::make_shared<const ServedFileRef>(answer.file)},
              range.first, range.length);
  }
  return pumpLarge(true);
}

// Small ones share the cork with their head and what else is pipelined.
void HttpConnection::sendContents(const OpenPart &opened) {
  const std::string_view bytes = opened.contents->bytes().substr(
      static_cast<size_t>(opened.offset), static_cast<size_t>(opened.length));
  if (bytes.size() <= kCopiedContents) {
    socket_.write(bytes);
    return;
  }
  ResponseBody body;
  body.bytes = bytes;
  body.release = [](void *owner) { static_cast<const FileContents *>(owner)->release(); };
  body.owner = const_cast<FileContents *>(FileContentsRef(opened.contents).detach());
  sendLarge(body);
}

// A small file that is in the page cache leaves in one system call with its head, and nothing is
// kept. `offset` and `length` become those of what is left; true when that is nothing.
bool HttpConnection::sendWithHead(int file, uint64_t &offset, uint64_t &length) {
  if (length == 0 || length > kSmallFile) {
    return length == 0;
  }
  const auto size = static_cast<size_t>(length);
  if (char *out = socket_.reserve(size); out != nullptr) {
    if (!fs::readCached(file, out, size, offset)) {
      return false;
    }
    socket_.commit(size);
    return true;
  }
  if (!fs::readCached(file, server_.block(), size, offset)) {
    return false;
  }
  const size_t taken = socket_.tryWrite({server_.block(), size});
  offset += taken;
  length -= taken;
  return length == 0;
}

void HttpConnection::sendLater(HeldFile file, uint64_t offset, uint64_t length) {
  file_ = new FileBody(std::move(file), offset, length, [](usk::Socket &socket) {
    HttpConnection &connection = of(socket);
    if (connection.file_ != nullptr) {
      connection.file_->fetched();
      connection.drained();
    }
  });
}

// True when there is no file (any more).
bool HttpConnection::pumpFile() {
  if (file_ == nullptr) {
    return true;
  }
  switch (file_->pump(socket_, server_.block())) {
  case FileBody::Step::Waiting:
    return false;
  case FileBody::Step::Broken:
    // A shorter body would look complete to whoever does not count.
    socket_.reset();
    return false;
  case FileBody::Step::Done:
    break;
  }
  releaseFile();
  return true;
}

void HttpConnection::releaseFile() {
  delete file_;
  file_ = nullptr;
}

} // namespace uwk

// SPDX-License-Identifier: MIT
//
// See FileBody.h. One step per event, of the size that the loop allows.
#include "FileBody.h"

#include "FileSystem.h"

#include <usk/loop.h>

#include <algorithm>
#include <new>

namespace uwk {

namespace {

// What another thread is asked for at once.
constexpr uint64_t kFetch = 1024 * 1024;

// Lives until both threads are done with it, whatever became of the connection.
struct Fetch {
  HeldFile file;
  uint64_t offset;
  uint64_t size;
  usk::Loop *loop;
  uint32_t socket;
  uint32_t generation;
  FileBody::Resume resume;

  // Brings the bytes into the page cache; what is read is not needed. A failure or a file that
  // ends is noticed by whoever sends it.
  void read() const {
    const std::unique_ptr<char[]> block(new (std::nothrow) char[FileBody::kBlock]);
    if (block == nullptr) {
      return;
    }
    const int fd = file.fd;
    fs::willNeed(fd, offset, size);
    for (uint64_t done = 0; done < size;) {
      const uint64_t wanted = std::min<uint64_t>(size - done, FileBody::kBlock);
      const int count = fs::readAt(fd, block.get(), static_cast<size_t>(wanted), offset + done);
      if (count <= 0) {
        return;
      }
      done += static_cast<uint64_t>(count);
    }
  }

  void done() const {
    usk::Socket *found = loop->socketAt(socket);
    if (found != nullptr && found->generation() == generation && !found->isClosed()) {
      resume(*found);
    }
  }
};

} // namespace

FileBody::Step FileBody::pump(usk::Socket &socket, char *block) {
  if (fetching_) {
    return Step::Waiting;
  }
  const auto size = static_cast<size_t>(std::min<uint64_t>(left_, socket.bulkShare()));
  if (size == 0) {
    socket.awaitDrain();
    return Step::Waiting;
  }
  const uint64_t end = offset_ + size;
  if (end > inMemoryTo_) {
    const uint64_t begin = std::max(offset_, inMemoryTo_);
    if (!fs::isCached(file_.fd, begin, static_cast<size_t>(end - begin))) {
      fetch(socket);
      return Step::Waiting;
    }
    inMemoryTo_ = end;
  }
  return copying_ ? copy(socket, size, block) : send(socket, size, block);
}

FileBody::Step FileBody::send(usk::Socket &socket, size_t size, char *block) {
  const usk::FileSend sent = socket.sendFile(file_.fd, offset_, size);
  switch (sent.outcome) {
  case usk::FileSend::Outcome::Ended:
  case usk::FileSend::Outcome::Failed:
    return Step::Broken;
  case usk::FileSend::Outcome::Unsupported:
    copying_ = true;
    return copy(socket, size, block);
  case usk::FileSend::Outcome::Sent:
    break;
  }
  advance(sent.taken);
  return sent.taken < size ? Step::Waiting : stepDone(socket);
}

FileBody::Step FileBody::copy(usk::Socket &socket, size_t size, char *block) {
  while (size != 0) {
    const int count = fs::readAt(file_.fd, block, std::min(size, kBlock), offset_);
    if (count <= 0) {
      return Step::Broken;
    }
    const auto read = static_cast<size_t>(count);
    const size_t taken = socket.tryWrite({block, read});
    if (socket.hasFailed()) {
      return Step::Waiting;
    }
    advance(taken);
    size -= taken;
    if (taken < read) {
      // What was not taken is read again: the page cache is the better buffer.
      return Step::Waiting;
    }
  }
  return stepDone(socket);
}

void FileBody::advance(size_t count) {
  offset_ += count;
  left_ -= count;
}

FileBody::Step FileBody::stepDone(usk::Socket &socket) const {
  if (left_ == 0) {
    return Step::Done;
  }
  // It would have taken more: others first.
  socket.awaitDrain();
  return Step::Waiting;
}

void FileBody::fetch(usk::Socket &socket) {
  const uint64_t size = std::min(left_, kFetch);
  auto *fetch =
      new Fetch{file_, offset_, size, &socket.loop(), socket.index(), socket.generation(), resume_};
  fetching_ = true;
  inMemoryTo_ = offset_ + size;
  socket.loop().offload([](void *user) { static_cast<const Fetch *>(user)->read(); },
                        [](void *user) {
                          const std::unique_ptr<const Fetch> over(static_cast<Fetch *>(user));
                          over->done();
                        },
                        fetch);
}

} // namespace uwk

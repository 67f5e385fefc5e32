// SPDX-License-Identifier: MIT
//
// See session.h.
#include "session.h"

#include "context.h"
#include "loop_io.h"

#include <usk/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace usk {
namespace {

// Walks over the parts in pieces of one record. Short parts are gathered: a head and a body that
// were written together become one record, not two.
class Records {
public:
  Records(const iovec *parts, size_t count, char *scratch)
      : part_(parts), end_(parts + count), scratch_(scratch) {
    skipEmpty();
  }

  [[nodiscard]] bool done() const { return part_ == end_; }

  std::string_view next() {
    const size_t here = part_->iov_len - offset_;
    const char *from = static_cast<const char *>(part_->iov_base) + offset_;
    if (here >= TlsIo::kRecordBytes || part_ + 1 == end_) {
      const size_t size = std::min(here, TlsIo::kRecordBytes);
      advance(size);
      return {from, size};
    }
    size_t gathered = 0;
    while (!done() && gathered < TlsIo::kRecordBytes) {
      const size_t size = std::min(part_->iov_len - offset_, TlsIo::kRecordBytes - gathered);
      std::memcpy(scratch_ + gathered, static_cast<const char *>(part_->iov_base) + offset_, size);
      gathered += size;
      advance(size);
    }
    return {scratch_, gathered};
  }

private:
  void advance(size_t size) {
    offset_ += size;
    if (offset_ == part_->iov_len) {
      part_++;
      offset_ = 0;
      skipEmpty();
    }
  }
  void skipEmpty() {
    while (part_ != end_ && part_->iov_len == 0) {
      part_++;
    }
  }

  const iovec *part_;
  const iovec *end_;
  char *scratch_;
  size_t offset_ = 0;
};

} // namespace

TlsSession::TlsSession(Socket &socket, TlsContext &context, TlsIo &io, const net::Calls &net)
    : socket_(socket), context_(context), io_(io), net_(net) {
  context.retain();
}

TlsSession::~TlsSession() {
  SSL_free(ssl_);
  std::free(pending_);
  context_.release();
}

bool TlsSession::start() {
  ssl_ = SSL_new(context_.internal().initial());
  if (ssl_ == nullptr) {
    return false;
  }
  BIO_up_ref(io_.bio());
  SSL_set_bio(ssl_, io_.bio(), io_.bio());
  SSL_set_app_data(ssl_, this);
  SSL_set_accept_state(ssl_);
  // Most of the memory of a connection is configuration that only the handshake needs.
  SSL_set_shed_handshake_config(ssl_, 1);
  return true;
}

ssize_t TlsSession::read(char *to, size_t size) {
  for (;;) {
    if (failure_ != 0) {
      return -failure_;
    }
    if (ended_) {
      return 0;
    }
    const ssize_t received = net_.receive(socket_.fd(), io_.input(), TlsIo::kInputBytes);
    if (received < 0) {
      return received;
    }
    if (received == 0) {
      // RFC 8446 section 6.1: data may have been cut off. Before the handshake there was none.
      return established_ ? -ECONNABORTED : 0;
    }
    if (ssl_ == nullptr && !start()) {
      return -ENOMEM;
    }
    const size_t count = decrypt(to, size, {io_.input(), static_cast<size_t>(received)});
    // Replies of the handshake, key updates, alerts.
    const int sent = sendOutput();
    if (sent < 0 && sent != -EAGAIN && failure_ == 0) {
      failure_ = -sent;
    }
    if (count != 0) {
      return static_cast<ssize_t>(count);
    }
  }
}

// All plaintext of the window. It always fits: `size` is larger than the window and the beginning
// of one record, the most that the TLS library keeps between two calls.
size_t TlsSession::decrypt(char *to, size_t size, std::string_view input) {
  const TlsIo::Use use(io_, *this, input);
  size_t count = 0;
  int result = 0;
  do {
    count += static_cast<size_t>(result);
    result = SSL_read(ssl_, to + count, static_cast<int>(std::min<size_t>(size - count, INT_MAX)));
  } while (result > 0);
  switch (SSL_get_error(ssl_, result)) {
  case SSL_ERROR_WANT_READ:
    break;
  case SSL_ERROR_ZERO_RETURN:
    ended_ = true;
    break;
  default:
    failure_ = EPROTO;
  }
  established_ = established_ || (failure_ == 0 && SSL_in_init(ssl_) == 0);
  ERR_clear_error();
  return count;
}

ssize_t TlsSession::write(const iovec *parts, size_t count) {
  const bool isLast = std::exchange(endsWithWrite_, false);
  if (!established_) {
    return -EAGAIN;
  }
  if (const int flushed = flush(); flushed < 0) {
    return flushed;
  }
  const size_t batch = context_.internal().batchRecords(entry_);
  Records records(parts, count, io_.scratch());
  ssize_t taken = 0;
  while (!records.done()) {
    {
      const TlsIo::Use use(io_, *this);
      for (size_t number = 0; number < batch && !records.done() && io_.hasRoom(1); number++) {
        const std::string_view piece = records.next();
        if (SSL_write(ssl_, piece.data(), static_cast<int>(piece.size())) <= 0) {
          ERR_clear_error();
          (void)io_.takeOutput();
          return -EPROTO;
        }
        taken += static_cast<ssize_t>(piece.size());
      }
      if (isLast && records.done() && !notified_ && !withheld_) {
        writeEnd();
      }
    }
    if (const int sent = sendOutput(); sent == -EAGAIN) {
      break;
    } else if (sent < 0) {
      return sent;
    }
  }
  return taken;
}

int TlsSession::flush() {
  while (pending() != 0) {
    const ssize_t sent = net_.send(socket_.fd(), pending_ + pendingSent_, pending());
    if (sent < 0) {
      return static_cast<int>(sent);
    }
    pendingSent_ += static_cast<size_t>(sent);
    if (pending() != 0) {
      return -EAGAIN;
    }
  }
  std::free(pending_);
  pending_ = nullptr;
  pendingSize_ = 0;
  pendingSent_ = 0;
  return 0;
}

int TlsSession::closeNotify() {
  if (!notified_ && !withheld_ && established_) {
    const TlsIo::Use use(io_, *this);
    writeEnd();
    return sendOutput();
  }
  return flush();
}

void TlsSession::writeEnd() {
  notified_ = true;
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

bool TlsSession::spill() {
  const int sent = sendOutput();
  if (sent < 0 && sent != -EAGAIN) {
    failure_ = failure_ == 0 ? -sent : failure_;
    return false;
  }
  return true;
}

// The batch goes to the kernel behind what was kept before; the rest is kept. As flush().
int TlsSession::sendOutput() {
  std::string_view bytes = io_.takeOutput();
  if (bytes.empty()) {
    return pending() == 0 ? 0 : -EAGAIN;
  }
  if (pending() == 0) {
    const ssize_t sent = net_.send(socket_.fd(), bytes.data(), bytes.size());
    if (sent < 0 && sent != -EAGAIN && sent != -EWOULDBLOCK) {
      return static_cast<int>(sent);
    }
    bytes.remove_prefix(sent < 0 ? 0 : static_cast<size_t>(sent));
    if (bytes.empty()) {
      return 0;
    }
  }
  return keep(bytes) ? -EAGAIN : -ENOMEM;
}

bool TlsSession::keep(std::string_view bytes) {
  const size_t left = pending();
  auto *memory = static_cast<char *>(std::malloc(left + bytes.size()));
  if (memory == nullptr) {
    return false;
  }
  if (left != 0) {
    std::memcpy(memory, pending_ + pendingSent_, left);
  }
  std::memcpy(memory + left, bytes.data(), bytes.size());
  std::free(pending_);
  pending_ = memory;
  pendingSize_ = left + bytes.size();
  pendingSent_ = 0;
  return true;
}

} // namespace usk

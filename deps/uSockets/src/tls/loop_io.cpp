// SPDX-License-Identifier: MIT
//
// See loop_io.h. Reading takes from the window and asks to be called again when it is empty.
// Writing never does: what is not sent is kept, by the batch or by the session, so the TLS library
// never has a half-written record to be given again.
#include "loop_io.h"

#include "session.h"

#include <openssl/bio.h>

#ifndef OPENSSL_IS_BORINGSSL
#error "the OpenSSL headers found are not BoringSSL's: its include directory must come first"
#endif

#include <algorithm>
#include <cstring>
#include <new>

namespace usk {

std::unique_ptr<TlsIo> TlsIo::create() {
  std::unique_ptr<TlsIo> io(new (std::nothrow) TlsIo);
  if (io == nullptr) {
    return nullptr;
  }
  io->input_.reset(new (std::nothrow) char[kInputBytes]);
  io->output_.reset(new (std::nothrow) char[kOutputBytes]);
  io->scratch_.reset(new (std::nothrow) char[kRecordBytes]);
  io->method_ = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "loop");
  if (io->input_ == nullptr || io->output_ == nullptr || io->scratch_ == nullptr ||
      io->method_ == nullptr) {
    return nullptr;
  }
  BIO_meth_set_read(io->method_, onRead);
  BIO_meth_set_write(io->method_, onWrite);
  BIO_meth_set_ctrl(io->method_, onControl);
  io->bio_ = BIO_new(io->method_);
  if (io->bio_ == nullptr) {
    return nullptr;
  }
  BIO_set_data(io->bio_, io.get());
  BIO_set_init(io->bio_, 1);
  return io;
}

TlsIo::~TlsIo() {
  BIO_free(bio_);
  BIO_meth_free(method_);
}

std::string_view TlsIo::takeOutput() {
  const size_t size = output_size_;
  output_size_ = 0;
  return {output_.get(), size};
}

int TlsIo::onRead(bio_st *bio, char *to, int size) {
  auto &io = *static_cast<TlsIo *>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const size_t count = std::min(io.window_.size(), static_cast<size_t>(size));
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(to, io.window_.data(), count);
  io.window_.remove_prefix(count);
  return static_cast<int>(count);
}

int TlsIo::onWrite(bio_st *bio, const char *bytes, int size) {
  auto &io = *static_cast<TlsIo *>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  std::string_view rest{bytes, static_cast<size_t>(size)};
  while (!rest.empty()) {
    // Only flights with many certificates are longer than a batch.
    if (io.output_size_ == kOutputBytes && !io.session_->spill()) {
      return -1;
    }
    const size_t count = std::min(rest.size(), kOutputBytes - io.output_size_);
    std::memcpy(io.output_.get() + io.output_size_, rest.data(), count);
    io.output_size_ += count;
    rest.remove_prefix(count);
  }
  return size;
}

long TlsIo::onControl(bio_st *, int command, long, void *) { return command == BIO_CTRL_FLUSH; }

} // namespace usk

// SPDX-License-Identifier: MIT
//
// What all TLS connections of a loop share: one BIO, the ciphertext that was just received, and the
// batch of records that is about to be sent. A connection owns neither a BIO nor such buffers.
// Invariant: the input window is open only while TlsSession::read() is on the stack, which calls
// nobody's callbacks, so no other connection can see or move it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct bio_st;
struct bio_method_st;

namespace usk {

class TlsSession;

class TlsIo {
public:
  // Plaintext of this much, and of a record begun before, fits into the loop's receive buffer.
  static constexpr size_t kInputBytes = 256 * 1024;
  static constexpr size_t kRecordBytes = 16 * 1024;
  // What a record adds to its plaintext is less (RFC 8446 section 5.2: at most 256 when received).
  static constexpr size_t kRecordOverhead = 128;
  static constexpr size_t kBatchRecords = 8;
  // One more than a batch: a response's head in front of a full one.
  static constexpr size_t kOutputBytes = (kBatchRecords + 1) * (kRecordBytes + kRecordOverhead);

  // Null when memory ran out.
  [[nodiscard]] static std::unique_ptr<TlsIo> create();
  ~TlsIo();
  TlsIo(const TlsIo &) = delete;
  TlsIo &operator=(const TlsIo &) = delete;

  [[nodiscard]] char *input() { return input_.get(); }
  // Space for one record's plaintext that is gathered from several places.
  [[nodiscard]] char *scratch() { return scratch_.get(); }
  // Space for plaintext on its way into records, kBatchRecords of them.
  [[nodiscard]] bool hasRoom(size_t records) const {
    return output_size_ + records * (kRecordBytes + kRecordOverhead) <= kOutputBytes;
  }
  // The batch; empty afterwards, the bytes stay until the next call of the TLS library.
  [[nodiscard]] std::string_view takeOutput();

  [[nodiscard]] bio_st *bio() { return bio_; }

  // While one exists the BIO works for `session`.
  class Use {
  public:
    Use(TlsIo &io, TlsSession &session, std::string_view input = {}) : io_(io) {
      io.session_ = &session;
      io.window_ = input;
    }
    ~Use() {
      io_.session_ = nullptr;
      io_.window_ = {};
    }
    Use(const Use &) = delete;
    Use &operator=(const Use &) = delete;

  private:
    TlsIo &io_;
  };

private:
  TlsIo() = default;
  static int onRead(bio_st *bio, char *to, int size);
  static int onWrite(bio_st *bio, const char *bytes, int size);
  static long onControl(bio_st *bio, int command, long number, void *pointer);

  std::unique_ptr<char[]> input_;
  std::unique_ptr<char[]> output_;
  std::unique_ptr<char[]> scratch_;
  size_t output_size_ = 0;
  std::string_view window_;
  TlsSession *session_ = nullptr;
  bio_method_st *method_ = nullptr;
  bio_st *bio_ = nullptr;
};

} // namespace usk

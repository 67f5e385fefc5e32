// SPDX-License-Identifier: MIT
//
// zlib does the work: Node's in the addon, the system's in native builds.
#include "Deflate.h"

#include <algorithm>
#include <new>
#include <zlib.h>

namespace uwk::ws {

namespace {

// What a flush ends with: an empty stored block without its first bits.
constexpr std::string_view kFlushEnd{"\0\0\xff\xff", 4};
// So large that a step more is still a number.
constexpr uint64_t kNoLimit = UINT64_MAX / 2;
// Output space of a step. Also what a message may exceed its limit by, in memory.
constexpr size_t kStep = 16 * 1024;
// A run of zlib takes 32-bit counts.
constexpr size_t kMaxRun = 1u << 30;

// In z_stream::data_type after inflate().
constexpr int kAtBlockEnd = 128;

// Makes room for more than the `size` bytes that are there: as much again, but for one step at most
// beyond the limit.
void makeRoom(std::string &out, size_t size, size_t input, uint64_t limit) {
  if (out.size() != size) {
    return;
  }
  const size_t wanted = size == 0 ? std::min(4 * input + 64, kStep) : size + std::max(size, kStep);
  const uint64_t most = std::max<uint64_t>(std::min(limit, kNoLimit), size) + kStep;
  const auto room = static_cast<size_t>(std::min<uint64_t>(wanted, most));
  if (room > out.capacity()) {
    // A string that grows by itself at least doubles, which may be far beyond the limit.
    std::string grown;
    grown.reserve(room);
    grown.assign(out, 0, size);
    out.swap(grown);
  }
  out.resize(room);
}

Bytef *bytesOf(std::string_view text) {
  return reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
}

} // namespace

std::unique_ptr<Deflater> Deflater::create(unsigned window, unsigned memoryLevel, bool takeover) {
  std::unique_ptr<Deflater> made(new (std::nothrow) Deflater);
  if (made == nullptr) {
    return nullptr;
  }
  auto stream = std::make_unique<z_stream_s>();
  // zlib has no raw window of 256 bytes; but with 512 it never refers back more than 250.
  const int bits = -static_cast<int>(std::max(window, 9u));
  if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits,
                   static_cast<int>(memoryLevel), Z_DEFAULT_STRATEGY) != Z_OK) {
    return nullptr;
  }
  made->stream_ = std::move(stream);
  made->takeover_ = takeover;
  return made;
}

Deflater::~Deflater() {
  if (stream_ != nullptr) {
    deflateEnd(stream_.get());
  }
}

bool Deflater::compress(std::string_view message, std::string &out) {
  z_stream_s &stream = *stream_;
  size_t size = out.size();
  while (!message.empty()) {
    const size_t run = std::min(message.size(), kMaxRun);
    stream.next_in = bytesOf(message);
    stream.avail_in = static_cast<uInt>(run);
    message.remove_prefix(run);
    do {
      // What a short message needs at once; a long one gets more, step by step.
      out.resize(size + std::min(run + 64, kStep));
      stream.next_out = reinterpret_cast<Bytef *>(out.data() + size);
      stream.avail_out = static_cast<uInt>(out.size() - size);
      const int result = deflate(&stream, message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      if (result != Z_OK && result != Z_BUF_ERROR) {
        return false;
      }
      size = out.size() - stream.avail_out;
    } while (stream.avail_out == 0);
  }
  out.resize(size - kFlushEnd.size());
  return takeover_ || deflateReset(&stream) == Z_OK;
}

std::unique_ptr<Inflater> Inflater::create(unsigned window, bool takeover) {
  std::unique_ptr<Inflater> made(new (std::nothrow) Inflater);
  if (made == nullptr) {
    return nullptr;
  }
  auto stream = std::make_unique<z_stream_s>();
  if (inflateInit2(stream.get(), -static_cast<int>(window)) != Z_OK) {
    return nullptr;
  }
  made->stream_ = std::move(stream);
  made->takeover_ = takeover;
  return made;
}

Inflater::~Inflater() {
  if (stream_ != nullptr) {
    inflateEnd(stream_.get());
  }
}

InflateResult Inflater::decompress(std::string_view message, uint64_t limit, std::string &out) {
  z_stream_s &stream = *stream_;
  out.clear();
  if (message.empty()) {
    return InflateResult::Done; // not even a block, but nobody can mean anything else
  }
  size_t size = 0;
  bool ended = false;
  InflateResult result = run(message, limit, out, size, ended);
  // A last block (BFINAL) that ends the message is not followed by a flush (RFC 7692 section
  // 7.2.3.4).
  if (result == InflateResult::Done && !ended) {
    result = run(kFlushEnd, limit, out, size, ended);
    if (result == InflateResult::Done && !ended && (stream.data_type & kAtBlockEnd) == 0) {
      result = InflateResult::Invalid;
    }
  }
  out.resize(result == InflateResult::Done ? size : 0);
  if (!takeover_) {
    inflateReset(&stream);
  }
  return result;
}

InflateResult Inflater::run(std::string_view input, uint64_t limit, std::string &out, size_t &size,
                            bool &ended) {
  z_stream_s &stream = *stream_;
  while (!input.empty()) {
    const size_t run = std::min(input.size(), kMaxRun);
    stream.next_in = bytesOf(input);
    stream.avail_in = static_cast<uInt>(run);
    input.remove_prefix(run);
    do {
      makeRoom(out, size, run, limit);
      stream.next_out = reinterpret_cast<Bytef *>(out.data() + size);
      stream.avail_out = static_cast<uInt>(std::min(out.size() - size, kMaxRun));
      const uInt room = stream.avail_out;
      const int result = inflate(&stream, Z_SYNC_FLUSH);
      size += room - stream.avail_out;
      if (size > limit) {
        return InflateResult::TooBig;
      }
      if (result == Z_STREAM_END) {
        // More may follow in this message and in later ones, and may refer to what went before.
        inflateResetKeep(&stream);
        ended = stream.avail_in == 0 && input.empty();
      } else if (result == Z_BUF_ERROR) {
        break; // all input was used, and no output is left
      } else if (result != Z_OK) {
        return result == Z_MEM_ERROR ? InflateResult::NoMemory : InflateResult::Invalid;
      }
    } while (stream.avail_in != 0 || stream.avail_out == 0);
  }
  return InflateResult::Done;
}

} // namespace uwk::ws

// SPDX-License-Identifier: MIT
//
// The compressed form of messages (RFC 7692 section 7.2): raw DEFLATE, flushed, without the four
// bytes that every flush ends with. A stream either remembers what went before (context takeover)
// or is wiped after each message, and then one of them serves any number of sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace uwk::ws {

class Deflater {
public:
  // Null when memory is short. `window` 8 to 15.
  static std::unique_ptr<Deflater> create(unsigned window, unsigned memoryLevel, bool takeover);
  ~Deflater();
  Deflater(const Deflater &) = delete;
  Deflater &operator=(const Deflater &) = delete;

  // Appends the compressed form of a message that is not empty. False when memory is short: the
  // stream is of no further use then.
  [[nodiscard]] bool compress(std::string_view message, std::string &out);

private:
  Deflater() = default;
  std::unique_ptr<z_stream_s> stream_;
  bool takeover_ = false;
};

enum class InflateResult : uint8_t { Done, TooBig, Invalid, NoMemory };

class Inflater {
public:
  // Null when memory is short. `window` 8 to 15.
  static std::unique_ptr<Inflater> create(unsigned window, bool takeover);
  ~Inflater();
  Inflater(const Inflater &) = delete;
  Inflater &operator=(const Inflater &) = delete;

  // Replaces `out` by the message. Stops as soon as it has more than `limit` bytes: memory stays
  // bounded by the limit and one step beyond, whatever the message would become.
  [[nodiscard]] InflateResult decompress(std::string_view message, uint64_t limit,
                                         std::string &out);

private:
  Inflater() = default;
  InflateResult run(std::string_view input, uint64_t limit, std::string &out, size_t &size,
                    bool &ended);
  std::unique_ptr<z_stream_s> stream_;
  bool takeover_ = false;
};

} // namespace uwk::ws

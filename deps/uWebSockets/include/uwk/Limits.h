// SPDX-License-Identifier: MIT
//
// Every limit of the HTTP and WebSocket layers with the reason for its number. Nothing else in the
// tree may hard-code a limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace uwk {

struct Limits {
  // Request line plus header fields plus the blank line, in bytes. Bun 1.4.5 answers 431 above
  // 16 383.
  static constexpr size_t kMaxHeadBytes = 16383;
  // Header fields of one request. Bun 1.4.5: 198 pass, 199 answer 431.
  static constexpr size_t kMaxHeaders = 198;
  // Largest Content-Length and chunk size: what a JavaScript number holds exactly.
  static constexpr uint64_t kMaxBodyLength = (uint64_t{1} << 53) - 1;
  // Digits of a chunk size, leading zeros included: nobody needs more, and unlimited ones would be
  // bytes that no other limit counts.
  static constexpr unsigned kMaxChunkSizeDigits = 32;
  // Chunk extensions of one body, in total. They carry no meaning for us; unlimited ones are a
  // bandwidth amplifier (CVE-2024-22019).
  static constexpr size_t kMaxChunkExtensionBytes = 16 * 1024;
  // Trailer section of one body.
  static constexpr size_t kMaxTrailerBytes = 16 * 1024;
  // Bytes of pipelined requests held while an earlier response is pending; above it the socket is
  // paused, so the peer is slowed by TCP.
  static constexpr size_t kMaxParkedBytes = 64 * 1024;
  // Request body bytes held in memory before the handler asks for them.
  static constexpr size_t kBodyHighWaterMark = 256 * 1024;
  // Bytes of a streamed response that wait in memory for the client before its producer is told
  // to stop. The kernel's send buffer, megabytes on loopback, comes on top.
  static constexpr size_t kStreamHighWaterMark = 64 * 1024;
  // Default of `maxRequestBodySize`.
  static constexpr uint64_t kMaxRequestBodyBytes = 128ull * 1024 * 1024;
  // Seconds for a whole request head to arrive, whatever idleTimeout says (slow-loris).
  static constexpr unsigned kHeadSeconds = 10;
  // A request body that comes more slowly than this, over one idle timeout, counts as silence: else
  // a byte now and then holds a connection for ever. Any mobile network is faster.
  static constexpr unsigned kMinBodyBytesPerSecond = 1024;
  // Idle connections that are closed at once to make room for a new one.
  static constexpr size_t kMaxEvictions = 32;
  // How long the open file of a directory route stands for its name, in milliseconds: the look-ups
  // of a busy file go down to one a second, and a directory that is renamed is noticed as soon.
  static constexpr uint64_t kOpenFileTrustMs = 1000;
  // Larger files are not kept open: an open file keeps its disk space when it is deleted, and
  // opening is a small part of the cost of sending a large one.
  static constexpr uint64_t kMaxOpenFileBytes = 256 * 1024;
  // Files that a directory route keeps open, each with up to three compressed forms. Servers have a
  // thousand descriptors at least.
  static constexpr size_t kMaxOpenFiles = 64;
  // How long the contents of a small file are used without being read anew, in milliseconds;
  // changes that the system tells of count at once.
  static constexpr uint64_t kFileTrustMs = 1000;
  // Contents of files that a server keeps in memory: larger ones, more, or further ones are read
  // from the page cache, which costs little beside sending them.
  static constexpr uint64_t kMaxCachedFileBytes = 64 * 1024;
  static constexpr size_t kMaxFileCacheBytes = 16 * 1024 * 1024;
  static constexpr size_t kMaxCachedFiles = 1024;
  // Path of a file below a directory route, decoded; the kernel's own limit is 4096.
  static constexpr size_t kMaxDirectoryPath = 4000;
  // Published WebSocket messages that wait for the end of the turn, in bytes and number: beyond it
  // they are delivered at once.
  // What a WebSocket that was closed has to take in order to get the rest.
  static constexpr unsigned kClosingSeconds = 30;
  // A message of this size gains nothing from waiting for others of its turn.
  static constexpr size_t kPublishedAtOnceBytes = 16 * 1024;
  static constexpr size_t kMaxPublishedBytes = 1024 * 1024;
  static constexpr size_t kMaxPublished = 4096;
  // Segments of a path the router looks at; a longer path matches only wildcards above.
  static constexpr size_t kMaxPathSegments = 256;
};

} // namespace uwk

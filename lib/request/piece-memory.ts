// SPDX-License-Identifier: MIT
//
// Pieces of streamed bodies die young, but V8 looks for dead ones only when 32 MiB of ArrayBuffers
// were made since the last time: an upload would keep that much resident. An ArrayBuffer of that size
// whose memory nobody touches costs two system calls and makes V8 look at the next allocation.

/** How much of dead pieces may lie around. */
const DUE_BYTES = 2 * 1024 * 1024;
// Twice V8's default semi-space, and above the 32 MiB up to which malloc keeps freed memory.
const UNTOUCHED_BYTES = 33 * 1024 * 1024;

let bytesSince = 0;

/** To be told of every piece that was handed out. */
export function pieceMade(bytes: number): void {
  bytesSince += bytes;
  if (bytesSince < DUE_BYTES) return;
  bytesSince = 0;
  try {
    // Looked at, or a bundler takes it for dead code.
    bytesSince = new ArrayBuffer(UNTOUCHED_BYTES).byteLength - UNTOUCHED_BYTES;
  } catch {
    // No address space: V8 will look when it must.
  }
}

// SPDX-License-Identifier: MIT
//
// The `Bun` object: what programs written for Bun's server find under that name.

import { type BunFile, file } from './file/bun-file.js';
import { write } from './file/bun-write.js';
import { cookiesPart } from './late.js';
import { serve } from './serve.js';

/** Asks for a garbage collection, which Node does under `--expose-gc` only; the heap's size in bytes. */
function gc(_force = false): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

const standardStreams: (BunFile | undefined)[] = [];

function standardStream(fd: number): BunFile {
  return (standardStreams[fd] ??= file(fd));
}

export const Bun = {
  serve,
  file,
  write,
  get Cookie() {
    return cookiesPart().Cookie;
  },
  get CookieMap() {
    return cookiesPart().CookieMap;
  },
  env: process.env,
  gc,
  // Made when somebody asks: the first file loads Node's Blob.
  get stdin(): BunFile {
    return standardStream(0);
  },
  get stdout(): BunFile {
    return standardStream(1);
  },
  get stderr(): BunFile {
    return standardStream(2);
  },
};
export type BunNamespace = typeof Bun;

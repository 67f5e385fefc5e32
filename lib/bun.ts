// SPDX-License-Identifier: MIT
//
// The `Bun` object: what programs written for Bun's server find under that name.

import { file } from './file/bun-file.js';
import { write } from './file/bun-write.js';
import { cookiesPart } from './late.js';
import { serve } from './serve.js';

/** Asks for a garbage collection, which Node does under `--expose-gc` only; the heap's size in bytes. */
function gc(_force = false): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
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
};
export type BunNamespace = typeof Bun;

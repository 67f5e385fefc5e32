// SPDX-License-Identifier: MIT
// The declarations that tsc left in dist/, for compilers before TypeScript 5.7 as well: there
// Uint8Array and Buffer take no parameter, so that what the compiler wrote out has to be said in
// words that mean the same to both.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './util.mjs';

const WORDS = [
  [/\bUint8Array<ArrayBuffer>/g, 'ReturnType<Uint8ArrayConstructor["from"]>'],
  [/\bBuffer<ArrayBuffer>/g, 'ReturnType<BufferConstructor["alloc"]>'],
  [/\b(Uint8Array|Buffer|ArrayBufferView)<ArrayBufferLike>/g, '$1'],
  // What a Blob's has, in the words of both.
  [/\bReadableStream<Uint8Array>/g, 'ReadableStream<ReturnType<Uint8ArrayConstructor["from"]>>'],
  // As in the standard library's own types: `const post: Post = await req.json()`.
  [/\bjson\(\): Promise<unknown>/g, 'json(): Promise<any>'],
];

export function settleDeclarations() {
  const dist = path.join(root, 'dist');
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = path.join(dist, name);
    const text = readFileSync(file, 'utf8');
    const settled = WORDS.reduce((all, [from, to]) => all.replace(from, to), text);
    if (settled !== text) writeFileSync(file, settled);
  }
}

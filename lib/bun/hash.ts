// SPDX-License-Identifier: MIT
//
// Bun.hash: wyhash, final version 4 (https://github.com/wangyi-fudan/wyhash), CRC-32 and Adler-32.

import { notProvided } from '../errors.js';

export type HashInput = string | NodeJS.TypedArray | DataView | ArrayBufferLike;

const SECRET = [
  0xa0761d6478bd642fn,
  0xe7037ed1a0b428dbn,
  0x8ebc6af09c88c6e3n,
  0x589965cc75374cc3n,
] as const;
const MASK = (1n << 64n) - 1n;

function bytesOf(input: HashInput): Uint8Array {
  if (typeof input === 'string') return new TextEncoder().encode(input);
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  return new Uint8Array(input);
}

function mix(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK) ^ (product >> 64n);
}

function wyhash(input: HashInput, seed: number | bigint = 0): bigint {
  const bytes = bytesOf(input);
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const read8 = (at: number): bigint => view.getBigUint64(at, true);
  const start = BigInt.asUintN(64, BigInt(seed));
  const first = start ^ mix(start ^ SECRET[0], SECRET[1]);
  let state = first;
  let [a, b] = [0n, 0n];
  if (length <= 16) [a, b] = shortInput(view);
  else {
    let at = 0;
    if (length >= 48) {
      let [second, third] = [first, first];
      for (; at + 48 < length; at += 48) {
        state = mix(read8(at) ^ SECRET[1], read8(at + 8) ^ state);
        second = mix(read8(at + 16) ^ SECRET[2], read8(at + 24) ^ second);
        third = mix(read8(at + 32) ^ SECRET[3], read8(at + 40) ^ third);
      }
      state ^= second ^ third;
    }
    for (; at + 16 < length; at += 16) state = mix(read8(at) ^ SECRET[1], read8(at + 8) ^ state);
    [a, b] = [read8(length - 16), read8(length - 8)];
  }
  const product = (a ^ SECRET[1]) * (b ^ state);
  return mix((product & MASK) ^ SECRET[0] ^ BigInt(length), (product >> 64n) ^ SECRET[1]);
}

function shortInput(view: DataView): [bigint, bigint] {
  const length = view.byteLength;
  if (length === 0) return [0n, 0n];
  if (length < 4) {
    const middle = view.getUint8(length >> 1) << 8;
    return [BigInt((view.getUint8(0) << 16) | middle | view.getUint8(length - 1)), 0n];
  }
  const read4 = (at: number): bigint => BigInt(view.getUint32(at, true));
  const quarter = (length >> 3) << 2;
  const end = length - 4;
  return [(read4(0) << 32n) | read4(quarter), (read4(end) << 32n) | read4(end - quarter)];
}

let crcTable: Uint32Array | undefined;

function makeCrcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    return value;
  });
}

function crc32(input: HashInput, seed = 0): number {
  const table = (crcTable ??= makeCrcTable());
  let value = ~seed;
  for (const byte of bytesOf(input)) {
    value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] as number);
  }
  return ~value >>> 0;
}

function adler32(input: HashInput): number {
  let [low, high] = [1, 0];
  for (const byte of bytesOf(input)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

function missing(name: string): () => never {
  return () => {
    throw notProvided(`Bun.hash.${name}`, 'wyhash, crc32 and adler32 are.');
  };
}

/** A 64-bit hash that is fast in Bun; not for secrets. */
export const hash = Object.assign(
  (input: HashInput, seed?: number | bigint): bigint => wyhash(input, seed),
  {
    wyhash,
    crc32,
    adler32,
    cityHash32: missing('cityHash32'),
    cityHash64: missing('cityHash64'),
    xxHash32: missing('xxHash32'),
    xxHash64: missing('xxHash64'),
    xxHash3: missing('xxHash3'),
    murmur32v2: missing('murmur32v2'),
    murmur32v3: missing('murmur32v3'),
    murmur64v2: missing('murmur64v2'),
    rapidhash: missing('rapidhash'),
  },
);

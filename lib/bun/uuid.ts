// SPDX-License-Identifier: MIT
//
// Bun.randomUUIDv7 and Bun.randomUUIDv5 (RFC 9562).

import { invalidArgument, invalidArgumentValue, outOfRange } from '../errors.js';

const { createHash, randomFillSync } = process.getBuiltinModule('node:crypto');

export type UuidEncoding = 'hex' | 'base64' | 'base64url' | 'buffer';

const MAX_TIME = 2 ** 48 - 1;
// RFC 9562, 6.6: the well-known namespaces differ in one byte.
const NAMESPACES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ dns: 0, url: 1, oid: 2, x500: 4 }).map(([name, digit]) => [
    name,
    `6ba7b81${digit}-9dad-11d1-80b4-00c04fd430c8`,
  ]),
);

function encoded(id: Buffer, encoding: string): string | Buffer {
  if (encoding === 'buffer') return id;
  if (encoding === 'base64' || encoding === 'base64url') return id.toString(encoding);
  if (encoding !== 'hex') {
    throw Object.assign(
      new TypeError('Encoding must be one of base64, base64url, hex, or buffer'),
      { code: 'ERR_UNKNOWN_ENCODING' },
    );
  }
  const hex = id.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

function mark(id: Buffer, version: number): Buffer {
  id[6] = ((id[6] as number) & 0x0f) | (version << 4);
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return id;
}

let lastTime = -1;
let counter = 0;

/** RFC 9562, 6.2, method 1: 12 bits count the ids of one millisecond, so that they sort by age. */
function countAt(time: number, random: number): number {
  // Half of the range is left to count up.
  counter = time === lastTime ? counter + 1 : random & 0x7ff;
  lastTime = time;
  return counter & 0xfff;
}

/** An id that sorts by the time it was made. */
export function randomUUIDv7(encoding: 'buffer', timestamp?: number | Date): Buffer;
export function randomUUIDv7(encoding?: UuidEncoding, timestamp?: number | Date): string;
export function randomUUIDv7(
  encoding: UuidEncoding = 'hex',
  timestamp: number | Date = Date.now(),
): string | Buffer {
  const time = Number(timestamp);
  if (!(time >= 0 && time <= MAX_TIME)) {
    throw outOfRange('timestamp', `>= 0 and <= ${MAX_TIME}`, time);
  }
  const id = randomFillSync(Buffer.alloc(16));
  id.writeUInt16BE(countAt(Math.floor(time), id.readUInt16BE(6)), 6);
  id.writeUIntBE(Math.floor(time), 0, 6);
  return encoded(mark(id, 7), encoding);
}

function namespaceBytes(namespace: unknown): Uint8Array {
  if (namespace instanceof ArrayBuffer) return new Uint8Array(namespace);
  if (ArrayBuffer.isView(namespace)) {
    return new Uint8Array(namespace.buffer, namespace.byteOffset, namespace.byteLength);
  }
  if (typeof namespace !== 'string') {
    throw invalidArgument('namespace must be a string, ArrayBuffer or ArrayBufferView');
  }
  const hex = (NAMESPACES[namespace.toLowerCase()] ?? namespace).replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) {
    throw invalidArgumentValue('Invalid UUID format for namespace');
  }
  return Buffer.from(hex, 'hex');
}

/** The id of a name in a namespace: `dns`, `url`, `oid`, `x500` or a UUID. */
export function randomUUIDv5(
  name: string | NodeJS.ArrayBufferView | ArrayBuffer,
  namespace: string | NodeJS.ArrayBufferView | ArrayBuffer,
  encoding: UuidEncoding = 'hex',
): string | Buffer {
  const bytes = typeof name === 'string' || ArrayBuffer.isView(name) ? name : new Uint8Array(name);
  const sum = createHash('sha1').update(namespaceBytes(namespace)).update(bytes).digest();
  return encoded(mark(sum.subarray(0, 16), 5), encoding);
}

// SPDX-License-Identifier: MIT
//
// A message on its way between processes: who sent it, what it is, and its bytes, in as many parts
// as the link's longest message asks for.
//
//   mark (1)  flags (1)  origin (8)  sequence (4)  [index (2)  count (2)]  bytes
//
// Index and count stand in parts only. Numbers are big-endian.

import { pubSubError } from '../errors.js';
import type { PubSubKind } from './types.js';

/** Tells our messages from those of others; the lower bits are the version of the format. */
const MARK = 0xb1;
const FLAG_BINARY = 1;
const FLAG_COMPRESS = 2;
const FLAG_PART = 4;
const KNOWN_FLAGS = 7;
const HEAD = 14;
const PART_HEAD = HEAD + 4;
const MAX_PARTS = 0xffff;
/** What is counted for a part that waits, besides its bytes. */
const PART_COST = 256;
export const ORIGIN_BYTES = 8;

/** What a message costs besides its own bytes, at most, for one that is not cut into parts. */
export const ENVELOPE_BYTES = HEAD;

export interface Envelope {
  kind: PubSubKind;
  compress: boolean;
  bytes: Uint8Array;
}

/** One message in parts of at most `limit` bytes, heads included. */
export function encode(
  origin: Uint8Array,
  sequence: number,
  { kind, compress, bytes }: Envelope,
  limit: number,
): Buffer[] {
  const flags = (kind === 'binary' ? FLAG_BINARY : 0) | (compress ? FLAG_COMPRESS : 0);
  const head = (size: number, more: number): Buffer => {
    const part = Buffer.allocUnsafe(size);
    part[0] = MARK;
    part[1] = flags | more;
    part.set(origin, 2);
    part.writeUInt32BE(sequence >>> 0, 2 + ORIGIN_BYTES);
    return part;
  };
  if (HEAD + bytes.length <= limit) {
    const whole = head(HEAD + bytes.length, 0);
    whole.set(bytes, HEAD);
    return [whole];
  }
  const room = limit - PART_HEAD;
  const count = Math.ceil(bytes.length / room);
  if (room < 1 || count > MAX_PARTS) throw pubSubError('TOO_LARGE', tooLong(bytes.length));
  const parts: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const piece = bytes.subarray(index * room, (index + 1) * room);
    const part = head(PART_HEAD + piece.length, FLAG_PART);
    part.writeUInt16BE(index, HEAD);
    part.writeUInt16BE(count, HEAD + 2);
    part.set(piece, PART_HEAD);
    parts.push(part);
  }
  return parts;
}

export function tooLong(size: number): string {
  return `A message of ${size} bytes is too large for the link; subscribers of this process got it`;
}

interface Incomplete {
  sequence: number;
  count: number;
  parts: Uint8Array[];
  size: number;
}

/** Puts parts together again. A sender's parts come in order, one message after the other. */
export class Assembler {
  readonly #origin: string;
  readonly #limit: number;
  /** By sender, the one that was heard of last at the end. */
  readonly #partials = new Map<string, Incomplete>();
  #size = 0;

  /** `origin`: whose messages are not wanted; `limit`: bytes of incomplete messages to keep. */
  constructor(origin: Uint8Array, limit: number) {
    this.#origin = Buffer.from(origin).toString('latin1');
    this.#limit = limit;
  }

  /**
   * The message that is complete with `bytes`; undefined when there is more to come, or for messages
   * of this process.
   * @throws Error ERR_BUNSERVE_PUBSUB_FORMAT for bytes that are none of ours.
   */
  take(bytes: Uint8Array): Envelope | undefined {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const flags = data[1] ?? 0;
    const isPart = (flags & FLAG_PART) !== 0;
    const size = isPart ? PART_HEAD : HEAD;
    if (data[0] !== MARK || data.length < size || (flags & ~KNOWN_FLAGS) !== 0) throw foreign();
    const origin = data.toString('latin1', 2, 2 + ORIGIN_BYTES);
    if (origin === this.#origin) return undefined;
    let content: Uint8Array = data.subarray(size);
    if (isPart) {
      const index = data.readUInt16BE(HEAD);
      const count = data.readUInt16BE(HEAD + 2);
      if (index >= count) throw foreign();
      const whole = this.#add(origin, data.readUInt32BE(2 + ORIGIN_BYTES), index, count, content);
      if (whole === undefined) return undefined;
      content = whole;
    }
    return {
      kind: (flags & FLAG_BINARY) === 0 ? 'text' : 'binary',
      compress: (flags & FLAG_COMPRESS) !== 0,
      bytes: content,
    };
  }

  #add(
    origin: string,
    sequence: number,
    index: number,
    count: number,
    piece: Uint8Array,
  ): Uint8Array | undefined {
    let partial = this.#partials.get(origin);
    const fits = partial?.sequence === sequence && partial.count === count;
    if (partial !== undefined && (!fits || partial.parts.length !== index)) {
      this.#forget(origin, partial);
      partial = undefined;
    }
    // The beginning was lost with the link: the rest is worth nothing.
    if (partial === undefined && index !== 0) return undefined;
    partial ??= { sequence, count, parts: [], size: 0 };
    this.#partials.delete(origin);
    this.#partials.set(origin, partial);
    // The memory is the link's.
    partial.parts.push(piece.slice());
    partial.size += piece.length + PART_COST;
    this.#size += piece.length + PART_COST;
    if (partial.parts.length === count) {
      this.#forget(origin, partial);
      return Buffer.concat(partial.parts);
    }
    if (this.#size <= this.#limit) return undefined;
    for (const [other, { size }] of this.#partials) {
      if (this.#size <= this.#limit) break;
      this.#forget(other, { size });
    }
    throw pubSubError('LOST', 'A message in parts was dropped: too much of it waits for the rest');
  }

  #forget(origin: string, { size }: Pick<Incomplete, 'size'>): void {
    this.#partials.delete(origin);
    this.#size -= size;
  }

  /** The link was lost: what is incomplete stays so. */
  clear(): void {
    this.#partials.clear();
    this.#size = 0;
  }
}

function foreign(): Error {
  return pubSubError('FORMAT', 'A message came that no bunserve sent; use another prefix');
}

// SPDX-License-Identifier: MIT
// WebSocket frames on the wire: a builder that can break every rule, and a strict, incremental
// reader of what a server sends. Like the reader of HTTP it repairs nothing: frames that are not
// well formed are the finding. Knows nothing of sockets.
import { constants, inflateRawSync } from 'node:zlib';

export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;
export type Opcode = keyof typeof OPCODES | number;

export interface FrameOptions {
  readonly fin?: boolean;
  /** The three reserved bits: 4 is RSV1. */
  readonly rsv?: number;
  /** False sends no key, as only servers may. */
  readonly masked?: boolean;
  readonly key?: readonly number[];
  /** Bytes the length takes: 0 (in the second byte), 2 or 8; the shortest unless said. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** What the header says, if not the truth. */
  readonly length?: number | bigint;
}

const KEY = [0x37, 0xfa, 0x21, 0x3d];

export function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
}

/** The bytes of one client frame. Strings are sent as UTF-8. */
export function frameBytes(
  opcode: Opcode,
  payload: string | Buffer = '',
  options: FrameOptions = {},
): Buffer {
  const data = bytesOf(payload);
  const length = BigInt(options.length ?? data.length);
  const lengthBytes = options.lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const number = typeof opcode === 'number' ? opcode : OPCODES[opcode];
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (options.fin === false ? 0 : 0x80) | ((options.rsv ?? 0) << 4) | number;
  if (lengthBytes === 0) head[1] = Number(length);
  else if (lengthBytes === 2) head.writeUInt16BE(Number(length), 2);
  else head.writeBigUInt64BE(length, 2);
  if (lengthBytes !== 0) head[1] = lengthBytes === 2 ? 126 : 127;
  if (options.masked === false) return Buffer.concat([head, data]);
  head[1] = head[1]! | 0x80;
  const key = options.key ?? KEY;
  const masked = data.map((byte, i) => byte ^ (key[i & 3] ?? 0));
  return Buffer.concat([head, Buffer.from(key), masked]);
}

/** A Close frame's payload. */
export function closePayload(code: number, reason: string | Buffer = ''): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, bytesOf(reason)]);
}

export interface SeenFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly compressed: boolean;
  /** Decompressed. */
  readonly payload: Buffer;
}

/** What a frame of a server says, in a line: `text "hi"`, `close 1000 "bye"`, `binary 00ff`. */
export function frameLine({ opcode, fin, compressed, payload }: SeenFrame): string {
  const marks = (compressed ? ' deflated' : '') + (fin ? '' : ' part');
  const name = Object.entries(OPCODES).find(([, number]) => number === opcode)?.[0] ?? 'unknown';
  return `${name}${marks}${shown(opcode, payload)}`;
}

function shown(opcode: number, payload: Buffer): string {
  if (opcode === OPCODES.close) {
    if (payload.length < 2) return payload.length === 0 ? '' : ' a byte';
    return ` ${payload.readUInt16BE()} ${JSON.stringify(payload.toString('utf8', 2))}`;
  }
  if (payload.length > 400) return ` ${payload.length} bytes`;
  if (opcode === OPCODES.binary) return ` ${payload.toString('hex')}`;
  return ` ${JSON.stringify(payload.toString('utf8'))}`;
}

const WINDOW = 32_768;
const FLUSH = Buffer.from([0, 0, 0xff, 0xff]);

export class FrameReader {
  readonly frames: SeenFrame[] = [];
  /** Why the bytes stopped being frames, or null. */
  fault: string | null = null;
  /** The server remembers what it compressed before. */
  takeover = false;

  #pending: Buffer = Buffer.alloc(0);
  #window: Buffer = Buffer.alloc(0);

  /** Whether there are bytes of a frame that is not complete. */
  get isInside(): boolean {
    return this.#pending.length > 0;
  }

  push(data: Buffer): void {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    while (this.fault === null && this.#readFrame());
  }

  #readFrame(): boolean {
    const bytes = this.#pending;
    if (bytes.length < 2) return false;
    const first = bytes[0]!;
    const second = bytes[1]!;
    if ((second & 0x80) !== 0) return this.#fail('a masked frame of a server');
    if ((first & 0x30) !== 0) return this.#fail('reserved bits');
    const lengthBytes = second === 127 ? 8 : second === 126 ? 2 : 0;
    const start = 2 + lengthBytes;
    if (bytes.length < start) return false;
    let length = second;
    if (lengthBytes === 2) length = bytes.readUInt16BE(2);
    else if (lengthBytes === 8) length = Number(bytes.readBigUInt64BE(2));
    if (lengthBytes !== 0 && length < (lengthBytes === 2 ? 126 : 65_536)) {
      return this.#fail('a length in more bytes than it needs');
    }
    const end = start + length;
    if (bytes.length < end) return false;
    const compressed = (first & 0x40) !== 0;
    const raw = bytes.subarray(start, end);
    this.#pending = bytes.subarray(end);
    const payload = compressed ? this.#inflate(raw) : raw;
    if (payload === null) return this.#fail('what does not inflate');
    this.frames.push({ opcode: first & 15, fin: (first & 0x80) !== 0, compressed, payload });
    return true;
  }

  #inflate(raw: Buffer): Buffer | null {
    try {
      const payload = inflateRawSync(Buffer.concat([raw, FLUSH]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        dictionary: this.#window,
      });
      if (this.takeover) this.#window = Buffer.concat([this.#window, payload]).subarray(-WINDOW);
      return payload;
    } catch {
      return null;
    }
  }

  #fail(why: string): false {
    this.fault = why;
    return false;
  }
}

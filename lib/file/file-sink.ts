// SPDX-License-Identifier: MIT
//
// What BunFile.writer() gives: writes gather in memory and go to the file in order, when enough of
// them have, at flush(), or at end(). Like Bun's it writes over the file from its beginning and
// leaves what lies behind.

import type { FileHandle } from 'node:fs/promises';
import { invalidArgument } from '../errors.js';

const fs = process.getBuiltinModule('node:fs');
const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

export interface FileSinkOptions {
  /** Bytes that are gathered before they are written; default 16 KiB. */
  highWaterMark?: number;
}

const HIGH_WATER_MARK = 16 * 1024;
const { O_WRONLY, O_CREAT } = fs.constants;

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  // A copy: the caller may use its memory for the next piece.
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
  }
  if (isAnyArrayBuffer(chunk)) return new Uint8Array(chunk).slice();
  throw invalidArgument('write() expects a string, ArrayBufferView, or ArrayBuffer');
}

export class FileSink {
  readonly #file: string | number;
  #highWaterMark: number;
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  /** Bytes written and not reported by flush() or end() yet. */
  #written = 0;
  /** The writes so far, one after the other; opens the file. */
  #tail: Promise<void>;
  #handle: FileHandle | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  /** @internal */
  constructor(file: string | number, options?: FileSinkOptions) {
    this.#file = file;
    this.#highWaterMark = highWaterMarkOf(options);
    this.#tail = this.#open();
  }

  async #open(): Promise<void> {
    if (typeof this.#file === 'number') return;
    try {
      this.#handle = await fs.promises.open(this.#file, O_WRONLY | O_CREAT, 0o666);
    } catch (error) {
      // For whoever flushes or ends; a sink nobody asks must not end the process.
      this.#failure = { error };
    }
  }

  /** Sets options anew; what was gathered stays. */
  start(options?: FileSinkOptions): void {
    this.#highWaterMark = highWaterMarkOf(options);
  }

  /** Takes the bytes of `chunk`; returns how many those are. */
  write(chunk: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer): number {
    const bytes = bytesOf(chunk);
    if (this.#ended) throw new TypeError('This FileSink has been closed; nothing can be written');
    this.#pieces.push(bytes);
    this.#gathered += bytes.length;
    if (this.#gathered >= this.#highWaterMark) this.#pass();
    return bytes.length;
  }

  /** Hands what was gathered to the file, after everything before it. */
  #pass(): void {
    if (this.#gathered === 0) return;
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gathered = 0;
    this.#tail = this.#tail.then(() => this.#put(bytes));
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return;
    const fd = this.#handle?.fd ?? (this.#file as number);
    try {
      for (let at = 0; at < bytes.length;) {
        const count = await new Promise<number>((resolve, reject) => {
          fs.write(fd, bytes, at, bytes.length - at, null, (error, written) => {
            if (error === null) resolve(written);
            else reject(error);
          });
        });
        at += count;
        this.#written += count;
      }
    } catch (error) {
      this.#failure = { error };
    }
  }

  async #settled(): Promise<number> {
    await this.#tail;
    if (this.#failure !== undefined) throw this.#failure.error;
    const written = this.#written;
    this.#written = 0;
    return written;
  }

  /** Settles once everything so far is in the file; the number of bytes since the last time. */
  flush(): Promise<number> {
    this.#pass();
    return this.#settled();
  }

  /** The last call: settles when the file is complete and closed. Rejects with `error` if given. */
  async end(error?: Error): Promise<number> {
    if (this.#ended) return 0;
    this.#ended = true;
    this.#pass();
    try {
      const written = await this.#settled();
      if (error !== undefined) throw error;
      return written;
    } finally {
      await this.#handle?.close();
    }
  }

  /** As end(). */
  close(): Promise<number> {
    return this.end();
  }

  /** Writes under way keep the process alive anyway; here for programs that call it. */
  ref(): void {}

  /** As ref(). */
  unref(): void {}
}

function highWaterMarkOf(options: FileSinkOptions | undefined): number {
  const given = options?.highWaterMark;
  return typeof given === 'number' && given >= 1 ? given : HIGH_WATER_MARK;
}

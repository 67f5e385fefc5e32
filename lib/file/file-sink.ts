// SPDX-License-Identifier: MIT
//
// What BunFile.writer() gives: writes gather in memory and go to the file in order: when enough of
// them have, at the end of the turn, at flush(), at end(), and at the latest when the process exits.
// Like Bun's it writes over the file from its beginning and leaves what lies behind.

import { invalidArgument, sinkClosed } from '../errors.js';
import { closeFile, DEFAULT_MODE, WRITE_FLAGS, writeSome } from './descriptor.js';

const fs = process.getBuiltinModule('node:fs');
const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

export interface FileSinkOptions {
  /** Bytes that are gathered before they are written; default 16 KiB. */
  highWaterMark?: number | undefined;
}

const HIGH_WATER_MARK = 16 * 1024;

/** Closes the files of sinks that were dropped without an end(). */
const dropped = new FinalizationRegistry<number>((fd) => fs.closeSync(fd));

/** Sinks with bytes that the file does not have yet. */
const unwritten = new Set<FileSink>();
let isExitWatched = false;

function watchExit(): void {
  isExitWatched = true;
  process.on('exit', () => {
    for (const sink of unwritten) sink.writeRest();
  });
}

function bytesOf(chunk: unknown, count: number): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  // A copy: the caller may use its memory for the next piece.
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
  }
  if (isAnyArrayBuffer(chunk)) return new Uint8Array(chunk).slice();
  const code = chunk === undefined || chunk === null ? 'ERR_STREAM_NULL_VALUES' : undefined;
  throw Object.assign(
    invalidArgument('write() expects a string, ArrayBufferView, or ArrayBuffer'),
    count === 0 ? { code: 'ERR_MISSING_ARGS' } : code === undefined ? {} : { code },
  );
}

export class FileSink {
  readonly #fd: number;
  readonly #isOurs: boolean;
  #highWaterMark: number;
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  /** Where the next write goes; null for wherever the descriptor stands. */
  #position: number | null;
  /** Handed over and not yet written, in order. */
  #queue: Uint8Array[] = [];
  /** The writes under way; null when there are none. */
  #writing: Promise<void> | null = null;
  #isTurnWatched = false;
  /** Of a write that nobody has heard of yet. */
  #failure: { readonly error: unknown } | undefined;
  #ending: Promise<number> | undefined;

  /** @internal */
  constructor(file: string | number, options?: FileSinkOptions | null) {
    this.#highWaterMark = highWaterMarkOf(options);
    this.#isOurs = typeof file === 'string';
    this.#fd = typeof file === 'string' ? fs.openSync(file, WRITE_FLAGS, DEFAULT_MODE) : file;
    // Says at once that a descriptor is none.
    const stats = fs.fstatSync(this.#fd);
    this.#position = this.#isOurs && stats.isFile() ? 0 : null;
    if (this.#isOurs) dropped.register(this, this.#fd, this);
  }

  /** Sets options anew; what was gathered stays. */
  start(options?: FileSinkOptions | null): void {
    this.#highWaterMark = highWaterMarkOf(options);
  }

  /**
   * Takes the bytes of `chunk`; returns how many those are.
   *
   * @throws TypeError for other values, and after end().
   */
  write(chunk: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer): number {
    const bytes = bytesOf(chunk, arguments.length);
    if (this.#ending !== undefined) throw sinkClosed();
    if (bytes.length === 0) return 0;
    this.#pieces.push(bytes);
    this.#gathered += bytes.length;
    if (!isExitWatched) watchExit();
    unwritten.add(this);
    if (this.#gathered >= this.#highWaterMark) this.#pass();
    else this.#watchTurn();
    return bytes.length;
  }

  /** So that a log nobody flushes is in the file all the same. */
  #watchTurn(): void {
    if (this.#isTurnWatched) return;
    this.#isTurnWatched = true;
    setImmediate(() => {
      this.#isTurnWatched = false;
      this.#pass();
    });
  }

  /** Hands what was gathered to the file, after everything before it. Returns its size. */
  #pass(): number {
    const size = this.#gathered;
    if (size === 0) return 0;
    const [first] = this.#pieces;
    this.#queue.push(
      this.#pieces.length === 1 ? (first as Uint8Array) : Buffer.concat(this.#pieces),
    );
    this.#pieces = [];
    this.#gathered = 0;
    this.#writing ??= this.#writeQueue();
    return size;
  }

  async #writeQueue(): Promise<void> {
    try {
      for (let bytes = this.#queue[0]; bytes !== undefined; bytes = this.#queue[0]) {
        const count = await writeSome(this.#fd, bytes, this.#position);
        if (this.#position !== null) this.#position += count;
        if (count === bytes.length) this.#queue.shift();
        else this.#queue[0] = bytes.subarray(count);
      }
    } catch (error) {
      this.#queue = [];
      this.#failure = { error };
    }
    this.#writing = null;
    if (this.#gathered === 0) unwritten.delete(this);
  }

  /**
   * @internal Synchronously, at the exit of the process. Where positions are known the write under way
   * is done again: it may not have happened. Elsewhere it is left to itself.
   */
  writeRest(): void {
    const isRepeatable = this.#position !== null || this.#writing === null;
    let position = this.#position;
    const [, ...later] = this.#queue;
    try {
      for (const bytes of [...(isRepeatable ? this.#queue : later), ...this.#pieces]) {
        fs.writeSync(this.#fd, bytes, 0, bytes.length, position);
        if (position !== null) position += bytes.length;
      }
    } catch {
      // Nobody is left to hear of it.
    }
  }

  async #settled(size: number): Promise<number> {
    while (this.#writing !== null) await this.#writing;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return size;
  }

  /**
   * Settles once everything so far is in the file, with the number of bytes this call had left to
   * write. Rejects once with what failed since the last time.
   */
  flush(): Promise<number> {
    return this.#settled(this.#pass());
  }

  /** The last call: as flush(), then closes the file. An error given is of no consequence, as in Bun. */
  end(_error?: Error): Promise<number> {
    if (this.#ending !== undefined) {
      return this.#ending.then(
        () => 0,
        () => 0,
      );
    }
    this.#ending = this.#finish(this.#pass());
    return this.#ending;
  }

  async #finish(size: number): Promise<number> {
    try {
      return await this.#settled(size);
    } finally {
      unwritten.delete(this);
      if (this.#isOurs) {
        dropped.unregister(this);
        await closeFile(this.#fd);
      }
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

  get [Symbol.toStringTag](): string {
    return 'FileSink';
  }
}

function highWaterMarkOf(options: FileSinkOptions | null | undefined): number {
  if (options === undefined || options === null) return HIGH_WATER_MARK;
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw invalidArgument('options must be an object or undefined');
  }
  const given = options.highWaterMark;
  return typeof given === 'number' && given >= 1 ? given : HIGH_WATER_MARK;
}

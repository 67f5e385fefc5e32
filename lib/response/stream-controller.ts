// SPDX-License-Identifier: MIT
//
// What `type: "direct"` streams write to, and what `yield` of an async generator evaluates to:
// Bun's HTTPResponseSink, or HTTPSResponseSink. Knows the writer only.

import type { DirectController, DirectSource } from '../fetch/internal.js';
import { pieceOf, type Producer, reportUnlessAbort, type StreamWriter } from './stream-writer.js';

function alreadyClosed(sink: string): Error {
  return new Error(
    `This ${sink} has already been closed. A "direct" ReadableStream terminates its ` +
      'underlying socket once `async pull()` returns.',
  );
}

export class StreamController implements DirectController {
  readonly #writer: StreamWriter;
  #total = 0;
  /** Bytes written since the last flush(). */
  #unflushed = 0;

  constructor(writer: StreamWriter) {
    this.#writer = writer;
  }

  /** Bytes of the chunk, negative when the client has more than it takes. */
  write(chunk: string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView): number {
    const writer = this.#writer;
    this.#check();
    const size = writer.write(pieceOf(chunk));
    this.#total += size;
    this.#unflushed += size;
    return writer.isFull ? -size : size;
  }

  /** Sends what was written; with true, a promise for the moment the client has room again. */
  flush(wait?: false): number;
  flush(wait: true): Promise<number>;
  flush(wait?: boolean): number | Promise<number>;
  flush(wait?: boolean): number | Promise<number> {
    this.#check();
    this.#writer.flush();
    const size = this.#unflushed;
    this.#unflushed = 0;
    return wait === true ? this.#writer.drained().then(() => size) : size;
  }

  /** Ends the response; returns the number of bytes written. */
  end(): number | undefined {
    if (this.#writer.isOver) return undefined;
    this.#writer.end();
    return this.#total;
  }

  /** Ends the response, or breaks it off with an error. */
  close(error?: unknown): void {
    if (error === undefined) this.#writer.end();
    else this.#writer.fail(error);
  }

  start(): void {
    // The options it takes in Bun are about a buffer that does not exist here.
  }

  // Writing to a client that has left is no mistake of the program's.
  #check(): void {
    if (this.#writer.isOver && !this.#writer.isGone) throw alreadyClosed(this.#sink);
  }

  get #sink(): string {
    return this.#writer.isSecure ? 'HTTPSResponseSink' : 'HTTPResponseSink';
  }

  get [Symbol.toStringTag](): string {
    return `Readable${this.#sink}Controller`;
  }
}

/** Drives a `type: "direct"` source: its pull() is called once and writes when it likes. */
export class DirectPump implements Producer {
  readonly #controller: StreamController;
  #isStarted = false;

  constructor(
    private readonly writer: StreamWriter,
    private readonly source: DirectSource,
  ) {
    this.#controller = new StreamController(writer);
  }

  resume(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    let result: unknown;
    try {
      result = this.source.pull(this.#controller);
    } catch (error) {
      this.writer.fail(error);
      return;
    }
    // A pull() that returns nothing may go on writing from elsewhere.
    if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return;
    Promise.resolve(result).then(
      () => this.writer.end(),
      (error: unknown) => this.writer.fail(error),
    );
  }

  cancel(reason: unknown): void {
    cancelDirect(this.source, reason);
  }
}

export function cancelDirect(source: DirectSource, reason: unknown): void {
  try {
    const result: unknown = source.cancel?.(reason);
    if (result !== undefined) Promise.resolve(result).catch(reportUnlessAbort);
  } catch (error) {
    reportUnlessAbort(error);
  }
}

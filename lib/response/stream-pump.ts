// SPDX-License-Identifier: MIT
//
// Producers that are asked for one piece after the other: readers of ReadableStreams and async
// iterators, Node's streams among them. None of them keeps anything: what the client does not take
// is not asked for.

import { StreamController } from './stream-controller.js';
import { type Producer, reportUnlessAbort, type StreamWriter } from './stream-writer.js';

interface ReadResult {
  done?: boolean;
  value?: unknown;
}

export class ReaderPump implements Producer {
  readonly #reader: ReadableStreamDefaultReader<unknown>;

  /** Throws when the stream is locked. */
  constructor(
    private readonly writer: StreamWriter,
    stream: ReadableStream<unknown>,
  ) {
    this.#reader = stream.getReader();
  }

  resume(): void {
    this.#reader.read().then(this.#onRead, this.#onError);
  }

  readonly #onRead = (result: ReadResult): void => {
    if (result.done === true) {
      this.writer.end();
      return;
    }
    let wantsMore: boolean;
    try {
      wantsMore = this.writer.put(result.value);
    } catch (error) {
      this.cancel(error);
      this.writer.fail(error);
      return;
    }
    if (wantsMore) this.resume();
  };

  readonly #onError = (error: unknown): void => this.writer.fail(error);

  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(reportUnlessAbort);
  }
}

/** Node's own streams: destroying them ends what they are waiting for. */
interface Destroyable {
  destroy(): void;
  on(event: 'error', listener: () => void): void;
}

function isDestroyable(value: object): value is Destroyable {
  const candidate = value as Partial<Destroyable>;
  return typeof candidate.destroy === 'function' && typeof candidate.on === 'function';
}

export class IteratorPump implements Producer {
  readonly #controller: StreamController;
  #iterator: AsyncIterator<unknown, unknown, unknown> | undefined;

  constructor(
    private readonly writer: StreamWriter,
    private readonly iterable: AsyncIterable<unknown>,
  ) {
    this.#controller = new StreamController(writer);
  }

  resume(): void {
    let result: unknown;
    try {
      this.#iterator ??= this.iterable[Symbol.asyncIterator]();
      // Bun: `yield` evaluates to the sink's controller.
      result = this.#iterator.next(this.#controller);
    } catch (error) {
      this.writer.fail(error);
      return;
    }
    Promise.resolve(result).then(this.#onResult, this.#onError);
  }

  readonly #onResult = (result: unknown): void => {
    if (this.writer.isOver) {
      // The controller ended it, or the client left while this was on its way.
      this.cancel(undefined);
      return;
    }
    let wantsMore: boolean;
    try {
      if (typeof result !== 'object' || result === null) {
        throw new TypeError(`Iterator result ${String(result)} is not an object`);
      }
      const { done, value } = result as ReadResult;
      if (done === true) {
        this.writer.end();
        return;
      }
      wantsMore = this.writer.put(value);
    } catch (error) {
      this.cancel(error);
      this.writer.fail(error);
      return;
    }
    if (wantsMore) this.resume();
  };

  readonly #onError = (error: unknown): void => this.writer.fail(error);

  #isCancelled = false;

  cancel(_reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    cancelIterable(this.iterable, this.#iterator);
  }
}

/** Tells an iterable that nobody wants the rest. It may never have been asked for anything. */
export function cancelIterable(
  iterable: AsyncIterable<unknown>,
  started: AsyncIterator<unknown, unknown, unknown> | undefined,
): void {
  try {
    if (isDestroyable(iterable)) {
      // Whoever cancels does not care how it fails.
      iterable.on('error', () => undefined);
      iterable.destroy();
      return;
    }
    const iterator = started ?? iterable[Symbol.asyncIterator]();
    const result: unknown = iterator.return?.();
    if (result !== undefined) Promise.resolve(result).catch(reportUnlessAbort);
  } catch (error) {
    reportUnlessAbort(error);
  }
}

// SPDX-License-Identifier: MIT
// Bun's `new ReadableStream({ type: "direct", pull(controller) })`: a source that writes where the
// bytes are needed. The server drives such a source itself; to everybody else the stream is an
// ordinary one. Node's constructor refuses the type, so `bunserve/register` puts this one in front
// of it; the streams it makes are Node's own.

import { chunkBytes } from './body-stream.js';

/** What a direct source writes to. */
export interface DirectController {
  /** Bytes of the chunk, negative when the client has more than it takes. */
  write(chunk: string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView): number;
  /** Sends what was written; with true, a promise for the moment the client has room again. */
  flush(wait?: boolean): number | Promise<number>;
  /** Ends the stream; the number of bytes written where it is known. */
  end(): number | undefined | void;
  /** Ends the stream, or breaks it off with an error. */
  close(error?: unknown): void;
}

/** The underlying source of a direct stream. A promise of `pull()` that is kept ends it. */
export interface DirectSource {
  type: 'direct';
  pull(controller: DirectController): unknown;
  cancel?(reason: unknown): unknown;
}

type Native = new (source?: unknown, strategy?: unknown) => ReadableStream<Uint8Array>;

interface Entry {
  readonly source: DirectSource;
  /** The server has it: the stream is an empty shell. */
  isTaken: boolean;
}

const entries = new WeakMap<ReadableStream, Entry>();

function isDirect(source: unknown): source is DirectSource {
  return (
    typeof source === 'object' &&
    source !== null &&
    (source as { type?: unknown }).type === 'direct'
  );
}

/** The source of a direct stream that nobody has read from; the stream is locked from then on. */
export function takeDirectSource(stream: ReadableStream): DirectSource | undefined {
  const entry = entries.get(stream);
  if (entry === undefined || entry.isTaken || stream.locked) return undefined;
  entry.isTaken = true;
  void stream.getReader().cancel();
  return entry.source;
}

/** The controller that a direct source sees when its stream is read like any other. */
class BufferController implements DirectController {
  #isClosed = false;

  constructor(private readonly controller: ReadableStreamDefaultController<Uint8Array>) {}

  write(chunk: unknown): number {
    if (this.#isClosed) throw new TypeError('This stream has already been closed');
    const bytes = new Uint8Array(chunkBytes(chunk));
    if (bytes.length > 0) this.controller.enqueue(bytes);
    return bytes.length;
  }

  flush(wait?: boolean): number | Promise<number> {
    return wait === true ? Promise.resolve(0) : 0;
  }

  end(): void {
    this.close();
  }

  close(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (error === undefined) this.controller.close();
    else this.controller.error(error);
  }

  start(): void {
    // Options of a buffer that does not exist here.
  }

  cancel(): void {
    this.#isClosed = true;
  }
}

function directStream(NativeStream: Native, source: DirectSource): ReadableStream<Uint8Array> {
  if (typeof source.pull !== 'function') {
    throw new TypeError('ReadableStreamDirectController needs a pull function');
  }
  const entry: Entry = { source, isTaken: false };
  let sink: BufferController | undefined;
  const underlying = {
    pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
      if (sink !== undefined) return;
      const mine = (sink = new BufferController(controller));
      const result = source.pull(mine);
      if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return;
      Promise.resolve(result).then(
        () => mine.close(),
        (error: unknown) => mine.close(error ?? new TypeError('pull() was rejected')),
      );
    },
    cancel(reason: unknown): unknown {
      if (entry.isTaken) return undefined;
      sink?.cancel();
      return source.cancel?.(reason);
    },
  };
  const stream = new NativeStream(underlying, { highWaterMark: 0 });
  entries.set(stream, entry);
  return stream;
}

/**
 * Node's ReadableStream that also takes direct sources. The native class is looked up when something
 * is asked of it: loading web streams takes 2-10 ms of a start.
 */
export function bunReadableStream(): typeof ReadableStream {
  let loaded: Native | undefined;
  const native = (): Native =>
    (loaded ??= process.getBuiltinModule('node:stream/web').ReadableStream as unknown as Native);
  // The target only makes it a constructor; every question goes to the native class.
  const target = function ReadableStream(): void {};
  const proxy = new Proxy(target, {
    construct(_target, args: unknown[], newTarget): object {
      const Class = native();
      const isPlain = newTarget === proxy;
      if (isPlain && isDirect(args[0])) return directStream(Class, args[0]);
      return Reflect.construct(Class, args, isPlain ? Class : newTarget) as object;
    },
    apply: (_target, self, args: unknown[]): unknown =>
      Reflect.apply(native() as unknown as () => unknown, self, args),
    get: (_target, key) => Reflect.get(native(), key) as unknown,
    set: (_target, key, value) => Reflect.set(native(), key, value),
    has: (_target, key) => Reflect.has(native(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(native()),
  }) as unknown as typeof ReadableStream;
  return proxy;
}

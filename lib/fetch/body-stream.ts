// SPDX-License-Identifier: MIT
// Bodies as ReadableStreams: made only when `.body` is read, or when a stream has to be teed.
// Byte streams throughout, as the standard asks (`getReader({ mode: 'byob' })` works), with a high
// water mark of 0 so that nothing is produced before somebody pulls.

import { BodyBox, BodyKind, type BodySource, type BodyValue, reclaim, setOrigin } from './body.js';

type ByteStream = ReadableStream<Uint8Array>;
type ByteController = ReadableByteStreamController;

const encoder = new TextEncoder();

function finish(controller: ByteController): void {
  controller.close();
  // A pending BYOB read only settles once its request has been answered.
  controller.byobRequest?.respond(0);
}

function streamOfBytes(bytes: Uint8Array): ByteStream {
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      // A copy: enqueue() detaches the buffer it is handed.
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
      finish(controller);
    },
  });
}

/** A chunk of an iterable body as bytes; TypeError for what is neither text nor a BufferSource. */
export function chunkBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return encoder.encode(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError('Body chunks must be strings, ArrayBuffers or views of one');
}

export function streamOfIterable(iterable: AsyncIterable<unknown>): ByteStream {
  let iterator: AsyncIterator<unknown> | null = null;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller: ByteController) {
      iterator ??= iterable[Symbol.asyncIterator]();
      for (;;) {
        const result: IteratorResult<unknown, unknown> = await iterator.next();
        if (result.done === true) return finish(controller);
        const bytes = chunkBytes(result.value);
        // Byte streams refuse empty chunks.
        if (bytes.length > 0) return controller.enqueue(new Uint8Array(bytes));
      }
    },
    async cancel(reason) {
      iterator ??= iterable[Symbol.asyncIterator]();
      await iterator.return?.(reason);
    },
  });
}

// What reading leaves behind in the standard: a stream that is closed, disturbed, and still locked
// by the reader that read it.
function readOutStream(): ByteStream {
  const stream = new ReadableStream({
    type: 'bytes',
    start(controller) {
      controller.close();
    },
  });
  const reader = stream.getReader();
  void reader.cancel();
  return stream;
}

/** Kinds whose value outlives a stream made from it. */
function isRepeatable(kind: BodyKind): boolean {
  return kind !== BodyKind.Stream && kind !== BodyKind.Iterable && kind !== BodyKind.Source;
}

function makeStream(box: BodyBox): ByteStream {
  switch (box.kind) {
    case BodyKind.Text:
      return streamOfBytes(encoder.encode(box.value as string));
    case BodyKind.Bytes:
      return streamOfBytes(box.value as Uint8Array);
    case BodyKind.Blob:
    case BodyKind.File:
      return (box.value as Blob).stream() as unknown as ByteStream;
    case BodyKind.Iterable:
      return streamOfIterable(box.value as AsyncIterable<unknown>);
    case BodyKind.Source:
      return (box.value as BodySource).stream();
    default:
      return readOutStream();
  }
}

/** A box for a raw value, so that it can carry a stream; null stays null. */
export function boxed(body: BodyValue): BodyBox | null {
  if (body === null) return null;
  if (body instanceof BodyBox) {
    // The shared marker of used bodies must not collect anybody's stream.
    if (body.kind !== BodyKind.Spent || body.stream !== null) return body;
    const spent = new BodyBox(BodyKind.Spent, null, '');
    spent.taken = true;
    return spent;
  }
  return new BodyBox(typeof body === 'string' ? BodyKind.Text : BodyKind.Bytes, body, '');
}

/** The stream behind `.body`, the same object each time. */
export function streamOf(box: BodyBox): ByteStream {
  if (box.stream !== null) return box.stream;
  const stream = box.taken ? readOutStream() : makeStream(box);
  box.stream = stream;
  if (box.taken) return stream;
  if (isRepeatable(box.kind)) {
    setOrigin(stream, box);
  } else {
    // From here on only the stream knows what is left.
    box.kind = BodyKind.Stream;
    box.value = stream;
  }
  return stream;
}

/** The body decoded as UTF-8, chunk by chunk; takes it. An empty stream for no body. */
export function textStreamOf(box: BodyBox | null): ReadableStream<string> {
  if (box !== null) return streamOf(box).pipeThrough(new TextDecoderStream() as never);
  return new ReadableStream({ start: (controller) => controller.close() });
}

// The standard's tee hands structured clones to the second branch; Node's does so for byte streams
// only, so default streams get it here.
function cloneChunks(stream: ByteStream): ByteStream {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // An error shows at once, as it does in the other branch, not only to the next read.
        reader.closed.catch((error: unknown) => controller.error(error));
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(structuredClone(value));
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function isByteStream(stream: ByteStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** The body of a clone. The caller has checked that `body` is usable; boxes with streams are teed. */
export function cloneBody(body: BodyValue): BodyValue {
  if (!(body instanceof BodyBox)) return body;
  if (body.stream === null) {
    if (body.kind === BodyKind.Source) {
      const source = body.value as BodySource;
      if (source.fork !== undefined) {
        const [mine, other] = source.fork();
        body.value = mine;
        return new BodyBox(BodyKind.Source, other, body.type);
      }
    } else if (isRepeatable(body.kind)) {
      return new BodyBox(body.kind, body.value, body.type);
    }
  }
  const stream = streamOf(body);
  const bytes = isByteStream(stream);
  const [mine, other] = stream.tee();
  body.kind = BodyKind.Stream;
  body.stream = mine;
  body.value = mine;
  const copy = new BodyBox(BodyKind.Stream, null, body.type);
  copy.scope = body.scope;
  copy.stream = bytes ? other : cloneChunks(other);
  copy.value = copy.stream;
  return copy;
}

/**
 * The same body for a new owner ("create a proxy" of the standard). The old owner keeps a spent
 * body, or, when there is a stream already, that stream, locked and disturbed by the pipe.
 */
export function transferBody(body: BodyValue): BodyValue {
  if (!(body instanceof BodyBox)) return body;
  const moved = new BodyBox(body.kind, body.value, body.type);
  if (body.stream !== null && !reclaim(body)) {
    const proxy = body.stream.pipeThrough(new TransformStream<Uint8Array, Uint8Array>());
    moved.kind = BodyKind.Stream;
    moved.value = proxy;
    moved.stream = proxy;
  }
  return moved;
}

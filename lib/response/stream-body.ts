// SPDX-License-Identifier: MIT
//
// Which producer a streamed body gets, and what becomes of a body that nobody is to see.

import type { AsyncResource } from 'node:async_hooks';
import { type BodyBox, BodyKind, type DirectSource, takeDirectSource } from '../fetch/internal.js';
import { cancelDirect, DirectPump } from './stream-controller.js';
import { cancelIterable, IteratorPump, ReaderPump } from './stream-pump.js';
import { type Producer, type StreamHead, StreamWriter } from './stream-writer.js';
import type { ResponseTarget } from './target.js';

// Reading a Blob in pieces costs a trip to another thread each; up to this size it is read at once.
const BUFFERED_BLOB = 1024 * 1024;

function blobOf(box: BodyBox): Blob | undefined {
  return box.kind === BodyKind.Blob && box.stream === null ? (box.value as Blob) : undefined;
}

/** Whether the body is sent piece by piece. */
export function isStreamed(box: BodyBox): boolean {
  if (box.stream !== null || box.kind === BodyKind.Iterable) return true;
  const blob = blobOf(box);
  return blob !== undefined && blob.size > BUFFERED_BLOB;
}

/** Bytes of a body whose size is known without reading it, else -1. */
export function knownLength(box: BodyBox): number {
  return blobOf(box)?.size ?? -1;
}

/** Sends the body; the promise settles when the response is over and never rejects. */
export function sendBody(core: ResponseTarget, head: StreamHead, box: BodyBox): Promise<void> {
  if (core.ended) {
    // The client left while the handler was at work.
    discardBody(box);
    return Promise.resolve();
  }
  const writer = new StreamWriter(core, head);
  const producer = producerOf(writer, box);
  writer.start(box.scope === undefined ? producer : new ScopedProducer(producer, box.scope));
  return writer.finished;
}

function producerOf(writer: StreamWriter, box: BodyBox): Producer {
  const stream = box.stream ?? blobOf(box)?.stream();
  if (stream === undefined) return new IteratorPump(writer, box.value as AsyncIterable<unknown>);
  const direct = takeDirectSource(stream);
  return direct === undefined ? new ReaderPump(writer, stream) : new DirectPump(writer, direct);
}

/** Runs what it is asked for in the async context that the body was made in. */
class ScopedProducer implements Producer {
  constructor(
    private readonly producer: Producer,
    private readonly scope: AsyncResource,
  ) {}

  resume(): void {
    this.scope.runInAsyncScope(this.producer.resume, this.producer);
  }

  cancel(reason: unknown): void {
    this.scope.runInAsyncScope(this.producer.cancel, this.producer, reason);
  }
}

/** The body is not sent (HEAD, 204, ...): what would have produced it is told. */
export function discardBody(box: BodyBox): void {
  if (box.scope === undefined) discard(box);
  else box.scope.runInAsyncScope(discard, undefined, box);
}

function discard(box: BodyBox): void {
  if (box.stream !== null) discardStream(box.stream);
  else if (box.kind === BodyKind.Iterable) {
    cancelIterable(box.value as AsyncIterable<unknown>, undefined);
  }
}

function discardStream(stream: ReadableStream<unknown>): void {
  const direct: DirectSource | undefined = takeDirectSource(stream);
  if (direct !== undefined) cancelDirect(direct, undefined);
  // A stream that failed already rejects with that failure, which nobody is to see either.
  else if (!stream.locked) stream.cancel().catch(() => undefined);
}

// SPDX-License-Identifier: MIT
// What a Request or Response holds as its body. The common cases are raw values in the owner's own
// field, so that `new Response("text")` allocates nothing but itself:
//   null · string · Uint8Array (a private copy) · BodyBox for everything else and for used bodies.
// Owns extraction ("extract a body" of the standard) and the used/locked rules; reading is
// body-reader.ts, streams are body-stream.ts.

import type { AsyncResource } from 'node:async_hooks';
import { unusableBodyObjectError } from './fetch-errors.js';
import { kFile } from './file-source.js';
import { encodeFormData } from './multipart.js';
import { kPage, PAGE_TYPE, type PageSource } from './page-source.js';

const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

type IsDisturbed = (stream: ReadableStream) => boolean;

let isDisturbedInNode: IsDisturbed | null = null;

// Loaded with the first stream: node:stream takes 8 ms, a tenth of Node's start.
function isDisturbed(stream: ReadableStream): boolean {
  isDisturbedInNode ??= (
    process.getBuiltinModule('node:stream') as unknown as { isDisturbed: IsDisturbed }
  ).isDisturbed;
  return isDisturbedInNode(stream);
}

export const BodyKind = {
  /** Read, transferred, or otherwise gone; `value` is null. */
  Spent: 0,
  Text: 1,
  Bytes: 2,
  Blob: 3,
  /** A Blob-like object with `kFile`. */
  File: 4,
  /** A ReadableStream that the user gave. */
  Stream: 5,
  /** An async iterable, Node Readable included. */
  Iterable: 6,
  /** A `BodySource`: bytes that live outside JS until asked for. */
  Source: 7,
} as const;
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind];

/** What `new Response()` and `new Request()` take as a body; anything else becomes text, as in Bun. */
export type BodyInit =
  | string
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream
  | AsyncIterable<string | ArrayBuffer | ArrayBufferView>
  | (() => AsyncGenerator<string | ArrayBuffer | ArrayBufferView, unknown, unknown>);

/** A body kept elsewhere (the server's connection). Each method is called at most once in all. */
export interface BodySource {
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  stream(): ReadableStream<Uint8Array>;
  /** Optional short cuts; the default goes through `bytes()`. */
  text?(): Promise<string>;
  /** Sources for the owner and for a clone, in place of this one; without it a stream is teed. */
  fork?(): [mine: BodySource, other: BodySource];
}

/** A body that needs more than a raw field. */
export class BodyBox {
  /** Set once the bytes were taken by a read method or moved to another owner. */
  taken = false;
  /** Set when the server took them. */
  isSent = false;
  /**
   * Made by `.body`, or by `clone()`. From then on it is the way to the bytes, unless `reclaim()`
   * says that nobody has used it.
   */
  stream: ReadableStream<Uint8Array> | null = null;
  /** The async context of whoever made a body that has yet to be produced: its source runs there. */
  scope: AsyncResource | undefined = undefined;

  constructor(
    public kind: BodyKind,
    public value: unknown,
    /** Content type this body brings along, '' for none. */
    readonly type: string,
  ) {}

  get used(): boolean {
    return this.taken || (this.stream !== null && isDisturbed(this.stream));
  }

  /** Used, or locked by somebody's reader: cannot be read, cloned or sent. */
  get unusable(): boolean {
    return this.used || (this.stream !== null && this.stream.locked);
  }
}

let Resource: typeof AsyncResource | null = null;

/** A box for a source of the user's that produces later on. */
function producingBox(kind: BodyKind, source: unknown): BodyBox {
  const box = new BodyBox(kind, source, '');
  Resource ??= process.getBuiltinModule('node:async_hooks').AsyncResource;
  box.scope = new Resource('BUNSERVE_BODY', { requireManualDestroy: true });
  return box;
}

export type BodyValue = null | string | Uint8Array<ArrayBuffer> | BodyBox;

/** What a raw body becomes once it was read. Shared; `.body` afterwards makes a box of its own. */
export const spentBody = new BodyBox(BodyKind.Spent, null, '');
spentBody.taken = true;

/** The value an owner keeps after its body was taken. Marks boxes, replaces raw values. */
export function spend(body: BodyValue): BodyValue {
  if (body === null) return null;
  if (body instanceof BodyBox) {
    body.taken = true;
    return body;
  }
  return spentBody;
}

export function isUsed(body: BodyValue): boolean {
  return body instanceof BodyBox && body.used;
}

export function isUnusable(body: BodyValue): boolean {
  return body instanceof BodyBox && body.unusable;
}

// The standard copies every BufferSource. Above this size the copy would cost more than the rest
// of the response (1 MB: about 0.1 ms), so the bytes are borrowed: writing into them before the
// response has been sent shows, as with node:http.
export const kBorrowBytes = 64 * 1024;

function extractBytes(view: ArrayBufferView | ArrayBufferLike): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view as ArrayBuffer);
  // Shared memory may change under another thread's hands while it is being sent: always copied.
  const mayBorrow = bytes.length >= kBorrowBytes && !isShared(bytes.buffer);
  return mayBorrow ? bytes : Buffer.from(bytes);
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

function tagOf(value: object): unknown {
  return (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

// Recognised by tag first: naming the global would load web streams (2-10 ms).
function isReadableStream(value: object): value is ReadableStream<Uint8Array> {
  return tagOf(value) === 'ReadableStream' && value instanceof ReadableStream;
}

// By tag only: naming the global would load all of Node's own fetch (38 ms).
function isFormData(value: object): value is FormData {
  return tagOf(value) === 'FormData' && typeof (value as FormData).entries === 'function';
}

const AsyncGeneratorFunction = async function* () {}.constructor;

function extractObject(value: object): BodyValue {
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return extractBytes(value);
  if (isReadableStream(value)) return extractStream(value);
  if (kFile in value) return new BodyBox(BodyKind.File, value, (value as unknown as Blob).type);
  if (value instanceof Blob) return new BodyBox(BodyKind.Blob, value, value.type);
  if (value instanceof URLSearchParams) {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8';
    return new BodyBox(BodyKind.Text, value.toString(), type);
  }
  if (isFormData(value)) {
    const { content, type } = encodeFormData(value);
    return new BodyBox(content instanceof Blob ? BodyKind.Blob : BodyKind.Iterable, content, type);
  }
  if (typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function') {
    return producingBox(BodyKind.Iterable, value);
  }
  if (kPage in value) {
    return new BodyBox(BodyKind.Source, (value as PageSource)[kPage](), PAGE_TYPE);
  }
  // Bun also calls an async generator function to get its iterator.
  if (value instanceof AsyncGeneratorFunction) {
    const iterator = (value as unknown as () => AsyncIterable<unknown>)();
    return producingBox(BodyKind.Iterable, iterator);
  }
  return `${value as unknown as string}`;
}

/** What our own streams were made from, for `new Response(other.body)` and its like. */
const origins = new WeakMap<ReadableStream, BodyBox>();

export function setOrigin(stream: ReadableStream, box: BodyBox): void {
  origins.set(stream, box);
}

/**
 * Puts the value of a box back in force when its stream, made by us from that value, was never read:
 * looking at `res.body` must not turn a string into a chunked stream. The stream is left as a reader
 * would leave it, locked and disturbed.
 */
export function reclaim(box: BodyBox): boolean {
  if (box.stream === null || !origins.has(box.stream)) return false;
  if (box.stream.locked || isDisturbed(box.stream)) return false;
  void box.stream.getReader().cancel();
  return true;
}

/** The value of a box whose body was just taken: raw text or bytes where possible. */
export function reclaimed(box: BodyBox): BodyValue {
  if (box.stream !== null && !reclaim(box)) return box;
  if (box.kind === BodyKind.Text) return box.value as string;
  if (box.kind === BodyKind.Bytes) return box.value as Uint8Array<ArrayBuffer>;
  return box.stream === null ? box : new BodyBox(box.kind, box.value, box.type);
}

function extractStream(stream: ReadableStream<Uint8Array>): BodyBox {
  const origin = origins.get(stream);
  const box =
    origin === undefined
      ? producingBox(BodyKind.Stream, stream)
      : new BodyBox(origin.kind, origin.value, '');
  box.stream = stream;
  return box;
}

/**
 * WebIDL's conversion to BodyInit and the standard's "extract a body", for anything but strings and
 * null, which owners test first. Streams that cannot be taken are for `checkExtracted`: by the
 * standard the rest of the arguments is converted in between.
 */
export function extractBody(value: unknown): BodyValue {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'object' || typeof value === 'function') return extractObject(value);
  return `${value as string}`;
}

/** The part of "extract a body" that refuses a stream which somebody reads or has read. */
export function checkExtracted(body: BodyValue): void {
  if (body instanceof BodyBox && body.unusable) throw unusableBodyObjectError();
}

// SPDX-License-Identifier: MIT
//
// Replacing the content of a file: what may be written, and how each of it is.

import { bodyAlreadyUsed, invalidArgument } from '../errors.js';
import { BodyBox, BodyKind, type BodyValue, isUnusable, spend } from '../fetch/body.js';
import {
  chunkBytes,
  coreOf,
  type FileSource,
  fileSource,
  isFastResponse,
  peekBody,
  takeBody,
} from '../fetch/internal.js';
import { Request } from '../fetch/request.js';
import { Response } from '../fetch/response.js';
import { copyToDescriptor, copyToFile } from './copy-file.js';
import { closeFile, REPLACE_FLAGS, writeAll } from './descriptor.js';
import { openOutput } from './output.js';
import type { CheckedOptions } from './write-options.js';

const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

export type WriteInput =
  | string
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | globalThis.Response
  | globalThis.Request
  | ReadableStream
  | readonly (string | ArrayBuffer | ArrayBufferView | Blob)[];

/** What is to be written: bytes, a file to be copied, or a stream of bytes. */
type Content = Uint8Array | FileSource | ReadableStream;

function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

/** The parts as `new Blob()` would join them, files too. */
async function joined(parts: readonly unknown[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    if (part === null || part === undefined) continue;
    if (part instanceof Blob) pieces.push(new Uint8Array(await part.arrayBuffer()));
    else if (ArrayBuffer.isView(part) || isAnyArrayBuffer(part)) pieces.push(bytesOf(part));
    else pieces.push(Buffer.from(`${part as string}`));
  }
  return Buffer.concat(pieces);
}

/** Undefined for Node's own classes, which do not show theirs. */
function bodyOf(owner: Response | Request): BodyValue | undefined {
  return isFastResponse(owner) ? peekBody(owner) : coreOf(owner)?.body;
}

/** A body that is a file, which then need not pass through here; taken. */
function takeFile(owner: Response | Request, body: BodyValue): FileSource | undefined {
  if (!(body instanceof BodyBox) || body.kind !== BodyKind.File || body.stream !== null) {
    return undefined;
  }
  if (isFastResponse(owner)) takeBody(owner);
  else spend(body);
  return fileSource(body.value);
}

function contentOfBody(owner: Response | Request): Content | Promise<Content> {
  const body = bodyOf(owner);
  if (body === undefined) {
    if (owner.bodyUsed || owner.body?.locked === true) throw bodyAlreadyUsed();
  } else {
    if (isUnusable(body)) throw bodyAlreadyUsed();
    if (!(body instanceof BodyBox)) return owner.bytes();
    const source = takeFile(owner, body);
    if (source !== undefined) return source;
  }
  return owner.body ?? new Uint8Array(0);
}

function contentOf(data: unknown): Content | Promise<Content> {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data) || isAnyArrayBuffer(data)) return bytesOf(data);
  const source = fileSource(data);
  if (source !== undefined) return source;
  if (data instanceof Blob) return data.stream() as unknown as ReadableStream;
  if (data instanceof Response || data instanceof Request) return contentOfBody(data);
  if (data instanceof ReadableStream) return data;
  if (Array.isArray(data)) return joined(data);
  return Buffer.from(`${data as string}`);
}

async function writeStream(
  fd: number,
  stream: ReadableStream,
  file: string | number,
): Promise<number> {
  let written = 0;
  for await (const chunk of stream) written += await writeAll(fd, chunkBytes(chunk), file);
  return written;
}

function writeContent(
  fd: number,
  content: Uint8Array | ReadableStream,
  file: string | number,
): Promise<number> {
  return content instanceof Uint8Array
    ? writeAll(fd, content, file)
    : writeStream(fd, content, file);
}

function isSource(content: Content): content is FileSource {
  return !(content instanceof Uint8Array || content instanceof ReadableStream);
}

async function replace(
  file: string | number,
  data: unknown,
  options: CheckedOptions,
): Promise<number> {
  const content = await contentOf(data);
  if (typeof file === 'number') {
    return isSource(content) ? copyToDescriptor(content, file) : writeContent(file, content, file);
  }
  if (isSource(content)) return copyToFile(content, file, options);
  const fd = await openOutput(file, REPLACE_FLAGS, options);
  try {
    return await writeContent(fd, content, file);
  } finally {
    await closeFile(fd);
  }
}

/**
 * Writes `data` over the file, or to the descriptor; returns the number of bytes.
 *
 * @throws TypeError at once for what is no data; rejects with node:fs's errors.
 */
export function write(
  file: string | number,
  data: unknown,
  options: CheckedOptions,
  caller: 'Bun' | 'blob',
): Promise<number> {
  if (data === null || data === undefined) {
    throw invalidArgument(`${caller}.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write`);
  }
  return replace(file, data, options);
}

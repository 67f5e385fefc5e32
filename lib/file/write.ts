// SPDX-License-Identifier: MIT
//
// Replacing the content of a file. Whole files are copied by the system, which shares their blocks
// where it can; streams are written as they come.

import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { invalidArgument } from '../errors.js';
import { type FileSource, fileSource } from '../fetch/internal.js';
import { Request } from '../fetch/request.js';
import { Response } from '../fetch/response.js';
import { streamFile } from './read-file.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

/** A descriptor that somebody else owns, or a file opened here. */
type Output = number | FileHandle;

export type WriteInput =
  | string
  | number
  | object
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | globalThis.Response
  | globalThis.Request
  | readonly (string | ArrayBuffer | ArrayBufferView | Blob)[];

export interface WriteOptions {
  /** Makes missing folders above the file. Default true. */
  createPath?: boolean;
  /** Permissions of a file that is made; default 0o666 less the process's umask. */
  mode?: number;
}

/** What is to be written: bytes, a file to be copied, or a stream of bytes. */
type Content = Uint8Array | FileSource | ReadableStream<Uint8Array>;

const { COPYFILE_FICLONE } = fs.constants;

function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  return process.getBuiltinModule('node:util/types').isAnyArrayBuffer(value);
}

async function joined(parts: readonly unknown[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const source = fileSource(part);
    const piece = source === undefined ? contentOf(part) : await (part as Blob).arrayBuffer();
    if (piece instanceof ReadableStream) {
      for await (const chunk of piece) pieces.push(chunk);
    } else if (piece instanceof ArrayBuffer) pieces.push(new Uint8Array(piece));
    else pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces);
}

function contentOf(data: unknown): Content {
  if (typeof data === 'string') return Buffer.from(data);
  if (data === null || data === undefined) {
    throw invalidArgument('Bun.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write');
  }
  if (ArrayBuffer.isView(data) || isBuffer(data)) return bytesOf(data);
  const source = fileSource(data);
  if (source !== undefined) return source;
  if (data instanceof Blob) return data.stream() as unknown as ReadableStream<Uint8Array>;
  if (data instanceof Response || data instanceof Request) return bodyOf(data);
  return Buffer.from(`${data as string}`);
}

function bodyOf(owner: Response | Request): Content {
  if (owner.bodyUsed) {
    throw Object.assign(new TypeError('Body already used'), { code: 'ERR_BODY_ALREADY_USED' });
  }
  return owner.body ?? new Uint8Array(0);
}

function isMissingFolder(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Opens the file, making the folders above it when they are missing. */
async function openForWriting(file: string, options: WriteOptions): Promise<FileHandle> {
  const { mode = 0o666, createPath = true } = options;
  try {
    return await fs.promises.open(file, 'w', mode);
  } catch (error) {
    if (!createPath || !isMissingFolder(error) || file === '') throw error;
    await fs.promises.mkdir(path.dirname(file), { recursive: true });
    return fs.promises.open(file, 'w', mode);
  }
}

/** All of it: a write may take less than it was given. */
async function writeAll(output: Output, bytes: Uint8Array): Promise<number> {
  const fd = typeof output === 'number' ? output : output.fd;
  let written = 0;
  while (written < bytes.length) {
    written += await new Promise<number>((resolve, reject) => {
      fs.write(fd, bytes, written, bytes.length - written, null, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }
  return written;
}

async function writeStream(output: Output, stream: ReadableStream<Uint8Array>): Promise<number> {
  let written = 0;
  for await (const chunk of stream) written += await writeAll(output, bytesOf(chunk));
  return written;
}

async function isSameFile(file: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([fs.promises.stat(file), fs.promises.stat(other)]);
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

/** A whole file onto another by path; undefined when it has to be read and written instead. */
async function copyWhole(
  file: string,
  source: FileSource,
  options: WriteOptions,
): Promise<number | undefined> {
  if (typeof source.file !== 'string' || source.start !== 0 || source.end >= 0) return undefined;
  const stats = await statSource(source.file);
  if (!stats.isFile() || options.mode !== undefined) return undefined;
  // Nothing to do, and the copy would begin by emptying the file.
  if (await isSameFile(file, source.file)) return stats.size;
  const handle = await openForWriting(file, options);
  const { mode } = await handle.stat();
  await handle.close();
  await fs.promises.copyFile(source.file, file, COPYFILE_FICLONE);
  // As in Bun the permissions are not the source's.
  await fs.promises.chmod(file, mode);
  return stats.size;
}

async function statSource(file: string): Promise<Stats> {
  const handle = await fs.promises.open(file, 'r');
  try {
    return await handle.stat();
  } finally {
    await handle.close();
  }
}

/** Writes `data` over the file; returns the number of bytes. */
export async function writeTo(
  file: string | number,
  data: WriteInput,
  options: WriteOptions = {},
): Promise<number> {
  const content = Array.isArray(data) ? await joined(data) : contentOf(data);
  if (typeof file === 'number') return writeContent(file, content);
  if (!(content instanceof Uint8Array || content instanceof ReadableStream)) {
    const copied = await copyWhole(file, content, options);
    if (copied !== undefined) return copied;
    // Before the destination is emptied: a source that is not there must not cost its content.
    await statOrThrow(content);
  }
  const handle = await openForWriting(file, options);
  try {
    return await writeContent(handle, content);
  } finally {
    await handle.close();
  }
}

async function statOrThrow(source: FileSource): Promise<void> {
  if (typeof source.file === 'string') await statSource(source.file);
}

function writeContent(output: Output, content: Content): Promise<number> {
  if (content instanceof Uint8Array) return writeAll(output, content);
  if (content instanceof ReadableStream) return writeStream(output, content);
  return writeStream(output, streamFile(content));
}

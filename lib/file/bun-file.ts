// SPDX-License-Identifier: MIT
//
// Bun.file(path): a Blob whose bytes stay on disk until somebody reads them (behaviours 8).

import type { Stats } from 'node:fs';
import { invalidArgument } from '../errors.js';
import { formDataParser, kFile, type FileSource } from '../fetch/internal.js';
import { filesPart } from '../late.js';
import { becomeBlob } from './blob-family.js';
import { statOf } from './descriptor.js';
import type { FileSink, FileSinkOptions } from './file-sink.js';
import { fileTarget } from './file-target.js';
import { fileType, typeOfPath } from './mime.js';
import type { WriteInput } from './write.js';
import type { WriteOptions } from './write-options.js';

// Not imported: see lib/native/binding.ts.
const fs = process.getBuiltinModule('node:fs');

export interface BunFileOptions {
  /** Content type instead of the one the extension gives. */
  type?: string | undefined;
}

/** What Bun reports for a file that does not exist. */
const NO_DATE = 2 ** 52 - 1;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * V8 clones objects of classes as empty ones. Bun clones files, which nothing can teach V8 without a
 * Blob of Node's for each of them (24 us); but it refuses WeakSets, and so structuredClone() and
 * postMessage() throw a DataCloneError instead of losing the file.
 */
const Uncloneable = WeakSet as unknown as new () => object;

/** A lazily read file, or a part of one. Every question is answered as the file is at that moment. */
export class BunFile extends Uncloneable {
  readonly #source: FileSource;
  /** Undefined for a descriptor. */
  #name: string | undefined;

  /** @internal */
  constructor(source: FileSource, name?: string) {
    super();
    this.#source = source;
    this.#name = name;
  }

  /** @internal Marks files for the response path without importing this class. */
  get [kFile](): FileSource {
    return this.#source;
  }

  /** The path as it was given; undefined for a descriptor. What a form sends as file name. */
  get name(): string | undefined {
    return this.#name;
  }

  set name(value: string | undefined) {
    // Bun ignores everything else.
    if (typeof value === 'string' || value === undefined) this.#name = value;
  }

  get type(): string {
    return this.#source.type;
  }

  /** Bytes; 0 for a file that does not exist, Infinity for a pipe or a device. */
  get size(): number {
    const size = this.#wholeSize();
    const { start, end } = this.#source;
    return Math.max(0, (end < 0 ? size : Math.min(end, size)) - Math.min(start, size));
  }

  #wholeSize(): number {
    const found = this.#stats();
    if (found === undefined) return 0;
    return found.isFile() || found.isDirectory() ? found.size : Infinity;
  }

  /** Milliseconds since the epoch. */
  get lastModified(): number {
    const found = this.#stats();
    return found === undefined ? NO_DATE : Math.trunc(found.mtimeMs);
  }

  #stats(): Stats | undefined {
    const { file } = this.#source;
    try {
      return typeof file === 'string' ? fs.statSync(file) : fs.fstatSync(file);
    } catch {
      return undefined;
    }
  }

  /** Whether a file or a pipe (not a directory, not a device) is there. */
  async exists(): Promise<boolean> {
    try {
      const found = await this.stat();
      return found.isFile() || found.isFIFO();
    } catch {
      return false;
    }
  }

  /** Facts of the whole file, as of node:fs. Rejects when there is none. */
  stat(): Promise<Stats> {
    const { file } = this.#source;
    return typeof file === 'string' ? fs.promises.stat(file) : statOf(file);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return filesPart().readFile(this.#source);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /** Decoded as UTF-8, or as UTF-16 when the file begins with that byte order mark. */
  async text(): Promise<string> {
    return filesPart().decodeFile(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /** By the file's type, as of a Response. */
  async formData(): Promise<FormData> {
    const bytes = await this.bytes();
    return formDataParser(this.type)(bytes);
  }

  /** Reads at most `chunkSize` bytes at once, when somebody reads from the stream. */
  stream(chunkSize?: number): ReadableStream<Uint8Array> {
    const isSize = typeof chunkSize === 'number' && chunkSize >= 1;
    return filesPart().streamFile(this.#source, isSize ? Math.trunc(chunkSize) : undefined);
  }

  /** A part, not read either. Negative numbers count from the end the file has now. */
  slice(start?: number, end?: number, contentType?: string): BunFile;
  slice(start?: number, contentType?: string): BunFile;
  slice(contentType?: string): BunFile;
  slice(start?: number | string, end?: number | string, type?: string): BunFile {
    if (typeof start === 'string') return this.slice(0, undefined, start);
    if (typeof end === 'string') return this.slice(start, undefined, end);
    const source = this.#source;
    const isRelative = (start ?? 0) < 0 || (end ?? 0) < 0;
    const size = isRelative ? this.#endForSlices() : Infinity;
    const from = place(start ?? 0, size);
    const to = Math.max(from, place(end ?? Infinity, size));
    const limit = source.end < 0 ? Infinity : source.end;
    const last = Math.min(limit, source.start + to);
    const part = {
      file: source.file,
      start: Math.min(source.start + from, last),
      end: last === Infinity ? -1 : last,
      sliced: true,
      type: givenType(type) ?? source.type,
    };
    return new BunFile(part, this.#name);
  }

  /** What never ends has no end to count from. */
  #endForSlices(): number {
    const { size } = this;
    return size === Infinity ? 0 : size;
  }

  /**
   * Writes piece by piece, from the beginning of the file, which is made when it is missing.
   *
   * @throws node:fs's errors when the file cannot be opened.
   */
  writer(options?: FileSinkOptions): FileSink {
    return new (filesPart().FileSink)(this.#source.file, options);
  }

  /** As Bun.write(): replaces the file. Returns the number of bytes written. */
  write(data: WriteInput, options?: WriteOptions): Promise<number> {
    const { write, writeOptions } = filesPart();
    return write(this.#source.file, data, writeOptions(options), 'blob');
  }

  delete(): Promise<void> {
    const { file } = this.#source;
    if (typeof file === 'string') return fs.promises.unlink(file);
    return Promise.reject(invalidArgument('Is not possible to unlink a file descriptor'));
  }

  unlink(): Promise<void> {
    return this.delete();
  }

  get [Symbol.toStringTag](): string {
    return 'Blob';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { file, type } = this.#source;
    const name = typeof file === 'string' ? JSON.stringify(file) : `fd: ${file}`;
    return `FileRef (${name}) {\n  type: ${JSON.stringify(type)}\n}`;
  }
}

/** A position by the rules of Blob.slice(). */
function place(position: number, size: number): number {
  const whole = Math.trunc(Number(position)) || 0;
  return whole < 0 ? Math.max(0, size + whole) : whole;
}

function givenType(type: unknown): string | undefined {
  if (typeof type !== 'string' || type === '' || !PRINTABLE.test(type)) return undefined;
  return fileType(type);
}

let isBlob = false;

/** A file by path, file URL or descriptor. Nothing is opened until it is read. */
export function file(
  path: string | URL | number | Uint8Array | ArrayBuffer,
  options: BunFileOptions | null | undefined = undefined,
): BunFile {
  const target = fileTarget(path);
  if (target === undefined) {
    throw invalidArgument('Expected file path string or file descriptor');
  }
  if (!isBlob) {
    isBlob = true;
    becomeBlob(BunFile);
  }
  const isPath = typeof target === 'string';
  const type = givenType(options?.type) ?? typeOfPath(isPath ? target : '');
  const source = { file: target, start: 0, end: -1, sliced: false, type };
  return new BunFile(source, isPath ? target : undefined);
}

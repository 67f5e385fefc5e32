// SPDX-License-Identifier: MIT
//
// Bun.file(path): a Blob whose bytes stay on disk until somebody reads them (behaviours 8).

import type { Stats } from 'node:fs';
import { formDataParser, kFile, type FileSource } from '../fetch/internal.js';
import { invalidArgument, invalidArgumentValue, outOfRange } from '../errors.js';
import { filesPart } from '../late.js';
import type { FileSink, FileSinkOptions } from './file-sink.js';
import { fileType, typeOfPath } from './mime.js';
import type { WriteInput, WriteOptions } from './write.js';

// Not imported: see lib/native/binding.ts.
const fs = process.getBuiltinModule('node:fs');

export interface BunFileOptions {
  /** Content type instead of the one the extension gives. */
  type?: string;
}

/** What Bun reports for a file that does not exist. */
const NO_DATE = 2 ** 52 - 1;
const MAX_DESCRIPTOR = 2 ** 31 - 1;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** A lazily read file, or a part of one. Every question is answered as the file is at that moment. */
export class BunFile {
  readonly #source: FileSource;

  /** @internal */
  constructor(source: FileSource) {
    this.#source = source;
  }

  /** @internal Marks files for the response path without importing this class. */
  get [kFile](): FileSource {
    return this.#source;
  }

  /** The path as it was given; undefined for a descriptor. */
  get name(): string | undefined {
    const { file } = this.#source;
    return typeof file === 'string' ? file : undefined;
  }

  get type(): string {
    return this.#source.type;
  }

  /** Bytes; 0 for a file that does not exist. */
  get size(): number {
    const size = this.#stats()?.size ?? 0;
    const { start, end } = this.#source;
    return Math.max(0, (end < 0 ? size : Math.min(end, size)) - Math.min(start, size));
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

  /** Whether a file (not a directory) is there. */
  async exists(): Promise<boolean> {
    try {
      return !(await this.stat()).isDirectory();
    } catch {
      return false;
    }
  }

  /** Facts of the whole file, as of node:fs. Rejects when there is none. */
  stat(): Promise<Stats> {
    const { file } = this.#source;
    if (typeof file === 'string') return fs.promises.stat(file);
    return new Promise((resolve, reject) => {
      fs.fstat(file, (error, found) => (error === null ? resolve(found) : reject(error)));
    });
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return filesPart().readFile(this.#source);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /** By the file's type, as of a Response. */
  async formData(): Promise<FormData> {
    const parse = formDataParser(this.type);
    return parse(await this.bytes());
  }

  /** Reads at most `chunkSize` bytes at once, when somebody reads from the stream. */
  stream(chunkSize?: number): ReadableStream<Uint8Array> {
    const isSize = typeof chunkSize === 'number' && chunkSize >= 1;
    return filesPart().streamFile(this.#source, isSize ? Math.trunc(chunkSize) : undefined);
  }

  /** A part, not read either. Negative numbers count from the end the file has now. */
  slice(start?: number | string, end?: number | string, type?: string): BunFile {
    if (typeof start === 'string') return this.slice(0, undefined, start);
    if (typeof end === 'string') return this.slice(start, undefined, end);
    const source = this.#source;
    const isRelative = (start !== undefined && start < 0) || (end !== undefined && end < 0);
    const size = isRelative ? this.size : Infinity;
    const from = place(start ?? 0, size);
    const to = end === undefined ? Infinity : Math.max(from, place(end, size));
    const limit = source.end < 0 ? Infinity : source.end;
    const last = Math.min(limit, source.start + to);
    return new BunFile({
      file: source.file,
      start: Math.min(source.start + from, last),
      end: last === Infinity ? -1 : last,
      sliced: true,
      type: givenType(type) ?? source.type,
    });
  }

  /** Writes piece by piece, from the beginning of the file. */
  writer(options?: FileSinkOptions): FileSink {
    return new (filesPart().FileSink)(this.#source.file, options);
  }

  /** As Bun.write(): replaces the file. Returns the number of bytes written. */
  write(data: WriteInput, options?: WriteOptions): Promise<number> {
    return filesPart().writeTo(this.#source.file, data, options);
  }

  delete(): Promise<void> {
    const { file } = this.#source;
    if (typeof file === 'string') return fs.promises.unlink(file);
    return Promise.reject(invalidArgument('A file that was made from a descriptor has no path'));
  }

  unlink(): Promise<void> {
    return this.delete();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { file, type } = this.#source;
    const name = typeof file === 'string' ? JSON.stringify(file) : `fd: ${file}`;
    return `FileRef (${name}) {\n  type: ${JSON.stringify(type)}\n}`;
  }
}

let isBlob = false;

/**
 * Makes files instances of Blob, with the first one: naming the global loads its module. Node's own
 * code (the Blob constructor, FormData) takes a Blob's bytes from a handle behind a symbol; what it
 * finds there is the file as it is then.
 */
function becomeBlob(): void {
  isBlob = true;
  Object.setPrototypeOf(BunFile.prototype, Blob.prototype);
  const symbols = Object.getOwnPropertySymbols(new Blob([]));
  const handle = symbols.find((symbol) => symbol.description === 'kHandle');
  if (handle === undefined) return;
  Object.defineProperty(BunFile.prototype, handle, {
    get(this: BunFile) {
      const bytes = filesPart().readFileNow(this[kFile]);
      return (new Blob([bytes]) as unknown as Record<symbol, unknown>)[handle];
    },
  });
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

function descriptor(value: number): number {
  if (!Number.isInteger(value)) throw outOfRange('fd', 'an integer', value);
  if (value < 0 || value > MAX_DESCRIPTOR) {
    throw outOfRange('fd', `>= 0 && <= ${MAX_DESCRIPTOR}`, value);
  }
  return value;
}

/** A path, descriptor or file URL as node:fs takes it; undefined for anything else. */
export function fileTarget(value: unknown): string | number | undefined {
  if (typeof value === 'number') return descriptor(value);
  let path = value;
  if (value instanceof URL) path = process.getBuiltinModule('node:url').fileURLToPath(value);
  else if (value instanceof Uint8Array) path = Buffer.from(value).toString();
  else if (value instanceof ArrayBuffer) path = Buffer.from(value).toString();
  if (typeof path !== 'string') return undefined;
  if (path.includes('\0')) {
    throw invalidArgumentValue(
      "The argument 'path' must be a string, Uint8Array, or URL without null bytes. " +
        `Received ${JSON.stringify(path)}`,
    );
  }
  return path;
}

/** A file by path, file URL or descriptor. Nothing is opened until it is read. */
export function file(
  path: string | URL | number | Uint8Array | ArrayBuffer,
  options?: BunFileOptions | null,
): BunFile {
  const target = fileTarget(path);
  if (target === undefined) {
    throw invalidArgument('Expected file path string or file descriptor');
  }
  if (!isBlob) becomeBlob();
  const type = givenType(options?.type);
  return new BunFile({
    file: target,
    start: 0,
    end: -1,
    sliced: false,
    type: type ?? (typeof target === 'string' ? typeOfPath(target) : typeOfPath('')),
  });
}

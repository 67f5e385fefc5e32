// SPDX-License-Identifier: MIT
//
// Bun.file(path): a Blob whose bytes stay on disk until somebody reads them (behaviours 8).

import { invalidArgument, notSupported } from '../errors.js';
import { kFile } from '../fetch/body.js';
import { typeOfPath } from './mime.js';

// Not imported: see lib/native/binding.ts.
const fs = process.getBuiltinModule('node:fs');

export interface BunFileOptions {
  /** Content type instead of the one the extension gives. */
  type?: string;
}

/** What Bun reports for a file that does not exist. */
const NO_DATE = 2 ** 52 - 1;

// Blob declares `size` and `type` as properties; here they are computed.
interface BlobMethods {
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
  stream(): unknown;
  slice(): unknown;
}
const LazyBlob = Blob as unknown as new (parts: [], options: { type: string }) => BlobMethods;

/** A lazily read file. `size` and `lastModified` are those of the moment they are read. */
export class BunFile extends LazyBlob {
  readonly #path: string;
  readonly #type: string;

  /** @internal */
  constructor(path: string, type: string) {
    super([], { type });
    this.#path = path;
    this.#type = type;
  }

  /** @internal Marks files for the response path without importing this class. */
  get [kFile](): string {
    return this.#path;
  }

  get name(): string {
    return this.#path;
  }

  get type(): string {
    return this.#type;
  }

  /** Bytes; 0 for a file that does not exist. */
  get size(): number {
    return fs.statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Milliseconds since the epoch. */
  get lastModified(): number {
    const found = fs.statSync(this.#path, { throwIfNoEntry: false });
    return found === undefined ? NO_DATE : Math.trunc(found.mtimeMs);
  }

  /** Whether a regular file (not a directory) is there. */
  async exists(): Promise<boolean> {
    try {
      return !(await fs.promises.stat(this.#path)).isDirectory();
    } catch {
      return false;
    }
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await read(this.#path);
    // Small files share Node's buffer pool: the result must not show their neighbours.
    return bytes.buffer.byteLength === bytes.byteLength
      ? (bytes.buffer as ArrayBuffer)
      : (bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  }

  override async text(): Promise<string> {
    const text = (await read(this.#path)).toString('utf8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  override stream(): never {
    throw unavailable('stream()');
  }

  override slice(): never {
    throw unavailable('slice()');
  }
}

function unavailable(what: string): Error {
  return notSupported(`BunFile.${what}`, 'Read the file with bytes(), text() or arrayBuffer().');
}

async function read(path: string): Promise<Buffer> {
  try {
    return await fs.promises.readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    throw Object.assign(new Error('Directories cannot be read like files'), {
      ...{ code: 'EISDIR', errno: 0, syscall: 'read', path },
    });
  }
}

/** A file by path or file URL. Nothing is opened until it is read. */
export function file(path: string | URL, options?: BunFileOptions): BunFile {
  if (path instanceof URL)
    return file(process.getBuiltinModule('node:url').fileURLToPath(path), options);
  if (typeof path === 'number') throw notSupported('Bun.file(descriptor)', 'Pass a path.');
  if (typeof path !== 'string') {
    throw invalidArgument('Expected file path string or file descriptor');
  }
  return new BunFile(path, options?.type?.toLowerCase() ?? typeOfPath(path));
}

// SPDX-License-Identifier: MIT
//
// What can be read piece by piece: files at positions, devices where they stand, and Node's streams
// for what the event loop can wait for. Nothing is read before it is asked for.

import type { Readable } from 'node:stream';
import type { Stats } from 'node:fs';
import type { FileSource } from '../fetch/internal.js';
import { type Bytes, closeFile, openFile, read, READ_FLAGS, statOf } from './descriptor.js';

const fs = process.getBuiltinModule('node:fs');

export const PIECE_BYTES = 256 * 1024;

export interface Pieces {
  /** The next bytes, never none; null at the end. Not to be called again before it has settled. */
  next(): Promise<Bytes | null>;
  /** Gives back what is held, in the middle of a read too. Later calls do nothing. */
  close(): Promise<void>;
}

/** An open file. `isOurs`: it was opened here, and is closed here. */
export interface OpenFile {
  readonly fd: number;
  readonly isOurs: boolean;
  readonly stats: Stats;
}

export async function openSource(source: FileSource): Promise<OpenFile> {
  const { file } = source;
  const isOurs = typeof file === 'string';
  const fd = isOurs ? await openFile(file, READ_FLAGS) : file;
  try {
    return { fd, isOurs, stats: await statOf(fd) };
  } catch (error) {
    if (isOurs) await closeFile(fd);
    throw error;
  }
}

/** A whole file by its descriptor is read on from where the descriptor stands, as in Bun. */
export function isPositioned(source: FileSource, stats: Stats): boolean {
  return (stats.isFile() || stats.isDirectory()) && !isWholeDescriptor(source);
}

function isWholeDescriptor({ file, sliced }: FileSource): boolean {
  return typeof file === 'number' && !sliced;
}

function firstOf(piece: Bytes, count: number): Bytes {
  return count === piece.length ? piece : piece.slice(0, count);
}

class DescriptorPieces implements Pieces {
  #isClosed = false;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly open: OpenFile,
    private readonly pieceBytes: number,
    /** Null: where the descriptor stands. */
    private position: number | null,
    private left: number,
  ) {}

  next(): Promise<Bytes | null> {
    const result = this.#read();
    this.#busy = result.catch(() => undefined);
    return result;
  }

  async #read(): Promise<Bytes | null> {
    if (this.left <= 0) return null;
    const piece = new Uint8Array(Math.min(this.pieceBytes, this.left));
    const count = await read(this.open.fd, piece, this.position, () => this.#isClosed);
    this.left -= count;
    if (this.position !== null) this.position += count;
    return count === 0 ? null : firstOf(piece, count);
  }

  /** Not under a read: by then the number could be another file's. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.open.isOurs) return;
    const closed = this.#busy.then(() => closeFile(this.open.fd));
    // A device may take its time; whoever cancels need not wait for it.
    if (this.open.stats.isFile()) await closed;
  }
}

const CHANGES = ['readable', 'end', 'error', 'close'] as const;

/** Not an async iterator: those cannot be left while they wait. */
class StreamPieces implements Pieces {
  #isClosed = false;
  #wake: () => void = () => undefined;
  readonly #onChange = (): void => this.#wake();

  constructor(
    private readonly stream: Readable,
    private readonly release: () => void,
  ) {
    for (const event of CHANGES) stream.on(event, this.#onChange);
  }

  async next(): Promise<Bytes | null> {
    const { stream } = this;
    while (!this.#isClosed) {
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      const piece = stream.read() as Buffer | string | null;
      if (piece !== null) return new Uint8Array(Buffer.from(piece as string));
      if (stream.errored) throw stream.errored;
      if (stream.readableEnded || stream.destroyed) return null;
      await changed;
    }
    return null;
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    for (const event of CHANGES) this.stream.off(event, this.#onChange);
    this.release();
    this.#wake();
    return Promise.resolve();
  }
}

/** Standard input is Node's own stream: what it has read already would be missing elsewhere. */
function standardInput(): Pieces {
  const { stdin } = process;
  // A file or /dev/null has neither.
  const handle = stdin as Partial<typeof stdin>;
  handle.ref?.();
  return new StreamPieces(stdin, () => {
    stdin.pause();
    handle.unref?.();
  });
}

function isStandardInput({ fd, isOurs, stats }: OpenFile): boolean {
  const { isMainThread } = process.getBuiltinModule('node:worker_threads');
  return fd === 0 && !isOurs && !stats.isFile() && isMainThread;
}

/** A pipe, waited for by the event loop; undefined when its descriptor cannot be had twice. */
function pipePieces({ fd, isOurs }: OpenFile): Pieces | undefined {
  const { Socket } = process.getBuiltinModule('node:net');
  let own = fd;
  if (!isOurs) {
    // A Socket closes what it was given.
    try {
      own = fs.openSync(`/dev/fd/${fd}`, READ_FLAGS);
    } catch {
      return undefined;
    }
  }
  const socket = new Socket({ fd: own, readable: true, writable: false });
  return new StreamPieces(socket, () => socket.destroy());
}

/** The part of what has no positions: what lies before it is read past. */
function limited(pieces: Pieces, source: FileSource): Pieces {
  let skip = source.start;
  let left = source.end < 0 ? Infinity : source.end - source.start;
  if (skip === 0 && left === Infinity) return pieces;
  const next = async (): Promise<Bytes | null> => {
    while (left > 0) {
      const piece = await pieces.next();
      if (piece === null) return null;
      const rest = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - rest.length;
      const wanted = rest.subarray(0, Math.min(left, rest.length));
      left -= wanted.length;
      if (wanted.length > 0) return wanted.length === piece.length ? piece : wanted.slice();
    }
    return null;
  };
  return { next, close: () => pieces.close() };
}

/** The part of an open file that `source` stands for; closing them closes the file. */
export function piecesOf(source: FileSource, open: OpenFile, pieceBytes = PIECE_BYTES): Pieces {
  const { stats } = open;
  if (isPositioned(source, stats)) {
    // Files of /proc say that they are empty; a folder fails with the first read.
    const size = stats.isFile() && stats.size > 0 ? stats.size : Infinity;
    const end = source.end < 0 ? size : Math.min(source.end, size);
    return new DescriptorPieces(open, pieceBytes, source.start, end - source.start);
  }
  let pieces: Pieces | undefined;
  if (isStandardInput(open)) pieces = standardInput();
  else if (stats.isFIFO()) pieces = pipePieces(open);
  pieces ??= new DescriptorPieces(open, pieceBytes, null, Infinity);
  return limited(pieces, source);
}

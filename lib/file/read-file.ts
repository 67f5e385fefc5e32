// SPDX-License-Identifier: MIT
//
// Reading the part of a file that a source stands for: at once, or as a stream. Whoever opens closes:
// no descriptor outlives a call, nor a stream that was read to its end, cancelled, or failed.

import { fileError, folderAsFile, noSnapshot } from '../errors.js';
import type { FileSource } from '../fetch/internal.js';
import { type Bytes, closeFile, read, READ_FLAGS } from './descriptor.js';
import {
  isPositioned,
  type OpenFile,
  openSource,
  PIECE_BYTES,
  type Pieces,
  piecesOf,
} from './pieces.js';

const fs = process.getBuiltinModule('node:fs');
const { EISDIR } = process.getBuiltinModule('node:os').constants.errno;

function isFolderError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EISDIR';
}

/** Where the part ends in a file of `size` bytes. */
function endOf(source: FileSource, size: number): number {
  return source.end < 0 ? size : Math.min(source.end, size);
}

/** All bytes of the part, in memory of their own. */
export async function readFile(source: FileSource): Promise<Bytes> {
  const open = await openSource(source);
  const { stats } = open;
  if (stats.isDirectory()) {
    if (open.isOurs) await closeFile(open.fd);
    throw folderAsFile(source.file);
  }
  // Files of /proc say that they are empty.
  if (!stats.isFile() || stats.size === 0) return drain(piecesOf(source, open));
  try {
    return await readKnown(source, open);
  } finally {
    if (open.isOurs) await closeFile(open.fd);
  }
}

async function readKnown(source: FileSource, { fd, stats }: OpenFile): Promise<Bytes> {
  const length = Math.max(0, endOf(source, stats.size) - source.start);
  const bytes = new Uint8Array(length);
  const from = isPositioned(source, stats) ? source.start : null;
  let filled = 0;
  while (filled < length) {
    const position = from === null ? null : from + filled;
    const count = await read(fd, bytes.subarray(filled), position);
    // It became shorter meanwhile, or the descriptor did not stand at its beginning.
    if (count === 0) return bytes.slice(0, filled);
    filled += count;
  }
  return bytes;
}

async function drain(pieces: Pieces): Promise<Bytes> {
  const all: Bytes[] = [];
  try {
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      all.push(piece);
    }
  } finally {
    await pieces.close();
  }
  return all.length === 1 ? (all[0] as Bytes) : new Uint8Array(Buffer.concat(all));
}

/**
 * The same without waiting, for code of Node's that takes a Blob's bytes synchronously. Only of
 * regular files: anything else may never come to an end.
 */
export function readFileNow(source: FileSource): Bytes {
  const { file } = source;
  const fd = typeof file === 'string' ? fs.openSync(file, READ_FLAGS) : file;
  try {
    const stats = fs.fstatSync(fd);
    if (stats.isDirectory()) throw folderAsFile(file);
    if (!stats.isFile()) throw noSnapshot(file);
    const bytes = fs.readFileSync(fd);
    return new Uint8Array(bytes.subarray(source.start, endOf(source, bytes.length)));
  } finally {
    if (typeof file === 'string') fs.closeSync(fd);
  }
}

/** UTF-8, or UTF-16 after its byte order mark as in Bun; the mark is not part of the text. */
export function decodeFile(bytes: Bytes): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return Buffer.from(bytes.buffer, bytes.byteOffset + 2, bytes.length - 2).toString('utf16le');
  }
  return new TextDecoder().decode(bytes);
}

/** Closes what a stream has open when nobody holds it any more. */
const abandoned = new FinalizationRegistry<Reading>((reading) => void reading.pieces?.close());

interface Reading {
  pieces?: Pieces;
}

/**
 * The part as a byte stream. Opened with the first pull, unless it is open as `fd`, which is the
 * stream's to close then; `pieceBytes`: what a pull reads at most.
 */
export function streamFile(
  source: FileSource,
  pieceBytes = PIECE_BYTES,
  fd?: number,
): ReadableStream<Uint8Array> {
  const reading: Reading = {};
  if (fd !== undefined) {
    const open = { fd, isOurs: true, stats: fs.fstatSync(fd) };
    reading.pieces = piecesOf(source, open, pieceBytes);
  }
  let isCancelled = false;
  const stream: ReadableStream<Uint8Array> = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const pieces = (reading.pieces ??= piecesOf(source, await openSource(source), pieceBytes));
      // Cancelled while the file was being opened.
      if (isCancelled) return pieces.close();
      let piece: Bytes | null;
      try {
        piece = await pieces.next();
      } catch (error) {
        await pieces.close();
        throw isFolderError(error) ? fileError(-EISDIR, 'fstat', -1) : error;
      }
      if (isCancelled) return;
      if (piece !== null) return controller.enqueue(piece);
      await pieces.close();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    async cancel() {
      isCancelled = true;
      await reading.pieces?.close();
    },
  });
  abandoned.register(stream, reading);
  return stream;
}

// SPDX-License-Identifier: MIT
//
// Reading a file or a part of it: whole, or as a stream whose every pull reads the next piece. Reads
// are asynchronous; nothing is open between them but while a stream is being read.

import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fileError } from '../errors.js';
import type { FileSource } from '../fetch/internal.js';

const fs = process.getBuiltinModule('node:fs');

type Bytes = Uint8Array<ArrayBuffer>;

const PIECE_BYTES = 256 * 1024;
const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
const { EISDIR } = process.getBuiltinModule('node:os').constants.errno;

/** One read: at `position` (null: wherever the descriptor stands); 0 at the end. */
type Read = (into: Bytes, position: number | null) => Promise<number>;

interface Opened {
  read: Read;
  /** Null for what has no end of its own: pipes, sockets, devices. */
  size: number | null;
  isPipe: boolean;
  fd: number;
  close(): Promise<void>;
}

function readDescriptor(fd: number): Read {
  return (into, position) =>
    new Promise((resolve, reject) => {
      fs.read(fd, into, 0, into.length, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
}

async function open(source: FileSource): Promise<Opened> {
  const { file } = source;
  let handle: FileHandle | undefined;
  if (typeof file === 'string') {
    // Not waiting for the other end of a FIFO: that would hold a thread of the pool for as long.
    handle = await fs.promises.open(file, O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOCTTY ?? 0));
  }
  const fd = handle === undefined ? (file as number) : handle.fd;
  const close = async (): Promise<void> => handle?.close();
  try {
    const stats = await new Promise<Stats>((resolve, reject) => {
      fs.fstat(fd, (error, found) => (error === null ? resolve(found) : reject(error)));
    });
    const size = stats.isFile() || stats.isDirectory() ? stats.size : null;
    return {
      read: readDescriptor(fd),
      size,
      isPipe: stats.isFIFO() || stats.isSocket(),
      fd,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** First byte and number of bytes of the part, as the file is now. */
function extent(source: FileSource, size: number): [start: number, length: number] {
  const start = Math.min(source.start, size);
  const end = source.end < 0 ? size : Math.min(source.end, size);
  return [start, Math.max(0, end - start)];
}

// Bun's words for reading a directory whole.
function asBunSays(error: unknown, source: FileSource): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EISDIR') return error;
  return Object.assign(new Error('Directories cannot be read like files'), {
    ...{ code: 'EISDIR', errno: 0, syscall: 'read', path: source.file },
  });
}

/** All bytes of the part, in memory of their own. */
export async function readFile(source: FileSource): Promise<Bytes> {
  const { file, start, end } = source;
  try {
    if (typeof file === 'string' && start === 0 && end < 0) {
      return exact(await fs.promises.readFile(file));
    }
    const opened = await open(source);
    try {
      return opened.size === null ? await drain(source, opened) : await readPart(source, opened);
    } finally {
      await opened.close();
    }
  } catch (error) {
    throw asBunSays(error, source);
  }
}

/** Small files share Node's buffer pool: the result must not show their neighbours. */
function exact(bytes: Buffer): Bytes {
  return bytes.buffer.byteLength === bytes.byteLength
    ? new Uint8Array(bytes.buffer as ArrayBuffer)
    : new Uint8Array(bytes);
}

async function readPart(source: FileSource, { read, size }: Opened): Promise<Bytes> {
  const [start, length] = extent(source, size as number);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await read(bytes.subarray(filled), start + filled);
    // The file became shorter meanwhile.
    if (count === 0) return bytes.slice(0, filled);
    filled += count;
  }
  return bytes;
}

/** The same at once, for those who cannot wait. */
export function readFileNow(source: FileSource): Bytes {
  const { file } = source;
  const bytes = fs.readFileSync(file);
  const [start, length] = extent(source, bytes.length);
  return new Uint8Array(bytes.subarray(start, start + length));
}

async function drain(source: FileSource, opened: Opened): Promise<Bytes> {
  const pieces: Bytes[] = [];
  const next = piecesOf(source, opened, PIECE_BYTES);
  for (let piece = await next(); piece !== null; piece = await next()) pieces.push(piece);
  return exact(Buffer.concat(pieces));
}

/** The next piece of what is open, null at the end. */
type NextPiece = () => Promise<Bytes | null>;

/** The part as a byte stream. Opened with the first pull; `pieceBytes`: what a pull reads at most. */
export function streamFile(
  source: FileSource,
  pieceBytes = PIECE_BYTES,
): ReadableStream<Uint8Array> {
  let opened: Opened | undefined;
  let next: NextPiece | undefined;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (next === undefined) {
        opened = await open(source);
        next = piecesOf(source, opened, pieceBytes);
      }
      let piece: Bytes | null;
      try {
        piece = await next();
      } catch (error) {
        await opened?.close();
        const isDirectory = (error as NodeJS.ErrnoException).code === 'EISDIR';
        throw isDirectory ? fileError(-EISDIR, 'fstat', -1) : error;
      }
      if (piece !== null) {
        controller.enqueue(piece);
        return;
      }
      await opened?.close();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: () => opened?.close(),
  });
}

function piecesOf(source: FileSource, opened: Opened, pieceBytes: number): NextPiece {
  if (opened.isPipe) return limited(source, pipePieces(opened));
  const { read, size } = opened;
  if (size === null) return limited(source, devicePieces(read, pieceBytes));
  const [start, length] = extent(source, size);
  let done = 0;
  return async () => {
    const room = Math.min(pieceBytes, length - done);
    if (room === 0) return null;
    const piece = new Uint8Array(room);
    const count = await read(piece, start + done);
    done += count;
    return count === 0 ? null : firstOf(piece, count);
  };
}

function devicePieces(read: Read, pieceBytes: number): NextPiece {
  return async () => {
    const piece = new Uint8Array(pieceBytes);
    const count = await read(piece, null);
    return count === 0 ? null : firstOf(piece, count);
  };
}

function firstOf(piece: Bytes, count: number): Bytes {
  return count === piece.length ? piece : piece.slice(0, count);
}

/** The part of what has no positions: what lies before it is read past. */
function limited(source: FileSource, next: NextPiece): NextPiece {
  let skip = source.start;
  let left = source.end < 0 ? Infinity : source.end - source.start;
  return async () => {
    while (left > 0) {
      const piece = await next();
      if (piece === null) return null;
      const rest = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - rest.length;
      const wanted = rest.subarray(0, Math.min(left, rest.length));
      left -= wanted.length;
      if (wanted.length > 0) return wanted;
    }
    return null;
  };
}

/** Pipes and sockets are waited for by the event loop, not by a thread. */
function pipePieces(opened: Opened): NextPiece {
  const { Socket } = process.getBuiltinModule('node:net');
  // A descriptor of its own: the Socket closes what it was given.
  const fd = fs.openSync(`/dev/fd/${opened.fd}`, O_RDONLY | (O_NONBLOCK ?? 0));
  const socket = new Socket({ fd, readable: true, writable: false });
  const { close } = opened;
  opened.close = () => {
    socket.destroy();
    return close();
  };
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  return async () => {
    const { value } = await pieces.next();
    return value === undefined ? null : new Uint8Array(value);
  };
}

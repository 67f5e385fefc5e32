// SPDX-License-Identifier: MIT
//
// Calls on descriptors as promises. Plain numbers rather than node:fs's FileHandle, whose collection
// by the garbage collector is deprecated, and which cannot stand for a descriptor of somebody else.

import type { Stats } from 'node:fs';
import { fileError } from '../errors.js';

const fs = process.getBuiltinModule('node:fs');

export type Bytes = Uint8Array<ArrayBuffer>;

type SystemError = NodeJS.ErrnoException;
type Done<T> = (error: SystemError | null, result: T) => void;

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC } = fs.constants;
/** Absent on Windows. O_NOCTTY: reading a terminal must not make it this process's own. */
const { O_NONBLOCK = 0, O_NOCTTY = 0 } = fs.constants;

// A FIFO without its other end would hold a thread of the pool until somebody comes.
export const READ_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY;
export const WRITE_FLAGS = O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY;
export const REPLACE_FLAGS = WRITE_FLAGS | O_TRUNC;
export const DEFAULT_MODE = 0o666;

// node:fs refuses more than 2^31 - 1; a shorter read leaves the pool's thread to others in between.
const CALL_BYTES = 16 * 1024 * 1024;
const SHORTEST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 20;

function promised<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}

/** `mode`: permissions, less the umask, of a file that is made. */
export function openFile(path: string, flags: number, mode = DEFAULT_MODE): Promise<number> {
  return promised((done) => fs.open(path, flags, mode, done));
}

export function statOf(fd: number): Promise<Stats> {
  return promised((done) => fs.fstat(fd, done));
}

/** Nothing is left to be done about an error here. */
export function closeFile(fd: number): Promise<void> {
  return new Promise((resolve) => fs.close(fd, () => resolve()));
}

export function truncate(fd: number): Promise<void> {
  return promised((done) => fs.ftruncate(fd, 0, (error) => done(error, undefined)));
}

/** Calls again, ever more rarely, while a descriptor that does not block has nothing to offer. */
async function whenReady<T>(call: () => Promise<T>, isOver: () => boolean): Promise<T | undefined> {
  for (let wait = SHORTEST_WAIT_MS; !isOver(); wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await call();
    } catch (error) {
      if ((error as SystemError).code !== 'EAGAIN') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return undefined;
}

const never = (): boolean => false;

/** At `position` (null: wherever the descriptor stands); 0 at the end, and once `isOver` says so. */
export async function read(
  fd: number,
  into: Bytes,
  position: number | null,
  isOver = never,
): Promise<number> {
  const length = Math.min(into.length, CALL_BYTES);
  const call = (): Promise<number> =>
    promised((done) => fs.read(fd, into, 0, length, position, done));
  return (await whenReady(call, isOver)) ?? 0;
}

/** One write may take less than it was given: returns how much. */
export async function writeSome(
  fd: number,
  bytes: Uint8Array,
  position: number | null,
): Promise<number> {
  const length = Math.min(bytes.length, CALL_BYTES);
  const call = (): Promise<number> =>
    promised((done) => fs.write(fd, bytes, 0, length, position, done));
  return (await whenReady(call, never)) as number;
}

/** All of it, where the descriptor stands. `file`: what errors name. */
export async function writeAll(
  fd: number,
  bytes: Uint8Array,
  file: string | number,
): Promise<number> {
  try {
    for (let at = 0; at < bytes.length;) at += await writeSome(fd, bytes.subarray(at), null);
  } catch (error) {
    const { errno, syscall } = error as SystemError;
    throw errno === undefined ? error : fileError(errno, syscall as string, file);
  }
  return bytes.length;
}

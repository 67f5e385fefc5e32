// SPDX-License-Identifier: MIT
//
// Files onto files. Whole regular ones are copied by the system, which shares their blocks where it
// can and never shows them to this process; everything else is read and written.

import type { Stats } from 'node:fs';
import { folderAsFile } from '../errors.js';
import type { FileSource } from '../fetch/internal.js';
import { closeFile, statOf, truncate, writeAll, WRITE_FLAGS } from './descriptor.js';
import { openOutput } from './output.js';
import { type OpenFile, openSource, type Pieces, piecesOf } from './pieces.js';
import { readFile } from './read-file.js';
import type { CheckedOptions } from './write-options.js';

const fs = process.getBuiltinModule('node:fs');

const COPY_PIECE_BYTES = 1024 * 1024;

function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** The path of a whole file. */
function wholePath({ file, start, end }: FileSource): string | undefined {
  return typeof file === 'string' && start === 0 && end < 0 ? file : undefined;
}

/**
 * Whether copyFile() may be let loose on the destination. When it fails it deletes it, be it a device
 * as it does for one; and it fails after it has copied when the permissions are not ours to set.
 */
function maySystemCopy(source: Stats, target: Stats): boolean {
  const isOurs = target.uid === process.geteuid?.();
  // Files of /proc say that they are empty, and copyFile() believes it.
  return source.isFile() && source.size > 0 && target.isFile() && isOurs;
}

async function pump(pieces: Pieces, fd: number, file: string | number): Promise<number> {
  let written = 0;
  try {
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      written += await writeAll(fd, piece, file);
    }
  } finally {
    await pieces.close();
  }
  return written;
}

async function openReadable(source: FileSource): Promise<OpenFile> {
  const open = await openSource(source);
  if (!open.stats.isDirectory()) return open;
  if (open.isOurs) await closeFile(open.fd);
  throw folderAsFile(source.file);
}

/** To a descriptor, from where it stands. */
export async function copyToDescriptor(source: FileSource, fd: number): Promise<number> {
  return pump(piecesOf(source, await openReadable(source), COPY_PIECE_BYTES), fd, fd);
}

/**
 * Replaces `file` by the part. A source that cannot be read costs the destination nothing, and a file
 * may be replaced by a part of itself. Returns the number of bytes.
 */
export async function copyToFile(
  source: FileSource,
  file: string,
  options: CheckedOptions,
): Promise<number> {
  const open = await openReadable(source);
  let isOpen = open.isOurs;
  try {
    const fd = await openOutput(file, WRITE_FLAGS, options);
    try {
      const target = await statOf(fd);
      if (isSame(open.stats, target)) return await replaceItself(source, fd, file, target.size);
      const from = wholePath(source);
      if (from !== undefined && maySystemCopy(open.stats, target)) {
        await fs.promises.copyFile(from, file, fs.constants.COPYFILE_FICLONE);
        // As in Bun the permissions are not the source's.
        await fs.promises.chmod(file, target.mode);
        return open.stats.size;
      }
      if (target.isFile()) await truncate(fd);
      isOpen = false;
      return await pump(piecesOf(source, open, COPY_PIECE_BYTES), fd, file);
    } finally {
      await closeFile(fd);
    }
  } finally {
    if (isOpen) await closeFile(open.fd);
  }
}

async function replaceItself(
  source: FileSource,
  fd: number,
  file: string,
  size: number,
): Promise<number> {
  if (wholePath(source) !== undefined) return size;
  const bytes = await readFile(source);
  await truncate(fd);
  return writeAll(fd, bytes, file);
}

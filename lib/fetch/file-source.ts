// SPDX-License-Identifier: MIT
//
// What a file object stands for, in the terms of whoever opens it: the response path and the reads.
// Knows nothing of Blobs.

/** Marks our file objects without importing them: anything carrying it is sent as a file. */
export const kFile = Symbol.for('bunserve.file');

/** A file, or a part of one. Nothing of it is open. */
export interface FileSource {
  /** Path, or a descriptor that stays its owner's. */
  readonly file: string | number;
  /** First byte. */
  readonly start: number;
  /** Exclusive; -1 for the end of the file. Both may lie beyond it. */
  readonly end: number;
  /** Made by slice(): a response with it is a partial one. */
  readonly sliced: boolean;
  readonly type: string;
}

/** The source behind a Bun.file(); undefined for anything else. */
export function fileSource(value: unknown): FileSource | undefined {
  return typeof value === 'object' && value !== null
    ? (value as { [kFile]?: FileSource })[kFile]
    : undefined;
}

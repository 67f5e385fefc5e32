// SPDX-License-Identifier: MIT
//
// Bun.write(destination, data).

import { invalidArgument } from '../errors.js';
import { fileSource } from '../fetch/internal.js';
import { filesPart } from '../late.js';
import { type BunFile, fileTarget } from './bun-file.js';
import type { WriteInput, WriteOptions } from './write.js';

export type WriteDestination = string | URL | number | Uint8Array | ArrayBuffer | BunFile;

function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  const text = process.getBuiltinModule('node:util').inspect(value, { depth: 0 });
  return typeof value === 'object' ? text : `type ${typeof value} (${text})`;
}

/**
 * Replaces a file's content, making missing folders above it. A BunFile as data is copied by the
 * system. Returns the number of bytes written.
 *
 * @throws TypeError for what is no destination or no data; rejects with node:fs's errors.
 */
export async function write(
  destination: WriteDestination,
  data: WriteInput,
  options?: WriteOptions,
): Promise<number> {
  const target = fileSource(destination)?.file ?? fileTarget(destination);
  if (target === undefined) {
    throw invalidArgument(
      'The "destination" argument must be of type path, file descriptor, or Blob. ' +
        `Received ${shown(destination)}`,
    );
  }
  return filesPart().writeTo(target, data, options);
}

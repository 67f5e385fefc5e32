// SPDX-License-Identifier: MIT
//
// Bun.write(destination, data).

import type { BunFile } from './bun-file.js';
import { writeTarget } from './file-target.js';
import { filesPart } from '../late.js';
import type { WriteInput } from './write.js';
import type { WriteOptions } from './write-options.js';

export type WriteDestination = string | URL | number | Uint8Array | ArrayBuffer | BunFile;

/**
 * Replaces a file's content, making missing folders above it. A BunFile as data is copied by the
 * system. Returns the number of bytes written.
 *
 * @throws TypeError at once for what is no destination or no data; rejects with node:fs's errors.
 */
export function write(
  destination: WriteDestination,
  data: WriteInput,
  options?: WriteOptions | null,
): Promise<number> {
  const target = writeTarget(destination);
  const part = filesPart();
  return part.write(target, data, part.writeOptions(options), 'Bun');
}

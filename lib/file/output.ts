// SPDX-License-Identifier: MIT
//
// Opening the file that something is written to, and the folders above it.

import { openFile } from './descriptor.js';
import type { CheckedOptions } from './write-options.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

/**
 * The folder and those above it. Not mkdir's `recursive`: up to Node 24 that tries for ever where a
 * folder cannot be made for want of itself, as below /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.promises.mkdir(folder);
    return;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    const parent = path.dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
    await makeFolder(parent);
  }
  await fs.promises.mkdir(folder).catch((error: unknown) => {
    // Somebody else made it meanwhile.
    if (!hasCode(error, 'EEXIST')) throw error;
  });
}

/** The descriptor is the caller's to close. */
export async function openOutput(
  file: string,
  flags: number,
  options: CheckedOptions,
): Promise<number> {
  try {
    return await openFile(file, flags, options.mode);
  } catch (error) {
    if (!options.createPath || !hasCode(error, 'ENOENT') || file === '') throw error;
    try {
      await makeFolder(path.dirname(file));
    } catch (failure) {
      throw hasCode(failure, 'ENOENT') ? error : failure;
    }
    return openFile(file, flags, options.mode);
  }
}

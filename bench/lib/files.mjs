// SPDX-License-Identifier: MIT
// The files that the file workloads serve: printable, so that answers can be compared as text, and
// without a period that a page or a block has. Made once, in build/files, named by their size.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir } from './prepare.mjs';

export const filesDir = join(buildDir, 'files');

export const sizes = { '16k': 16 * 1024, '1m': 1024 * 1024, '64m': 64 * 1024 * 1024 };

/** What is in the file of `name`. */
export function content(name) {
  const line = Buffer.alloc(64 * 1021, Array.from({ length: 1021 }, (_, i) => `${i} `).join(''));
  return Buffer.alloc(sizes[name], line);
}

/** The folder with all of them. */
export function makeFiles() {
  mkdirSync(filesDir, { recursive: true });
  for (const [name, size] of Object.entries(sizes)) {
    const file = join(filesDir, `${name}.bin`);
    if (!existsSync(file) || statSync(file).size !== size) writeFileSync(file, content(name));
  }
  return filesDir;
}

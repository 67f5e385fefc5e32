// SPDX-License-Identifier: MIT
// Prints the .cpp files below a directory, sorted, for binding.gyp: a new file is part of the build
// without being listed by hand. CMake globs the same directories, so the two builds cannot differ.
// Usage: node scripts/list-sources.mjs DIRECTORY [--not NAME.cpp]...

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './util.mjs';

export function listSources(directory, excluded = []) {
  const base = path.join(root, directory);
  if (!existsSync(base)) return [];
  return readdirSync(base, { recursive: true })
    .map((name) => path.join(directory, String(name)).split(path.sep).join('/'))
    .filter((name) => name.endsWith('.cpp') && !excluded.includes(path.posix.basename(name)))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, ...rest] = process.argv.slice(2);
  for (const name of listSources(
    directory,
    rest.filter((word) => word !== '--not'),
  )) {
    console.log(name);
  }
}

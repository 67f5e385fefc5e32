// SPDX-License-Identifier: MIT
// Finds the real Bun binary that the dev dependency `bun` brings. The package's own launcher
// needs its postinstall script, which npm 11 does not run, so the platform package's file is used
// directly.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './util.mjs';

function works(file) {
  if (!existsSync(file)) return false;
  if ((statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
  // A CPU without AVX2 kills the ordinary binary with SIGILL; a baseline one is then tried.
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;
}

let found;

/** Path of a Bun binary that runs on this machine, or undefined. */
export function findBun() {
  if (found !== undefined) return found || undefined;
  const folder = path.join(root, 'node_modules', '@oven');
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  const candidates = packages
    .filter((name) => name.startsWith(`bun-${process.platform}-`))
    .sort((a, b) => Number(a.includes('baseline')) - Number(b.includes('baseline')))
    .map((name) => path.join(folder, name, 'bin', 'bun'));
  // Where its postinstall script, if npm ran it, has moved the binary.
  candidates.push(path.join(root, 'node_modules', 'bun', 'bin', 'bun.exe'));
  if (process.env.BUNSERVE_BUN) candidates.unshift(process.env.BUNSERVE_BUN);
  found = candidates.find(works) ?? '';
  return found || undefined;
}

/** The same, for callers that cannot go on without it. */
export function bunPath() {
  const file = findBun();
  if (file) return file;
  throw new Error(
    'no Bun binary for this machine: run `npm ci` (the dev dependency `bun` brings it) ' +
      'or set BUNSERVE_BUN to one',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(bunPath());

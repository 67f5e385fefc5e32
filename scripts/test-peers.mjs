// SPDX-License-Identifier: MIT
// Optional peers that the tests need built: npm builds better-sqlite3 where it runs installation
// scripts, which newer ones do not.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CureError, must, nodeHeaders, python, root, say } from './util.mjs';

const require = createRequire(import.meta.url);

export async function ensurePeers() {
  const folder = path.join(root, 'node_modules', 'better-sqlite3');
  if (!existsSync(folder)) throw new CureError('better-sqlite3 is not installed. Run `npm ci`.');
  if (existsSync(path.join(folder, 'build', 'Release', 'better_sqlite3.node'))) return;
  say('better-sqlite3: building, which takes a minute or two');
  const gyp = require.resolve('node-gyp/bin/node-gyp.js');
  const args = [gyp, 'rebuild', '--release', `--python=${python()}`, '--loglevel=error'];
  const headers = nodeHeaders();
  if (headers) args.push(`--nodedir=${headers}`);
  await must('building better-sqlite3', process.execPath, args, { cwd: folder });
}

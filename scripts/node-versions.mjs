// SPDX-License-Identifier: MIT
// The Node versions that the runtime is tested on besides the running one: npm packages that carry
// the binary, pinned, verified by npm against its registry's digests, kept in the per-user cache.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli, CureError, runAndRead, say } from './util.mjs';

export const versions = { 22: '22.23.3', 24: '24.21.0', 26: '26.12.1' };

function cacheRoot() {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.resolve(process.env.BUNSERVE_CACHE || path.join(base, 'bunserve'));
}

function packageName() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

function folderOf(major) {
  return path.join(cacheRoot(), 'nodes', `${packageName()}-${versions[major]}`);
}

/** Path of that Node's binary; ensureNode() must have run once on this machine. */
export function nodePath(major) {
  return path.join(folderOf(major), 'node_modules', packageName(), 'bin', 'node');
}

/** Installs the binary unless it is in the cache. */
export async function ensureNode(major) {
  const file = nodePath(major);
  if (existsSync(file)) return file;
  const name = `${packageName()}@${versions[major]}`;
  say(`installing ${name}`);
  const folder = folderOf(major);
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  const { code, output } = await runAndRead(
    'npm',
    ['install', '--prefix', work, ...flags, name],
    // Set by an npm that runs us; they would name our package.
    { quiet: true, cwd: work, env: { ...process.env, npm_config_local_prefix: work } },
  );
  if (code !== 0) {
    rmSync(work, { recursive: true, force: true });
    throw new CureError(`npm could not install ${name}: ${output.trim()}`);
  }
  try {
    renameSync(work, folder);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(file)) throw error;
    rmSync(work, { recursive: true, force: true });
  }
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await cli(async (names) => {
    for (const major of names.length > 0 ? names : Object.keys(versions)) {
      console.log(await ensureNode(major));
    }
  });
}

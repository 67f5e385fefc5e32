// SPDX-License-Identifier: MIT
// Tools that only tests need (cmake, doctest and so on): installs the missing Debian packages
// when run as root, otherwise says which line installs them. The library itself needs none of
// them.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cli, CureError, has, must, say } from './util.mjs';

const tools = {
  cmake: { there: () => has('cmake') },
  'ninja-build': { there: () => has('ninja') },
  'doctest-dev': { there: () => existsSync('/usr/include/doctest/doctest.h') },
  'libuv1-dev': { there: () => existsSync('/usr/include/uv.h') },
  'zlib1g-dev': { there: () => existsSync('/usr/include/zlib.h') },
  openssl: { there: () => has('openssl') },
  strace: { there: () => has('strace') },
  binutils: { there: () => has('nm') },
  'clang-format': { there: () => has('clang-format') },
  'postgresql-15': { there: () => existsSync('/usr/lib/postgresql/15/bin/initdb') },
  'redis-server': { there: () => has('redis-server') },
  'nats-server': { there: () => has('nats-server') },
  chromium: { there: () => has('chromium') },
  // certutil: the authorities that Chromium trusts.
  'libnss3-tools': { there: () => has('certutil') },
  // For Debian's python3, not for whatever other one may be first in the path.
  'python3-websockets': {
    there: () => spawnSync('/usr/bin/python3', ['-c', 'import websockets']).status === 0,
  },
  curl: { there: () => has('curl') },
  'testssl.sh': { there: () => has('testssl') },
  sslscan: { there: () => has('sslscan') },
  clang: { there: () => has('clang++') },
  // Sanitizers and libFuzzer of Debian 12's clang, which only recommends them.
  'libclang-rt-14-dev': { there: () => existsSync('/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux') },
};

export const groups = {
  native: ['cmake', 'ninja-build', 'doctest-dev', 'libuv1-dev', 'zlib1g-dev'],
  checks: ['binutils', 'clang-format'],
  js: [
    ...['openssl', 'chromium', 'libnss3-tools', 'curl', 'strace', 'python3-websockets'],
    ...['postgresql-15', 'redis-server', 'nats-server'],
  ],
  scan: ['openssl', 'testssl.sh', 'sslscan'],
  libfuzzer: ['cmake', 'ninja-build', 'clang', 'libclang-rt-14-dev', 'libuv1-dev', 'zlib1g-dev'],
};

/** Makes sure the packages of a group are there. */
export async function ensureTools(group) {
  const missing = groups[group].filter((name) => !tools[name].there());
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    throw new CureError(`missing tools: ${missing.join(', ')}. Install them, on Debian: ${line}`);
  }
  say(`installing ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => spawnSync('sh', ['-c', `${line} >/dev/null 2>&1`], { env }).status === 0;
  if (install()) return;
  // An image without package lists, or with old ones.
  await must('apt-get update', 'apt-get', ['-qq', 'update'], { env });
  await must(line, 'sh', ['-c', `${line} >/dev/null`], { env });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await cli(async (names) => {
    for (const name of names.length > 0 ? names : ['native', 'checks', 'js']) {
      if (!(name in groups)) throw new CureError(`groups: ${Object.keys(groups).join(' ')}`);
      await ensureTools(name);
    }
  });
}

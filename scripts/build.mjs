// SPDX-License-Identifier: MIT
// `npm run build` (and `npm ci` in a checkout): BoringSSL, simdutf, the addon, the TypeScript
// library. Needs Node, npm, python3, make and g++ only. Steps can be named: deps native ts test.
// The two libraries come from a per-user cache, so a second checkout compiles neither.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { settleDeclarations } from './declarations.mjs';
import { dependency } from './deps.mjs';
import { cli, CureError, has, must, nodeHeaders, python, root, say } from './util.mjs';

const require = createRequire(import.meta.url);

function buildDependencies() {
  for (const name of ['boringssl', 'simdutf']) {
    say(`${name}: looking in the cache`);
    const result = dependency(name);
    const how = result.enabled === 'OFF' ? 'switched off' : result.built ? 'built' : 'cached';
    say(`${name}: ${how} ${result.root ?? ''}`.trimEnd());
  }
}

async function buildAddon() {
  for (const [program, cure] of [
    ['make', 'make'],
    [(process.env.CXX ?? 'g++').split(' ')[0], 'g++'],
  ]) {
    if (!has(program) && !path.isAbsolute(program)) {
      throw new CureError(`${program} not found. Install it (Debian: apt-get install ${cure}).`);
    }
  }
  let gyp;
  try {
    gyp = require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    // As an installed package (`npm run rebuild`) there is only the one that comes with npm.
    gyp = process.env.npm_config_node_gyp;
    if (!gyp) throw new CureError('node-gyp is not installed. Run `npm ci` or use `npm run`.');
  }
  say('addon: node-gyp configure and build');
  const jobs = process.env.BUNSERVE_JOBS ?? String(os.availableParallelism());
  const configuration = process.env.BUNSERVE_DEBUG ? '--debug' : '--release';
  const headers = nodeHeaders();
  const command = [process.execPath, gyp, 'configure', 'build', configuration, `--jobs=${jobs}`];
  command.push(`--python=${python()}`, '--loglevel=warn');
  if (headers) command.push(`--nodedir=${headers}`);
  // Two builds of one checkout would write the same object files.
  mkdirSync(path.join(root, 'out'), { recursive: true });
  if (has('flock')) command.unshift('flock', path.join(root, 'out', 'addon.lock'));
  await must('building the addon', command[0], command.slice(1));
  say('addon: build/Release/bunserve.node');
}

async function compile(project, out) {
  say(`typescript: ${project} -> ${out}/`);
  // Files of removed sources would still be imported, tested and packed.
  rmSync(path.join(root, out), { recursive: true, force: true });
  const tsc = require.resolve('typescript/bin/tsc');
  await must(`tsc -p ${project}`, process.execPath, [tsc, '-p', project]);
}

const steps = {
  deps: buildDependencies,
  native: async () => {
    buildDependencies();
    await buildAddon();
  },
  ts: async () => {
    rmSync(path.join(root, 'dist'), { recursive: true, force: true });
    await compile('tsconfig.build.json', 'build/lib');
    settleDeclarations();
    await bundle();
  },
  test: () => compile('tsconfig.test.json', 'build/test'),
};

/** `npx bunserve` in a checkout runs `prepare` before the command; a built one has nothing to do. */
function isPreparedForNpx(names) {
  return (
    names.length === 0 &&
    process.env.npm_command === 'exec' &&
    existsSync(path.join(root, 'dist', 'cli.js')) &&
    existsSync(path.join(root, 'build', 'Release', 'bunserve.node'))
  );
}

await cli(async (names) => {
  if (isPreparedForNpx(names)) return 0;
  for (const name of names.length > 0 ? names : ['native', 'ts']) {
    if (!(name in steps))
      throw new CureError(`unknown step ${name}: ${Object.keys(steps).join(' ')}`);
    await steps[name]();
  }
  say('build finished');
});

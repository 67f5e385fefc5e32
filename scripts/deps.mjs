// SPDX-License-Identifier: MIT
// Where the third-party libraries are: asks deps/NAME/build.py, which builds what is not cached
// yet. As a program (`node scripts/deps.mjs boringssl include`) it prints one value for
// binding.gyp.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli, CureError, python, root } from './util.mjs';

/** The record that deps/NAME/build.py prints: include directory, libraries, built or cached. */
export function dependency(name) {
  const recipe = path.join(root, 'deps', name, 'build.py');
  const result = spawnSync(python(), [recipe], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (result.status !== 0) throw new CureError(`${name} could not be built; see the lines above.`);
  return JSON.parse(result.stdout);
}

/** Directory of napi.h. The package's own answer is relative to the caller's directory. */
export function nodeAddonApi() {
  const require = createRequire(import.meta.url);
  try {
    return path.dirname(require.resolve('node-addon-api/package.json'));
  } catch {
    throw new CureError(
      'node-addon-api is not installed. Run `npm ci` in a checkout, or `npm install --no-save ' +
        'node-addon-api` beside an installed bunserve.',
    );
  }
}

/**
 * Link-time optimisation saves 11 % of the addon's instructions per request, and -O3 another 4 %
 * (callgrind, GCC 12). Only GCC on Linux is trusted with it; BUNSERVE_LTO=0 and debug builds do without.
 */
function ltoWanted() {
  if (process.env.BUNSERVE_LTO === '0' || process.env.BUNSERVE_DEBUG) return false;
  if (process.platform !== 'linux') return false;
  const [command, ...args] = (process.env.CXX ?? 'g++').split(' ');
  const version = spawnSync(command, [...args, '--version'], { encoding: 'utf8' });
  return /Free Software Foundation/.test(version.stdout ?? '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await cli(([name, key]) => {
    if (name === 'node-addon-api') console.log(nodeAddonApi());
    else if (name === 'lto') console.log(ltoWanted() ? 1 : 0);
    else console.log(dependency(name)[key]);
  });
}

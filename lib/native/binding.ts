// SPDX-License-Identifier: MIT
//
// Finds and loads the addon: the one a checkout built, or a prebuilt binary of the package. The only
// place that may load a .node file. Node's modules are fetched with process.getBuiltinModule(): an
// `import` of node:fs also loads all of streams (10 ms of a start).

import type { NativeBinding } from './contract.js';

const ADDON = 'build/Release/bunserve.node';

function packageRoot(): string {
  const { existsSync } = process.getBuiltinModule('node:fs');
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  // From dist/, or from the unbundled modules that unit tests load.
  for (const up of ['..', '../../..']) {
    const root = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(`${root}/package.json`)) return root;
  }
  return process.cwd();
}

function find(root: string): NativeBinding {
  const { existsSync } = process.getBuiltinModule('node:fs');
  const { createRequire } = process.getBuiltinModule('node:module');
  const require = createRequire(import.meta.url);
  const built = `${root}/${ADDON}`;
  if (existsSync(built)) return require(built) as NativeBinding;
  const nodeGypBuild = require('node-gyp-build') as (directory: string) => NativeBinding;
  return nodeGypBuild(root);
}

function load(): NativeBinding {
  try {
    return find(packageRoot());
  } catch (error) {
    const { platform, arch, versions } = process;
    throw Object.assign(
      new Error(
        `bunserve: no native addon for ${platform}-${arch} (Node ${versions.node}). ` +
          'Build it with `npm run rebuild` in the bunserve folder ' +
          '(needs python3, make and g++ 12 or newer).',
        { cause: error },
      ),
      { code: 'ERR_BUNSERVE_NO_BINARY' },
    );
  }
}

export const native: NativeBinding = load();

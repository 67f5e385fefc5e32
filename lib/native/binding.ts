// SPDX-License-Identifier: MIT
//
// Finds and loads the addon: the one a checkout built, or a prebuilt binary of the package. The only
// place that may load a .node file. Node's modules are fetched with process.getBuiltinModule(): an
// `import` of node:fs also loads all of streams (10 ms of a start).

import type { NativeBinding } from './contract.js';

const ADDON = 'build/Release/bunserve.node';

/** Loads the checkout's own build; undefined when `root` has none. */
function loadBuilt(root: string): NativeBinding | undefined {
  const file = `${root}/${ADDON}`;
  if (!process.getBuiltinModule('node:fs').existsSync(file)) return undefined;
  // Not require(): its path look-ups take longer than the loading (1 ms of a start).
  const module = { exports: {} as NativeBinding };
  process.dlopen(module, file);
  return module.exports;
}

function find(): NativeBinding {
  // From dist/, or from the unbundled modules that unit tests load.
  const { dirname } = import.meta;
  const built = loadBuilt(`${dirname}/..`) ?? loadBuilt(`${dirname}/../../..`);
  if (built !== undefined) return built;
  const { createRequire } = process.getBuiltinModule('node:module');
  const nodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as (
    directory: string,
  ) => NativeBinding;
  return nodeGypBuild(`${dirname}/..`);
}

function load(): NativeBinding {
  try {
    return find();
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

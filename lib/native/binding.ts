// SPDX-License-Identifier: MIT
//
// Finds and loads the addon: a prebuilt binary of the package, or the one a checkout built. The
// only place that may require a .node file.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeBinding } from './contract.js';

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function load(): NativeBinding {
  try {
    const find = require('node-gyp-build') as (directory: string) => NativeBinding;
    return find(root);
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

// SPDX-License-Identifier: MIT
//
// Makes this process look like Bun to server programs: `globalThis.Bun`, the fast classes as
// globals, the module `bun`.

import { Bun } from '../bun.js';
import { installFetchClasses } from '../fetch/install.js';
import { installModuleHooks, type HookOptions } from './module-hooks.js';

/** `entry`: the program's main file, absolute; undefined when it is not known. */
export function installRuntime(entry: string | undefined, options?: HookOptions): void {
  Object.defineProperty(globalThis, 'Bun', {
    value: Bun,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  installFetchClasses();
  installModuleHooks(entry, options);
}

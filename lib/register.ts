// SPDX-License-Identifier: MIT
//
// `bunserve/register`: installs `globalThis.Bun`, the fast Response, Request and Headers as globals,
// and the module hooks that resolve `import ... from "bun"`.

import { Bun } from './bun.js';
import { installFetchClasses } from './fetch/install.js';
import { installModuleHooks } from './runtime/module-hooks.js';

Object.defineProperty(globalThis, 'Bun', {
  value: Bun,
  writable: true,
  enumerable: false,
  configurable: true,
});
installFetchClasses();
installModuleHooks();

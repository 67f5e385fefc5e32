// SPDX-License-Identifier: MIT
//
// `bunserve/register`: installs `globalThis.Bun`, the fast Response, Request and Headers as globals,
// and the module hooks that resolve `import ... from "bun"`.

import type { BunNamespace } from './bun.js';
import { installRuntime } from './runtime/install.js';

// Only `var` becomes a property of globalThis.
declare global {
  var Bun: BunNamespace;
}

installRuntime(process.argv[1]);

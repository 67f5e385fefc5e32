// SPDX-License-Identifier: MIT
//
// `bunserve/register`: installs `globalThis.Bun`, the fast Response, Request and Headers as globals,
// and the module hooks that resolve `import ... from "bun"`.

import { installRuntime } from './runtime/install.js';

installRuntime(process.argv[1]);

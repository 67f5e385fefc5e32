// SPDX-License-Identifier: MIT
//
// What `import ... from "bun"` yields.

import { Bun } from '../bun.js';

export { BunFile, BunRequest, Cookie, CookieMap, file, serve, Server } from '../index.js';
export const { env, gc } = Bun;
export default Bun;

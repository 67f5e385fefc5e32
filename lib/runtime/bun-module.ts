// SPDX-License-Identifier: MIT
//
// What `import ... from "bun"` yields.

import { Bun } from '../bun.js';

export {
  BunFile,
  BunRequest,
  Cookie,
  CookieMap,
  file,
  FileSink,
  serve,
  Server,
  write,
} from '../index.js';
export const { env, gc, stdin, stdout, stderr } = Bun;
export default Bun;

// SPDX-License-Identifier: MIT
//
// What `import ... from "bun"` yields.

import { Bun } from '../bun.js';

export { serve } from '../serve.js';
export { BunFile, file } from '../file/bun-file.js';
export { Server } from '../server/server.js';
export { BunRequest } from '../request/bun-request.js';
export default Bun;

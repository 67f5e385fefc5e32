// SPDX-License-Identifier: MIT
//
// What `import ... from "bun:sqlite"` yields.

import { Database } from '../sqlite/index.js';

export { constants, Database, SQLiteError, Statement } from '../sqlite/index.js';
export default Database;

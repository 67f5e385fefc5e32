// SPDX-License-Identifier: MIT
// See ../late.ts.

export { tlsOf } from '../request/tls-info.js';
export { readTls, useTls } from '../server/tls-options.js';

// SPDX-License-Identifier: MIT
//
// `sql` and `SQL` of `Bun`, loaded when they are used (lib/bun.ts). A file of its own in dist/.

export * from './sql/index.js';

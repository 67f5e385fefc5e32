// SPDX-License-Identifier: MIT
//
// `"types": ["bunserve/types"]` in tsconfig.json: the names that programs written for Bun's server
// use, typed as bunserve has them. Programs that have @types/bun installed do not need this, and
// must not name both.

/// <reference types="node" />
/// <reference path="./modules.d.ts" />
/// <reference path="./global.d.ts" />

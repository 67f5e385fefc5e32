// SPDX-License-Identifier: MIT
//
// Chooses the engine, at the first Database: a program that imports `bun:sqlite` and opens nothing
// needs none.

import { missingPeer } from '../errors.js';
import { requirePeer } from '../peer.js';
import type { Engine } from './engine.js';
import { nodeEngine } from './node-engine.js';
import { peerEngine, type NativeConstructor } from './peer-engine.js';

let engine: Engine | undefined;

/** @throws Error `ERR_BUNSERVE_MISSING_PEER` when this Node has no SQLite and no package brings it. */
export function findEngine(): Engine {
  return (engine ??= nodeEngine() ?? peer());
}

function peer(): Engine {
  const native = requirePeer('better-sqlite3');
  if (native === undefined) {
    throw missingPeer('bun:sqlite on this version of Node', 'better-sqlite3', 'better-sqlite3@12');
  }
  return peerEngine(native as NativeConstructor);
}

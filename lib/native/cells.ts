// SPDX-License-Identifier: MIT
//
// A few numbers in memory that the addon sees, too (src-native/exchange_cells.h).

import { native } from './binding.js';

export const ExchangeCell = {
  ReplyStatus: 0,
  ReplyBlock: 1,
  ContextTouched: 2,
  MayBatch: 3,
  BatchSize: 4,
  BatchServer: 5,
  BatchCurrent: 6,
  ClosesScope: 7,
  MessageIndex: 8,
  MessageSlot: 9,
  MessageCorked: 10,
  MessageReturned: 11,
} as const;

// The resource of the async context that requests share for as long as nobody leaves anything on it
// (src-native/request_context.h). AsyncLocalStorage.enterWith() does, until Node 24; run() takes back
// what it set.
const left = new Set<string | symbol>();
const resource = new Proxy(
  {},
  {
    defineProperty(target, key, descriptor) {
      if (descriptor.value === undefined) left.delete(key);
      else left.add(key);
      cells[ExchangeCell.ContextTouched] = left.size === 0 ? 0 : 1;
      return Reflect.defineProperty(target, key, descriptor);
    },
  },
);

export const cells: Uint32Array = native.exchangeCells(resource);

// src-native/request_batch.h: this side is ready for it.
cells[ExchangeCell.MayBatch] = 1;

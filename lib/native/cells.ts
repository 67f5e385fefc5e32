// SPDX-License-Identifier: MIT
//
// A few numbers in memory that the addon sees, too (src-native/exchange_cells.h).

import { native } from './binding.js';

export const ExchangeCell = { ReplyStatus: 0, ReplyBlock: 1, ContextTouched: 2 } as const;

// The resource of the async context that requests share for as long as nobody sets anything on it
// (src-native/request_context.h). AsyncLocalStorage does, until Node 24.
const resource = new Proxy(
  {},
  {
    defineProperty(target, key, descriptor) {
      cells[ExchangeCell.ContextTouched] = 1;
      return Reflect.defineProperty(target, key, descriptor);
    },
  },
);

export const cells: Uint32Array = native.exchangeCells(resource);

// SPDX-License-Identifier: MIT
//
// What sending a response needs to know of its request.

import type { ExchangeHandle } from '../native/contract.js';

export interface ResponseTarget {
  readonly handle: ExchangeHandle;
  /** `RequestFlag` bits. */
  readonly flags: number;
  /** Set once the response was handed over. */
  ended: boolean;
}

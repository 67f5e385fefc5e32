// SPDX-License-Identifier: MIT
//
// What sending a response needs to know of its request.

import type { ExchangeHandle } from '../native/contract.js';

export interface ResponseTarget {
  readonly handle: ExchangeHandle;
  readonly owner: { readonly scheme: string };
  /** `RequestFlag` bits. */
  readonly flags: number;
  /** There when the handler looked at the request's cookies. */
  readonly cookies?: object;
  /** Set-Cookie lines of what it changed about them. */
  readonly cookieLines: string;
  /** A field of the request by its lower-case name. */
  get(name: string): string | null;
  /** Set once the response was handed over. */
  ended: boolean;
  /** Told of a `Delivery` other than `Sent`. */
  notSent(delivery: number): void;
  /** Told why the body broke off; `isBegun`: the head had left. */
  broke(error: unknown, isBegun: boolean): void;
}

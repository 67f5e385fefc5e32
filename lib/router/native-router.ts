// SPDX-License-Identifier: MIT
//
// What src-native/router_binding.cpp exports. The twin of its comments: change both or neither.

import { native } from '../native/binding.js';

/** Results of `match` that are not a route. */
export const NO_MATCH = -1;

/** Start and end of each parameter of the last match; see `NativeRouter.match`. */
export const SLOT_COUNT = 512;

/** RouteError of uwk/Router.h. */
export const RouteError = {
  None: 0,
  NotAbsolute: 1,
  NonAscii: 2,
  NumericParam: 3,
  DuplicateParam: 4,
  TooLong: 5,
} as const;

export interface NativeRouter {
  add(method: number, pattern: string, id: number): number;
  /**
   * The route's number, NO_MATCH, or another negative number for a path that is not ASCII. Leaves
   * start and end of each parameter in the slots; an end that was complemented (`~end`) marks a
   * value that needs `decode`.
   */
  match(method: number, path: string): number;
  /** The same for any string: the route's number and the decoded values. */
  matchText(method: number, path: string): [number, ...string[]] | null;
  decode(raw: string): string;
  dump(): string;
}

interface RouterExports {
  routerCreate(slots: Int32Array): NativeRouter;
  /** Parameter names in order, or a RouteError. */
  routerParse(pattern: string): string[] | number;
}

export const { routerCreate, routerParse } = native as unknown as RouterExports;

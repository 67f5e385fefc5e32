// SPDX-License-Identifier: MIT
//
// A process that is one of several with the same servers (`bunserve --workers`) has its say in where
// they listen. It is asked through a global symbol, so that a program's own copy of the package finds
// it, too.

import type { PubSubAdapter } from './pubsub/types.js';

/** Where a server is to listen. */
export interface Place {
  port: number;
  /** The port it got; undefined when it could not listen. */
  settled(port: number | undefined): void;
  /** What connects its topics to those of the same server in the other processes. */
  pubsub(): PubSubAdapter;
  /** The server has ended. */
  left(): void;
}

export interface PlaceWish {
  port: number;
  hostname: string | undefined;
  unix: string | undefined;
}

export type Placement = (wish: PlaceWish) => Place;

const PLACEMENT = Symbol.for('bunserve.placement');
const store = globalThis as { [PLACEMENT]?: Placement };

export function setPlacement(placement: Placement): void {
  store[PLACEMENT] = placement;
}

/** Undefined for a process that is alone. */
export function placeFor(wish: PlaceWish): Place | undefined {
  return store[PLACEMENT]?.(wish);
}

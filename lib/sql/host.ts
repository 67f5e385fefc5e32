// SPDX-License-Identifier: MIT
//
// What a client of `sql` needs of a database: one that PostgreSQL is behind, and one of SQLite.

import type { QueryHost } from './query.js';

/** One connection that is the client's alone. */
export interface HeldConnection extends QueryHost {
  /** Statements of the client's own: BEGIN and the like; the command that the server answers with. */
  command(text: string): Promise<string | null>;
  release(): Promise<void>;
}

export interface Subscription {
  readonly channel: string;
  unlisten(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DatabaseHost extends QueryHost {
  /** A connection that nobody else gets until it is released. */
  hold(purpose: 'reserve' | 'transaction'): Promise<HeldConnection>;
  /** Seconds to wait for running queries; undefined: as long as it takes. */
  close(timeout: number | undefined): Promise<void>;
  listen(
    channel: string,
    onnotify: (payload: string) => void,
    onlisten?: () => void,
  ): Promise<Subscription>;
  readonly hasDistributed: boolean;
}

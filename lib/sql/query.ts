// SPDX-License-Identifier: MIT
//
// `sql` queries: promises that start when somebody asks for their result.

import { ownError, type Adapter } from './sql-errors.js';
import type { SQLResult } from './result.js';

/** What a query was made of. */
export type QueryParts =
  | { kind: 'template'; strings: readonly string[]; values: readonly unknown[] }
  | { kind: 'text'; text: string; values: readonly unknown[] }
  | { kind: 'identifier'; name: string };

export type RowMode = 'objects' | 'values' | 'raw';

/** A query that a connection runs, or will. */
export interface Running {
  result: Promise<unknown>;
  isActive: () => boolean;
  cancel: () => void;
}

export interface QueryHost {
  readonly adapter: Adapter;
  /** Throws, or rejects, what keeps the query from running. */
  run(query: QueryPlan): Running;
}

export interface QueryPlan {
  /** Undefined for sql.file(): read when it starts. */
  parts: QueryParts | undefined;
  file: { path: string; values: readonly unknown[] } | undefined;
  mode: RowMode;
  /** Several statements, no parameters. */
  isSimple: boolean;
  /** Named values of SQLite. */
  named: object | undefined;
}

const parts = new WeakMap<object, QueryParts>();

/** What a value was made of, when it is a query. */
export function partsOf(value: unknown): QueryParts | undefined {
  return typeof value === 'object' && value !== null ? parts.get(value) : undefined;
}

/** A query. It starts in the first call of `then`, `catch`, `finally` or `execute`. */
export class SQLQuery<T = unknown> extends Promise<SQLResult<T>> {
  readonly #host: QueryHost;
  readonly #plan: QueryPlan;
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;
  #running: Running | undefined;
  #hasStarted = false;
  #isCancelled = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal */
  constructor(host: QueryHost, plan: Partial<QueryPlan>) {
    let settle: [(value: never) => void, (error: unknown) => void] | undefined;
    super((resolve, reject) => (settle = [resolve, reject]));
    [this.#resolve, this.#reject] = settle as unknown as [
      (value: never) => void,
      (error: unknown) => void,
    ];
    this.#host = host;
    this.#plan = {
      parts: undefined,
      file: undefined,
      mode: 'objects',
      isSimple: false,
      named: undefined,
      ...plan,
    };
    if (plan.parts !== undefined) parts.set(this, plan.parts);
  }

  /** Whether a connection runs it. */
  get active(): boolean {
    return this.#running?.isActive() ?? false;
  }

  /** Whether `cancel()` was called. */
  get cancelled(): boolean {
    return this.#isCancelled;
  }

  /** Starts the query. */
  execute(): this {
    this.#start();
    return this;
  }

  /** Rows are arrays. */
  values(): this {
    this.#plan.mode = 'values';
    return this;
  }

  /** Rows are arrays of bytes, as the server sent them. */
  raw(): this {
    this.#plan.mode = 'raw';
    return this;
  }

  /** Several statements in one text, which has no parameters. */
  simple(): this {
    this.#plan.isSimple = true;
    return this;
  }

  /** A query that was not sent never runs; the server is asked to stop one that was. */
  cancel(): this {
    this.#isCancelled = true;
    this.#running?.cancel();
    return this;
  }

  override then<A = SQLResult<T>, B = never>(
    onfulfilled?: ((value: SQLResult<T>) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#start();
    return super.then(onfulfilled, onrejected);
  }

  override catch<B = never>(
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<SQLResult<T> | B> {
    return this.then(undefined, onrejected);
  }

  override finally(onfinally?: (() => void) | null): Promise<SQLResult<T>> {
    this.#start();
    return super.finally(onfinally);
  }

  #start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    // A query that is only executed has nobody to tell of its failure.
    super.then(undefined, () => undefined);
    try {
      if (this.#plan.parts?.kind === 'identifier') {
        throw ownError(this.#host.adapter, 'NOT_TAGGED_CALL');
      }
      if (this.#isCancelled) throw ownError(this.#host.adapter, 'QUERY_CANCELLED');
      this.#running = this.#host.run(this.#plan);
      this.#running.result.then((value) => this.#resolve(value as never), this.#reject);
    } catch (error) {
      this.#reject(error as Error);
    }
  }
}

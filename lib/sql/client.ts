// SPDX-License-Identifier: MIT
//
// Clients of `sql`: a function to tag templates with, and what hangs on it. One of the pool, of a
// reserved connection, of a transaction, of a savepoint.

import { invalidArgumentValue } from '../errors.js';
import { SQLHelper } from './build.js';
import type { DatabaseHost, HeldConnection, Subscription } from './host.js';
import type { ResolvedOptions } from './options.js';
import { SQLArrayParameter, SQLJSONParameter } from './parameters.js';
import { SQLQuery, type QueryHost, type QueryPlan, type Running } from './query.js';
import { invalidState, ownError, type SQLError } from './sql-errors.js';
import { noListen } from './sqlite-host.js';
import { runScope, savepointCommands, transactionCommands, type Commands } from './transaction.js';

type MaybePromise<T> = T | Promise<T>;
/** What a transaction gives: an array of queries is waited for. */
type Settled<T> = T extends readonly PromiseLike<unknown>[]
  ? { [K in keyof T]: Awaited<T[K]> }
  : Awaited<T>;

export interface SQLClient {
  <T = Record<string, unknown>>(strings: TemplateStringsArray, ...values: unknown[]): SQLQuery<T>;
  /** A name, quoted. */
  <T = unknown>(identifier: string, ...rest: string[]): SQLQuery<T>;
  /** Columns for INSERT and UPDATE, or a list for IN. */
  <T extends object>(value: T | readonly T[], ...columns: (keyof T)[]): SQLHelper<T>;
  <T>(values: readonly T[]): SQLHelper<T>;
  readonly options: ResolvedOptions;
  /** A text as it is; without values it may hold several statements. */
  unsafe<T = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[] | Record<string, unknown>,
  ): SQLQuery<T>;
  /** The text of a file. */
  file<T = Record<string, unknown>>(
    path: string,
    values?: readonly unknown[] | Record<string, unknown>,
  ): SQLQuery<T>;
  array(values: readonly unknown[] | NodeJS.TypedArray, type?: string | number): SQLArrayParameter;
  json(value: unknown): SQLJSONParameter;
  begin<T>(use: (sql: TransactionSQL) => MaybePromise<T>): Promise<Settled<T>>;
  begin<T>(options: string, use: (sql: TransactionSQL) => MaybePromise<T>): Promise<Settled<T>>;
  transaction: SQLClient['begin'];
  beginDistributed<T>(
    name: string,
    use: (sql: TransactionSQL) => MaybePromise<T>,
  ): Promise<Settled<T>>;
  distributed: SQLClient['beginDistributed'];
  commitDistributed(name: string): Promise<void>;
  rollbackDistributed(name: string): Promise<void>;
  reserve(options?: { signal?: AbortSignal }): Promise<ReservedSQL>;
  connect(): Promise<SQLClient>;
  /** `timeout`: seconds to wait for running queries. */
  close(options?: { timeout?: number }): Promise<void>;
  end(options?: { timeout?: number }): Promise<void>;
  flush(): void;
  listen(
    channel: string,
    onnotify: (payload: string) => void,
    onlisten?: () => void,
  ): Promise<Subscription>;
  notify(channel: string, payload?: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ReservedSQL extends SQLClient {
  release(): Promise<void>;
  [Symbol.dispose](): void;
}

export interface TransactionSQL extends SQLClient {
  savepoint<T>(use: (sql: TransactionSQL) => MaybePromise<T>): Promise<Settled<T>>;
  savepoint<T>(name: string, use: (sql: TransactionSQL) => MaybePromise<T>): Promise<Settled<T>>;
}

/** What all clients of one database have in common. */
export interface Shared {
  database: DatabaseHost;
  options: ResolvedOptions;
  /** Makes a function a client: `instanceof SQL`. */
  adopt: (client: object) => void;
}

/** A host that can come to an end before its connection does. */
class Scope implements QueryHost {
  readonly adapter: QueryHost['adapter'];
  readonly #host: QueryHost;
  #over: SQLError | undefined;

  constructor(host: QueryHost) {
    this.adapter = host.adapter;
    this.#host = host;
  }

  check(): void {
    if (this.#over !== undefined) throw this.#over;
  }

  end(error: SQLError): void {
    this.#over ??= error;
  }

  run(plan: QueryPlan): Running {
    this.check();
    return this.#host.run(plan);
  }
}

type Use<T> = (sql: TransactionSQL) => MaybePromise<T>;

function makeBase(host: QueryHost, shared: Shared): SQLClient {
  const client = (first: unknown, ...rest: unknown[]): unknown => {
    if (Array.isArray(first) && Object.hasOwn(first, 'raw')) {
      const parts = { kind: 'template', strings: first as string[], values: rest } as const;
      return new SQLQuery(host, { parts });
    }
    if (typeof first === 'string') {
      return new SQLQuery(host, { parts: { kind: 'identifier', name: first } });
    }
    return new SQLHelper(Array.isArray(first) ? (first as unknown[]) : [first], rest as never[]);
  };
  Object.defineProperty(client, 'name', { value: 'sql' });
  shared.adopt(client);
  const text = (kind: 'text' | 'file', source: unknown, values: unknown): SQLQuery => {
    if (typeof source !== 'string') {
      throw invalidArgumentValue(
        `The argument '${kind === 'text' ? 'string' : 'filename'}' must be a string. Received ${String(source)}`,
      );
    }
    const list = Array.isArray(values) ? [...(values as unknown[])] : [];
    const named =
      typeof values === 'object' && values !== null && list !== values ? values : undefined;
    const plan = { named: Array.isArray(values) ? undefined : named };
    return kind === 'text'
      ? new SQLQuery(host, { ...plan, parts: { kind, text: source, values: list } })
      : new SQLQuery(host, { ...plan, file: { path: source, values: list } });
  };
  const members: Partial<SQLClient> = {
    unsafe: (source, values) => text('text', source, values) as never,
    file: (source, values) => text('file', source, values) as never,
    array: (values, type) => {
      if (host.adapter === 'sqlite') throw new Error("SQLite doesn't support arrays");
      return new SQLArrayParameter(values, type);
    },
    json: (value) => new SQLJSONParameter(value),
    connect: async () => {
      await (client as unknown as SQLClient)`SELECT 1`;
      return client as unknown as SQLClient;
    },
    flush: () => undefined,
    reserve: (options) => reserve(shared, options?.signal),
    listen: (...args) => shared.database.listen(...args),
    notify: async (channel, payload = '') => {
      if (host.adapter === 'sqlite') throw noListen();
      await (client as unknown as SQLClient)`SELECT pg_notify(${channel}, ${payload})`;
    },
    commitDistributed: (name) => finishDistributed(shared, client, 'COMMIT', name),
    rollbackDistributed: (name) => finishDistributed(shared, client, 'ROLLBACK', name),
  };
  define(client, { ...members, options: shared.options });
  return client as unknown as SQLClient;
}

function define(client: object, members: object): void {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(client, name, {
      value: value as unknown,
      configurable: true,
      writable: true,
    });
  }
}

async function finishDistributed(
  shared: Shared,
  client: unknown,
  word: string,
  name: string,
): Promise<void> {
  checkDistributed(shared);
  await (client as SQLClient).unsafe(`${word} PREPARED ${distributedName(name)}`);
}

function checkDistributed({ database }: Shared): void {
  if (database.hasDistributed) return;
  throw new Error("This adapter doesn't support distributed transactions.");
}

function distributedName(name: unknown): string {
  if (typeof name !== 'string' || name === '') {
    throw invalidArgumentValue(`The argument 'name' must be a string. Received ${String(name)}`);
  }
  return `'${name.replaceAll("'", "''")}'`;
}

function checkFunction(use: unknown): void {
  if (typeof use === 'function') return;
  throw invalidArgumentValue(`The argument 'fn' must be a function. Received ${String(use)}`);
}

/** The client of a pool. */
export function makePoolClient(shared: Shared): SQLClient {
  const { database } = shared;
  const client = makeBase(database, shared);
  const close = async (options?: { timeout?: number }): Promise<void> =>
    database.close(checkTimeout(options?.timeout));
  const hold = (): Promise<HeldConnection> => database.hold('transaction');
  define(client, {
    ...beginnings(shared, hold, async (held) => held.release()),
    close,
    end: close,
    [Symbol.asyncDispose]: undefined,
  });
  Object.defineProperty(client, Symbol.asyncDispose, { value: () => close() });
  return client;
}

function checkTimeout(timeout: unknown): number | undefined {
  if (timeout === undefined || timeout === null) return undefined;
  const seconds = Number(timeout);
  if (seconds >= 0 && seconds < 2 ** 31) return seconds;
  throw invalidArgumentValue(
    `The property 'options.timeout' must be a non-negative integer less than 2^31. Received ${seconds}`,
  );
}

type Beginnings = Pick<SQLClient, 'begin' | 'transaction' | 'beginDistributed' | 'distributed'>;

function beginnings(
  shared: Shared,
  hold: () => Promise<HeldConnection>,
  release: (held: HeldConnection) => Promise<void>,
): Beginnings {
  const start = async <T>(commands: Commands, use: Use<T>): Promise<Settled<T>> => {
    const held = await hold();
    try {
      return (await transact(shared, held, commands, use)) as Settled<T>;
    } finally {
      await release(held);
    }
  };
  const begin = async <T>(...args: [Use<T>] | [string, Use<T>]): Promise<Settled<T>> => {
    const [options, use] =
      typeof args[0] === 'function' ? ['', args[0]] : (args as [string, Use<T>]);
    if (typeof options !== 'string') {
      throw invalidArgumentValue(
        `The argument 'options' must be a string. Received ${String(options)}`,
      );
    }
    checkFunction(use);
    return start(transactionCommands(options), use);
  };
  const beginDistributed = async <T>(name: string, use: Use<T>): Promise<Settled<T>> => {
    checkDistributed(shared);
    checkFunction(use);
    return start(transactionCommands('', distributedName(name)), use);
  };
  return { begin, transaction: begin, beginDistributed, distributed: beginDistributed };
}

const TRANSACTION_OVER = 'cannot run a query after its transaction or savepoint ended';

/** Runs `use` between two commands, with a client that ends with them. */
async function transact<T>(
  shared: Shared,
  held: HeldConnection,
  commands: Commands,
  use: Use<T>,
): Promise<unknown> {
  const { adapter } = held;
  const scope = new Scope(held);
  const client = makeBase(scope, shared) as TransactionSQL;
  let savepoints = 0;
  const refuse = async (): Promise<never> => {
    scope.check();
    await Promise.resolve();
    throw invalidState(adapter, 'cannot call begin inside a transaction use savepoint() instead');
  };
  let closed: (error: SQLError) => void = () => undefined;
  const closing = new Promise<never>((_, reject) => (closed = reject));
  closing.catch(() => undefined);
  const close = async (): Promise<void> => {
    closed(ownError(adapter, 'CONNECTION_CLOSED'));
    await Promise.resolve();
  };
  const savepoint = async (...args: [Use<unknown>] | [string, Use<unknown>]): Promise<unknown> => {
    const [name, inner] =
      typeof args[0] === 'function' ? ['', args[0]] : (args as [string, Use<unknown>]);
    checkFunction(inner);
    scope.check();
    return transact(
      shared,
      held,
      savepointCommands(`${commands.prefix}${savepoints++}`, name),
      inner,
    );
  };
  define(client, {
    begin: refuse,
    transaction: refuse,
    beginDistributed: refuse,
    distributed: refuse,
    savepoint,
    close,
    end: close,
  });
  Object.defineProperty(client, Symbol.asyncDispose, { value: close });
  return runScope(
    held,
    commands,
    async () => Promise.race([closing, settle(use(client))]),
    () => scope.end(invalidState(adapter, TRANSACTION_OVER)),
  );
}

function settle(value: unknown): Promise<unknown> {
  return Array.isArray(value) ? Promise.all(value) : Promise.resolve(value);
}

async function reserve(shared: Shared, signal: AbortSignal | undefined): Promise<ReservedSQL> {
  signal?.throwIfAborted();
  const waiting = shared.database.hold('reserve');
  const held = await (signal === undefined ? waiting : abortable(waiting, signal));
  const scope = new Scope(held);
  const client = makeBase(scope, shared) as ReservedSQL;
  // Transactions of this client run one after the other, and keep the connection until they end.
  let turn: Promise<unknown> = Promise.resolve();
  let isReleased = false;
  const hold = async (): Promise<HeldConnection> => {
    scope.check();
    const before = turn;
    let done: () => void = () => undefined;
    turn = new Promise<void>((resolve) => (done = resolve));
    await before;
    return { ...held, release: async () => Promise.resolve(done()) };
  };
  const release = async (): Promise<void> => {
    if (isReleased) return Promise.resolve();
    isReleased = true;
    scope.end(ownError(held.adapter, 'CONNECTION_CLOSED'));
    void turn.then(() => held.release());
    return Promise.resolve();
  };
  define(client, {
    ...beginnings(shared, hold, async (one) => one.release()),
    release,
    close: release,
    end: release,
  });
  Object.defineProperty(client, Symbol.dispose, { value: () => void release() });
  Object.defineProperty(client, Symbol.asyncDispose, { value: release });
  return client;
}

/** A connection that comes after the signal goes back at once. */
function abortable(waiting: Promise<HeldConnection>, signal: AbortSignal): Promise<HeldConnection> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      waiting.then((held) => held.release()).catch(() => undefined);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

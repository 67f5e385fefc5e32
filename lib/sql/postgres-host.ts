// SPDX-License-Identifier: MIT
//
// PostgreSQL through the package postgres, which is loaded with the first query.

import { missingPeer } from '../errors.js';
import { requirePeer } from '../peer.js';
import { build, type BuiltQuery, type Dialect } from './build.js';
import type { DatabaseHost, HeldConnection, Subscription } from './host.js';
import type { Settings } from './options.js';
import { driverTypes, typed } from './postgres-types.js';
import type { QueryPlan, Running } from './query.js';
import { asObjects, resultOf, type ResultColumn, type SQLResult } from './result.js';
import { ownError, postgresError } from './sql-errors.js';
import type { NameRules } from './transform.js';

interface DriverColumn extends ResultColumn {
  parser: unknown;
}

interface DriverResult extends Array<unknown[]> {
  count: number | null;
  command: string | null;
  columns?: DriverColumn[] | null;
  statement?: { string: string; types?: number[] };
}

interface DriverQuery extends Promise<DriverResult | DriverResult[]> {
  readonly active: boolean;
  cancel(): Promise<void> | null | undefined;
  values(): this;
  raw(): this;
  execute(): this;
}

interface Driver {
  unsafe(text: string, values: unknown[], options: object): DriverQuery;
  typed(value: unknown, oid: number): unknown;
  reserve(): Promise<Driver & { release(): void }>;
  end(options: { timeout: number | null }): Promise<void>;
  listen(
    channel: string,
    onnotify: (payload: string) => void,
    onlisten?: () => void,
  ): Promise<{ unlisten(): Promise<void> }>;
}

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
const OPENS = new Set(['BEGIN', 'START TRANSACTION']);
const ENDS = new Set(['COMMIT', 'ROLLBACK', 'PREPARE TRANSACTION']);
const BEGIN = /^\s*(?:begin|start\s+transaction)\b/i;

/** Queries over one driver: the pool, or a connection of it. */
class Runner {
  readonly adapter = 'postgres';
  readonly #settings: Settings;
  readonly #rules: NameRules;
  readonly #dialect: Dialect;
  readonly #isPool: boolean;
  /** Whether BEGIN has run and nothing that ends it. */
  isInTransaction = false;

  constructor(settings: Settings, rules: NameRules, isPool: boolean) {
    this.#settings = settings;
    this.#rules = rules;
    this.#isPool = isPool;
    const { to, undefinedValue } = rules;
    this.#dialect = { adapter: 'postgres', rename: to, undefinedValue };
  }

  run(plan: QueryPlan, driver: () => Driver): Running {
    let inner: DriverQuery | undefined;
    let isCancelled = false;
    const start = async (query: BuiltQuery, isSimple: boolean): Promise<unknown> => {
      if (isCancelled) throw ownError('postgres', 'QUERY_CANCELLED');
      inner = this.#send(driver(), query, plan, isSimple);
      return this.#read(await inner, plan);
    };
    const isText = plan.parts?.kind === 'text';
    const built = plan.parts === undefined ? readFile(plan) : build(plan.parts, this.#dialect);
    const result =
      built instanceof Promise
        ? built.then((query) => start(query, plan.isSimple || query.values.length === 0))
        : start(built, plan.isSimple || (isText && built.values.length === 0));
    return {
      result: result.catch((error: unknown) => {
        throw postgresError(error);
      }),
      isActive: () => inner?.active ?? false,
      cancel: () => {
        isCancelled = true;
        // The query itself tells how it ended.
        inner?.cancel()?.catch(() => undefined);
      },
    };
  }

  #send(driver: Driver, query: BuiltQuery, plan: QueryPlan, isSimple: boolean): DriverQuery {
    const { text, values } = query;
    if (plan.isSimple && values.length > 0) {
      throw Object.assign(new TypeError('simple query cannot have parameters'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
    // The driver would refuse the answer, but leave the connection in the transaction.
    if (this.#isPool && this.#settings.shown.max !== 1 && BEGIN.test(text)) {
      throw ownError('postgres', 'UNSAFE_TRANSACTION');
    }
    const parameters = values.map((value) => driver.typed(...typed(value)));
    const options = { prepare: this.#settings.shown.prepare, simple: isSimple };
    const inner = driver.unsafe(text, parameters, options);
    return plan.mode === 'raw' ? inner.raw() : inner.values();
  }

  #read(results: DriverResult | DriverResult[], plan: QueryPlan): unknown {
    const isSeveral = Array.isArray(results[0]) && !('command' in results);
    if (!isSeveral) return this.#readOne(results as DriverResult, plan);
    return (results as DriverResult[]).map((one) => this.#readOne(one, plan));
  }

  #readOne(result: DriverResult, plan: QueryPlan): SQLResult {
    const { command } = result;
    if (command !== null && OPENS.has(command)) this.isInTransaction = true;
    if (command !== null && ENDS.has(command)) this.isInTransaction = false;
    const { from } = this.#rules;
    const columns = (result.columns ?? []).map(({ name, type, table, number }) => ({
      name: from?.(name) ?? name,
      type,
      table,
      number,
    }));
    const count = result.count ?? 0;
    const { string = '', types = [] } = result.statement ?? {};
    const rows: readonly unknown[] =
      plan.mode === 'objects'
        ? asObjects(
            result,
            columns.map(({ name }) => name),
          )
        : plan.mode === 'raw'
          ? result.map((row) =>
              row.map((value) => (value === null ? null : Buffer.from(value as Buffer))),
            )
          : result;
    return resultOf(rows, {
      count,
      command,
      lastInsertRowid: null,
      affectedRows: command !== null && WRITES.has(command) ? count : 0,
      columns,
      statement: { string, types, columns },
    });
  }
}

async function readFile(plan: QueryPlan): Promise<BuiltQuery> {
  const { path, values } = plan.file as { path: string; values: readonly unknown[] };
  const text = await process.getBuiltinModule('node:fs').promises.readFile(path, 'utf8');
  return { text, values: [...values] };
}

export class PostgresHost implements DatabaseHost {
  readonly adapter = 'postgres';
  readonly hasDistributed = true;
  readonly #settings: Settings;
  readonly #runner: Runner;
  readonly #rules: NameRules;
  #driver: Driver | undefined;
  #isClosed = false;

  constructor(settings: Settings, rules: NameRules) {
    this.#settings = settings;
    this.#rules = rules;
    this.#runner = new Runner(settings, rules, true);
  }

  #open(): Driver {
    if (this.#isClosed) throw ownError('postgres', 'CONNECTION_CLOSED');
    return (this.#driver ??= makeDriver(this.#settings));
  }

  run(plan: QueryPlan): Running {
    this.#open();
    return this.#runner.run(plan, () => this.#open());
  }

  async hold(): Promise<HeldConnection> {
    const driver = await this.#open()
      .reserve()
      .catch((error: unknown) => {
        throw postgresError(error);
      });
    const runner = new Runner(this.#settings, this.#rules, false);
    const command = async (text: string): Promise<string | null> => {
      const parts = { kind: 'text', text, values: [] } as const;
      const plan = {
        parts,
        file: undefined,
        mode: 'objects',
        isSimple: true,
        named: undefined,
      } as const;
      return ((await runner.run(plan, () => driver).result) as SQLResult).command;
    };
    return {
      adapter: 'postgres',
      run: (plan) => runner.run(plan, () => driver),
      command,
      release: async () => {
        // Nobody else must find a transaction of this client's on the connection.
        if (runner.isInTransaction) await command('ROLLBACK').catch(() => undefined);
        driver.release();
      },
    };
  }

  async close(timeout: number | undefined): Promise<void> {
    this.#isClosed = true;
    await this.#driver?.end({ timeout: timeout ?? null });
  }

  async listen(
    channel: string,
    onnotify: (payload: string) => void,
    onlisten?: () => void,
  ): Promise<Subscription> {
    const { unlisten } = await this.#open()
      .listen(channel, onnotify, onlisten)
      .catch((error: unknown) => {
        throw postgresError(error);
      });
    const end = async (): Promise<void> => {
      await unlisten();
    };
    return { channel, unlisten: end, [Symbol.asyncDispose]: end };
  }
}

function makeDriver({ shown, given }: Settings): Driver {
  const make = requirePeer('postgres') as ((options: object) => Driver) | undefined;
  if (make === undefined) throw missingPeer('sql', 'postgres');
  const seconds = (value: unknown): number | null =>
    value === undefined ? null : Number(value) / 1000;
  return make({
    // URLs have IPv6 addresses in brackets, sockets have not.
    host: String(shown.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: shown.port,
    path: shown.path,
    database: shown.database,
    username: shown.username,
    password: shown.password,
    // As libpq: a socket of this machine needs no encryption.
    ssl: shown.path === undefined ? shown.tls : false,
    max: shown.max,
    idle_timeout: seconds(shown.idleTimeout),
    connect_timeout: seconds(shown.connectionTimeout) ?? 30,
    max_lifetime: seconds(shown.maxLifetime),
    connection: { application_name: '', ...(shown.connection as object) },
    types: driverTypes(shown.bigint === true),
    // The types of arrays are known; asking for them would cost every client a query.
    fetch_types: false,
    onnotice: () => undefined,
    ...connectionEvents(given),
  });
}

/** The driver tells of closed connections; of open ones its debug hook does, with each query. */
function connectionEvents({ onconnect, onclose }: Settings['given']): object {
  const open = new Set<number>();
  return {
    onclose: (id: number) => {
      open.delete(id);
      onclose?.(ownError('postgres', 'CONNECTION_CLOSED'));
    },
    ...(onconnect && {
      debug: (id: number) => {
        if (open.has(id)) return;
        open.add(id);
        onconnect(null);
      },
    }),
  };
}

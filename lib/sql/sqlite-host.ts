// SPDX-License-Identifier: MIT
//
// SQLite behind `sql`: one connection, whose queries run in the call that starts them.

import { Database } from '../sqlite/database.js';
import { statementsOf, type SqlStatement } from '../sqlite/sql-text.js';
import type { DatabaseOptions } from '../sqlite/open.js';
import { build, type Dialect } from './build.js';
import type { DatabaseHost, HeldConnection } from './host.js';
import type { Settings } from './options.js';
import { SQLJSONParameter } from './parameters.js';
import type { QueryPlan, Running } from './query.js';
import { asObjects, resultOf, type SQLResult } from './result.js';
import { ownError, SQLiteError } from './sql-errors.js';
import type { NameRules } from './transform.js';

const NO_LISTEN = 'LISTEN/NOTIFY is not supported by this adapter (PostgreSQL only)';

export class SqliteHost implements DatabaseHost {
  readonly adapter = 'sqlite';
  readonly hasDistributed = false;
  readonly #settings: Settings;
  readonly #rules: NameRules;
  readonly #dialect: Dialect;
  #database: Database | undefined;
  #isClosed = false;
  /** Ends when the transaction that is open does. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: Settings, rules: NameRules) {
    this.#settings = settings;
    this.#rules = rules;
    const { to, undefinedValue } = rules;
    this.#dialect = { adapter: 'sqlite', rename: to, undefinedValue };
  }

  #open(): Database {
    if (this.#isClosed) throw ownError('sqlite', 'CONNECTION_CLOSED');
    if (this.#database !== undefined) return this.#database;
    const { shown, given } = this.#settings;
    const { filename, ...options } = shown as unknown as {
      filename: string;
    } & DatabaseOptions;
    if (options.readonly === true || options.readwrite === false) {
      delete options.create;
      delete options.readwrite;
      options.readonly = true;
    } else {
      options.create ??= true;
      options.readwrite = true;
    }
    try {
      this.#database = new Database(filename, options);
      given.onconnect?.(null);
    } catch (error) {
      given.onconnect?.(error as Error);
      throw error;
    }
    return this.#database;
  }

  run(plan: QueryPlan): Running {
    return { result: this.#run(plan), isActive: () => false, cancel: () => undefined };
  }

  async #run(plan: QueryPlan): Promise<unknown> {
    let text: string;
    let values: unknown[];
    if (plan.parts === undefined) {
      const { path, values: given } = plan.file as { path: string; values: readonly unknown[] };
      text = await process.getBuiltinModule('node:fs').promises.readFile(path, 'utf8');
      values = [...given];
    } else ({ text, values } = build(plan.parts, this.#dialect));
    try {
      return this.#execute(text, values, plan);
    } catch (error) {
      throw sqliteError(error);
    }
  }

  #execute(text: string, values: unknown[], plan: QueryPlan): SQLResult {
    const database = this.#open();
    const [first, ...others] = [...statementsOf(text)];
    if (first === undefined) return emptyResult();
    const bound = values.map((value) =>
      value instanceof SQLJSONParameter ? value.toString() : value,
    );
    const result = this.#executeOne(database, first, plan.named ?? bound, plan);
    // Rows of the first statement stand alone; otherwise the counts are those of all.
    const isWrite = result.lastInsertRowid !== null && result.length === 0;
    for (const other of others) {
      const { changes, lastInsertRowid } = database.run(other.text);
      if (!isWrite) continue;
      result.count += changes;
      result.affectedRows += changes;
      result.lastInsertRowid = lastInsertRowid;
    }
    return result;
  }

  #executeOne(database: Database, sql: SqlStatement, values: unknown, plan: QueryPlan): SQLResult {
    const statement = database.prepare<unknown, never[]>(sql.text);
    try {
      const given = (Array.isArray(values) && values.length === 0 ? [] : [values]) as never[];
      const command = sql.words[0] ?? null;
      if (!statement.reader) {
        const { changes, lastInsertRowid } = statement.run(...given);
        const lists = { columns: null, statement: null };
        return resultOf([], {
          count: changes,
          command,
          lastInsertRowid,
          affectedRows: changes,
          ...lists,
        });
      }
      const isRead = statement.readonly;
      const arrays = plan.mode === 'raw' ? statement.raw(...given) : statement.values(...given);
      const { from } = this.#rules;
      const names = statement.columnNames.map((name) => from?.(name) ?? name);
      const rows = plan.mode === 'objects' ? asObjects(arrays as unknown[][], names) : arrays;
      const written = isRead ? undefined : lastWrite(database);
      return resultOf(rows, {
        count: rows.length,
        command,
        lastInsertRowid: written?.rowid ?? null,
        affectedRows: written?.changes ?? 0,
        columns: null,
        statement: null,
      });
    } finally {
      statement.finalize();
    }
  }

  async hold(purpose: 'reserve' | 'transaction'): Promise<HeldConnection> {
    if (purpose === 'reserve') {
      throw new Error("This adapter doesn't support connection reservation");
    }
    const before = this.#turn;
    let release: () => void = () => undefined;
    this.#turn = new Promise<void>((resolve) => (release = resolve));
    await before;
    return {
      adapter: 'sqlite',
      run: (plan) => this.run(plan),
      // eslint-disable-next-line @typescript-eslint/require-await -- it runs in the call, and rejects
      command: async (text) => {
        try {
          this.#open().run(text);
        } catch (error) {
          throw sqliteError(error);
        }
        return text.split(' ')[0] ?? null;
      },
      release: async () => Promise.resolve(release()),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#database?.close(true);
    this.#settings.given.onclose?.(new Error('Connection closed'));
  }

  listen(): Promise<never> {
    return Promise.reject(new Error(NO_LISTEN));
  }
}

export function noListen(): Error {
  return new Error(NO_LISTEN);
}

function lastWrite(database: Database): { changes: number; rowid: number | bigint } {
  return database.query('SELECT changes() AS changes, last_insert_rowid() AS rowid').get() as {
    changes: number;
    rowid: number | bigint;
  };
}

function emptyResult(): SQLResult {
  const none = { columns: null, statement: null, command: null, lastInsertRowid: null };
  return resultOf([], { count: 0, affectedRows: 0, ...none });
}

/** An error of bun:sqlite as one of SQL's. */
function sqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'SQLiteError' || error instanceof SQLiteError) {
    return error;
  }
  const { code, errno, byteOffset } = error as Error & {
    code: string;
    errno: number;
    byteOffset: number;
  };
  return Object.assign(new SQLiteError(error.message, { code, errno, byteOffset }), {
    cause: error,
  });
}

// SPDX-License-Identifier: MIT
//
// `Database` of `bun:sqlite`.

import { notSupported } from '../errors.js';
import { bindable, type SQLQueryBindings } from './bind.js';
import { Connection } from './connection.js';
import type { Changes } from './engine.js';
import {
  isSerialized,
  openFile,
  openImage,
  readOpenRequest,
  type DatabaseOptions,
  type SerializedDatabase,
} from './open.js';
import { guarded } from './sqlite-error.js';
import { firstStatement, statementsOf, type SqlStatement } from './sql-text.js';
import { Statement } from './statement.js';
import { transactionOf, type TransactionFunction } from './transaction.js';
import {
  readAggregate,
  readFunction,
  type AggregateOptions,
  type FunctionOptions,
  type SQLFunction,
} from './user-function.js';

type Bindings = SQLQueryBindings | SQLQueryBindings[];
type AsList<P extends Bindings> = P extends SQLQueryBindings[] ? P : [P & SQLQueryBindings];

/** Reports a written row: never called, see `onInsert`. */
export type UpdateHook = (
  database: Database,
  tableName: string,
  rowid: number | bigint,
  schemaName: string,
) => void;

const MAX_CACHED_LENGTH = 64 * 1024;
let handles = 0;

/**
 * A SQLite database, as in Bun: `node:sqlite` where Node has it (22.16 and newer), else the package
 * better-sqlite3.
 *
 * @throws Error `ERR_BUNSERVE_MISSING_PEER` when a database is opened and neither is there.
 */
export class Database {
  /** Statements that `query` keeps. */
  static MAX_QUERY_CACHE_SIZE = 20;

  /** The name it was opened with. */
  readonly filename!: string;
  readonly #connection: Connection;
  readonly #handle = handles++;
  readonly #queries = new Map<string, Statement>();

  /** `filename`: a path; `""`, `":memory:"` or nothing for a database in memory; or its bytes. */
  constructor(filename?: string | SerializedDatabase, options?: number | DatabaseOptions | null) {
    const isImage = isSerialized(filename);
    const request = readOpenRequest(isImage ? undefined : filename, options);
    const engine = isImage ? openImage(filename, request.isReadonly) : openFile(request);
    this.#connection = new Connection(engine, request.isStrict, request.safeIntegers);
    Object.defineProperty(this, 'filename', { value: request.filename, enumerable: true });
  }

  static open(filename?: string, options?: number | DatabaseOptions | null): Database {
    return new Database(filename, options);
  }

  /** A database in memory with the content of `serialized`. */
  static deserialize(
    serialized: SerializedDatabase,
    options: boolean | Pick<DatabaseOptions, 'readonly' | 'strict' | 'safeIntegers'> = {},
  ): Database {
    if (!isSerialized(serialized)) {
      throw new TypeError(
        `Expected 'serialized' to be a TypedArray or ArrayBuffer, got '${typeof serialized}'`,
      );
    }
    return new Database(serialized, typeof options === 'object' ? options : { readonly: options });
  }

  /** SQLite comes with Node or with better-sqlite3: nothing is loaded. */
  static setCustomSQLite(_path: string): boolean {
    return false;
  }

  /** A statement that is prepared once per text. */
  query<ReturnType, ParamsType extends Bindings = SQLQueryBindings[]>(
    sql: string,
  ): Statement<ReturnType, AsList<ParamsType>> {
    if (typeof sql !== 'string') {
      throw new TypeError(`Expected 'query' to be a string, got '${typeof sql}'`);
    }
    if (sql.length === 0) throw new Error('SQL query cannot be empty.');
    const queries = this.#queries;
    let statement = queries.get(sql);
    if (statement !== undefined) queries.delete(sql);
    if (statement === undefined || statement.isFinalized) statement = this.#prepare(sql, true);
    if (sql.length <= MAX_CACHED_LENGTH) {
      queries.set(sql, statement);
      if (queries.size > Database.MAX_QUERY_CACHE_SIZE) {
        queries.delete(queries.keys().next().value as string);
      }
    }
    return statement as unknown as Statement<ReturnType, AsList<ParamsType>>;
  }

  /** A statement of its own; `params` are its values until it gets others. */
  prepare<ReturnType, ParamsType extends Bindings = SQLQueryBindings[]>(
    sql: string,
    params?: ParamsType,
  ): Statement<ReturnType, AsList<ParamsType>> {
    if (typeof sql !== 'string') throw new Error('Expected SQL string');
    const statement = this.#prepare(sql, false, params === undefined ? [] : [params]);
    return statement as unknown as Statement<ReturnType, AsList<ParamsType>>;
  }

  #prepare(sql: string, isCached: boolean, params: readonly unknown[] = []): Statement {
    if (this.#connection.isClosed) throw new RangeError('Cannot use a closed database');
    const first = firstStatement(sql);
    if (first === undefined) throw new RangeError('Invalid SQL statement');
    return new Statement({ connection: this.#connection, sql: first, isCached, params });
  }

  /** Executes all statements of a text; the first one gets the values. */
  run<ParamsType extends SQLQueryBindings[]>(
    sql: string,
    ...bindings: ParamsType | [ParamsType]
  ): Changes {
    if (typeof sql !== 'string') throw new Error('Expected SQL string');
    const connection = this.#connection;
    if (connection.isClosed) throw new Error('Database has closed');
    if (sql.length === 0) throw new Error("SQL string mustn't be blank");
    let total: Changes | undefined;
    for (const one of statementsOf(sql)) {
      const result = this.#runOne(one, total === undefined ? bindings : []);
      total = { ...result, changes: result.changes + (total?.changes ?? 0) };
    }
    if (total !== undefined) return total;
    throw new Error('Query contained no valid SQL statement; likely empty query.');
  }

  #runOne(sql: SqlStatement, values: readonly unknown[]): Changes {
    const statement = new Statement<unknown, never[]>({
      connection: this.#connection,
      sql,
      isCached: true,
    });
    return statement.run(...(values as never[]));
  }

  /** The same as `run`. */
  exec<ParamsType extends SQLQueryBindings[]>(
    sql: string,
    ...bindings: ParamsType | [ParamsType]
  ): Changes {
    return this.run(sql, ...bindings);
  }

  /** A function that runs in a transaction: committed when it returns, rolled back when it throws. */
  transaction<A extends unknown[], T>(
    insideTransaction: (...args: A) => T,
  ): TransactionFunction<A, T> {
    if (typeof insideTransaction !== 'function') {
      throw new TypeError('Expected first argument to be a function');
    }
    if (this.#connection.isClosed) throw new RangeError('Cannot use a closed database');
    return transactionOf(this.#connection, this, insideTransaction);
  }

  /** Whether a transaction is open. */
  get inTransaction(): boolean {
    this.#checkOpen();
    return this.#connection.engine.inTransaction;
  }

  /** A number of this Database. */
  get handle(): number {
    return this.#handle;
  }

  /** Ends the statements of `query`. */
  clearQueryCache(): void {
    for (const statement of this.#queries.values()) statement.finalize();
    this.#queries.clear();
  }

  /** `throwOnError`: close now, whatever statements of `prepare` there are. */
  close(throwOnError = false): void {
    const connection = this.#connection;
    connection.isClosed = true;
    this.clearQueryCache();
    guarded('', () => connection.close(Boolean(throwOnError)));
  }

  [Symbol.dispose](): void {
    this.close(true);
  }

  /** The database as the bytes of its file. `name`: the schema. */
  serialize(name = 'main'): Buffer {
    if (this.#connection.isClosed) throw new Error("Can't do this on a closed database");
    const image = guarded('', () => this.#connection.engine.serialize(String(name)));
    return Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  }

  loadExtension(extension: string, entryPoint?: string): void {
    this.#checkOpen();
    if (typeof extension !== 'string') throw new TypeError('Expected string');
    guarded('', () => this.#connection.engine.loadExtension(extension, entryPoint));
  }

  /** Defines a SQL function. */
  function(name: string, fn: SQLFunction): this;
  function(name: string, options: FunctionOptions, fn: SQLFunction): this;
  function(name: string, ...rest: [SQLFunction] | [FunctionOptions, SQLFunction]): this {
    this.#checkOpen();
    const { settings, use } = readFunction(name, rest, this.#connection.safeIntegers, bindable);
    guarded('', () => this.#connection.engine.function(name, settings, use));
    return this;
  }

  /** Defines an aggregate SQL function; with `inverse` also a window function. */
  aggregate<T = unknown>(name: string, options: AggregateOptions<T>): this {
    this.#checkOpen();
    const { settings, functions } = readAggregate(
      name,
      options,
      this.#connection.safeIntegers,
      bindable,
    );
    guarded('', () => this.#connection.engine.aggregate(name, settings, functions));
    return this;
  }

  /** Not supported: no SQLite of Node has it. */
  fileControl(..._args: unknown[]): number {
    throw notSupported('fileControl()', 'Use a PRAGMA where there is one.');
  }

  get onInsert(): UpdateHook | null {
    return null;
  }
  set onInsert(hook: UpdateHook | null | undefined) {
    refuseHook('onInsert', hook);
  }
  get onUpdate(): UpdateHook | null {
    return null;
  }
  set onUpdate(hook: UpdateHook | null | undefined) {
    refuseHook('onUpdate', hook);
  }
  get onDelete(): UpdateHook | null {
    return null;
  }
  set onDelete(hook: UpdateHook | null | undefined) {
    refuseHook('onDelete', hook);
  }

  #checkOpen(): void {
    if (this.#connection.isClosed) throw new Error('Database has closed');
  }
}

function refuseHook(name: string, hook: unknown): void {
  if (hook == null) return;
  throw notSupported(`Database.${name}`, 'Use a trigger with a function of Database.function().');
}

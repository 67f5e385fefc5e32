// SPDX-License-Identifier: MIT
//
// `Statement` of `bun:sqlite`.

import { argumentsFor, valuesFor, type SQLQueryBindings } from './bind.js';
import type { Connection } from './connection.js';
import type { Arguments, BoundValue, Changes, EngineStatement, SqlValue } from './engine.js';
import { literal } from './literal.js';
import { RowShape, type RowClass } from './row.js';
import { guarded } from './sqlite-error.js';
import { isReadOnly, isWrite, verbOf, withParameters, type SqlStatement } from './sql-text.js';

/** @internal */
export interface StatementSource {
  connection: Connection;
  sql: SqlStatement;
  /** Kept by query(): ends with close(). */
  isCached: boolean;
  /** Its values until it gets others. */
  params?: readonly unknown[];
}

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
// Whatever else a statement does to a schema goes through these.
const CHANGES_COLUMNS = new Set([
  'ALTER',
  'CREATE',
  'DROP',
  'ATTACH',
  'DETACH',
  'ROLLBACK',
  'PRAGMA',
]);
const FINALIZED = 'Statement has finalized';

const { inspect } = process.getBuiltinModule('node:util');

export type ColumnType = 'INTEGER' | 'FLOAT' | 'TEXT' | 'BLOB' | 'NULL' | null;

/**
 * A prepared statement, made by `Database.prepare` and `Database.query`. Runs without arguments take
 * the values of the run before.
 */
export class Statement<ReturnType = unknown, ParamsType extends SQLQueryBindings[] = never[]> {
  readonly #connection: Connection;
  readonly #sql: SqlStatement;
  readonly #engine: EngineStatement;
  readonly #isCached: boolean;
  #safeIntegers: boolean;
  #prototype: object = Object.prototype;
  #values: BoundValue[];
  #arguments: Arguments | undefined;
  #shape: RowShape | undefined;
  #shapeVersion = -1;
  #cursor: { end: () => void } | undefined;
  #isFinalized = false;

  /** @internal Use `Database.prepare`. */
  constructor(source: unknown) {
    const { connection, sql, isCached, params = [] } = source as StatementSource;
    this.#connection = connection;
    this.#sql = sql;
    this.#isCached = isCached;
    this.#engine = guarded(sql.text, () => connection.engine.prepare(sql.text));
    this.#safeIntegers = connection.safeIntegers;
    this.#engine.useBigIntegers(this.#safeIntegers);
    this.#values = sql.parameters.map(() => null);
    if (!isCached) connection.hold(this);
    this.#start(params);
  }

  /** All rows. */
  all(...params: ParamsType): ReturnType[] {
    const rows = this.#rows(params);
    if (rows.length === 0) return [];
    const shape = this.#shapeOf(rows[0] as unknown[]);
    return rows.map((row) => shape.make(this.#engine.convert(row))) as ReturnType[];
  }

  /** The first row, or null. */
  get(...params: ParamsType): ReturnType | null {
    const values = this.#start(params);
    const row = guarded(this.#sql.text, () => {
      if (this.#engine.reader) return this.#engine.get(values);
      this.#execute(values);
      return undefined;
    });
    if (row === undefined) return null;
    return this.#shapeOf(row).make(this.#engine.convert(row)) as ReturnType;
  }

  /** All rows as arrays. */
  values(...params: ParamsType): SqlValue[][] {
    return this.#rows(params).map((row) => this.#engine.convert(row));
  }

  /** All rows as arrays of bytes: numbers as 8 bytes, little-endian, text as UTF-8. */
  raw(...params: ParamsType): (Uint8Array | null)[][] {
    return this.#withBigIntegers(() =>
      this.#rows(params).map((row) => this.#engine.convert(row).map(rawBytes)),
    );
  }

  /** Executes the statement; rows are dropped. */
  run(...params: ParamsType): Changes {
    const values = this.#start(params);
    return guarded(this.#sql.text, () => {
      if (!this.#engine.reader) return this.#execute(values);
      this.#engine.all(values);
      const [changes, rowid] = this.#connection.engine.counts();
      return this.#changes(changes, rowid);
    });
  }

  /** Rows one by one; another run of the statement ends the iteration. */
  iterate(...params: ParamsType): IterableIterator<ReturnType> {
    return this.#iterate(params) as IterableIterator<ReturnType>;
  }

  [Symbol.iterator](): IterableIterator<ReturnType> {
    return this.#iterate([]) as IterableIterator<ReturnType>;
  }

  *#iterate(params: readonly unknown[]): Generator<object> {
    const values = this.#start(params);
    const sql = this.#sql.text;
    if (!this.#engine.reader) {
      guarded(sql, () => this.#execute(values));
      return;
    }
    const rows = guarded(sql, () => this.#engine.iterate(values));
    let isCurrent = true;
    const end = (): void => {
      isCurrent = false;
      rows.return?.();
    };
    const cursor = (this.#cursor = { end });
    try {
      for (;;) {
        if (!isCurrent) {
          throw new Error(
            'This iterator was invalidated: its statement was run again. ' +
              'Use db.prepare() to get a statement with a cursor of its own.',
          );
        }
        const step: IteratorResult<unknown[], unknown> = guarded(sql, () => rows.next());
        if (step.done === true) return;
        const row = step.value;
        yield this.#shapeOf(row).make(this.#engine.convert(row));
      }
    } finally {
      if (this.#cursor === cursor) {
        this.#cursor = undefined;
        rows.return?.();
      }
    }
  }

  /** Makes `get`, `all` and `iterate` give instances of a class, whose constructor is not called. */
  as<T = unknown>(Class?: RowClass<T>): Statement<T, ParamsType> {
    if (Class !== undefined && typeof Class !== 'function') {
      const text = 'Expected class to be a constructor or undefined';
      throw new TypeError(typeof Class === 'object' ? 'Expected a constructor' : text);
    }
    const prototype: unknown = Class === undefined ? Object.prototype : Class.prototype;
    if (typeof prototype !== 'object' || prototype === null) {
      throw new TypeError('Expected a constructor');
    }
    this.#prototype = prototype;
    this.#shape = undefined;
    return this as unknown as Statement<T, ParamsType>;
  }

  /** Whether integers are given as bigints. */
  safeIntegers(): boolean;
  safeIntegers(enabled: boolean): this;
  safeIntegers(...given: boolean[]): boolean | this {
    if (given.length === 0) return this.#safeIntegers;
    this.#safeIntegers = Boolean(given[0]);
    this.#engine.useBigIntegers(this.#safeIntegers);
    return this;
  }

  get columnNames(): string[] {
    this.#check();
    if (!this.#engine.reader) return [];
    return guarded(this.#sql.text, () => this.#engine.columns().map(({ name }) => name));
  }

  /** Types as the schema declares them; null for expressions. */
  get declaredTypes(): (string | null)[] {
    this.#check();
    return guarded(this.#sql.text, () => this.#engine.columns().map(({ type }) => type));
  }

  /** Types of the values of the first row. */
  get columnTypes(): ColumnType[] {
    this.#check();
    if (!this.readonly) {
      throw new Error(
        'columnTypes is not available for non-read-only statements (INSERT, UPDATE, DELETE, etc.)',
      );
    }
    return this.#withBigIntegers(() => {
      const row = guarded(this.#sql.text, () => this.#engine.get(this.#start([])));
      return row?.map(typeOf) ?? this.columnNames.map(() => 'NULL');
    });
  }

  get paramsCount(): number {
    this.#check();
    return this.#sql.parameters.length;
  }

  /** Whether it gives rows. */
  get reader(): boolean {
    this.#check();
    return this.#engine.reader;
  }

  /** Whether it leaves the database as it is. */
  get readonly(): boolean {
    this.#check();
    return isReadOnly(this.#sql);
  }

  get isFinalized(): boolean {
    return this.#isFinalized || this.#connection.isOver;
  }

  /** What is behind the statement; its form may change. */
  get native(): unknown {
    return this.#engine;
  }

  /** Ends the statement; again is no error. */
  finalize(): void {
    if (this.#isFinalized) return;
    this.#isFinalized = true;
    this.#cursor?.end();
    this.#cursor = undefined;
    if (!this.#isCached) this.#connection.letGo(this);
  }

  [Symbol.dispose](): void {
    this.finalize();
  }

  /** The SQL with its values in place; an empty text once it is finalized. */
  toString(): string {
    if (this.isFinalized) return '';
    return withParameters(this.#sql.text, (i) => literal(this.#values[i] ?? null));
  }

  toJSON(): { sql: string; isFinalized: boolean; paramsCount: number; columnNames: string[] } {
    const { isFinalized, paramsCount, columnNames } = this;
    return { sql: this.toString(), isFinalized, paramsCount, columnNames };
  }

  /** @internal */
  [inspectCustom](): string {
    return this.toString();
  }

  #check(): void {
    const { isClosed, isOver } = this.#connection;
    if (this.#isFinalized && !(isClosed && this.#isCached)) throw new Error(FINALIZED);
    if (this.#isFinalized || isOver) throw new Error('Database has closed');
  }

  /** Before every run: the values it has, no other run going on. */
  #start(params: readonly unknown[]): Arguments {
    this.#check();
    const { parameters } = this.#sql;
    const cursor = this.#cursor;
    this.#cursor = undefined;
    cursor?.end();
    if (params.length > 0) {
      this.#values = parameters.map(() => null);
      this.#arguments = undefined;
      const { isStrict } = this.#connection;
      this.#values = valuesFor(parameters, params, isStrict, this.#safeIntegers) ?? this.#values;
    }
    return (this.#arguments ??= argumentsFor(parameters, this.#values));
  }

  #rows(params: readonly unknown[]): unknown[][] {
    const values = this.#start(params);
    return guarded(this.#sql.text, () => {
      if (this.#engine.reader) return this.#engine.all(values);
      this.#execute(values);
      return [];
    });
  }

  #execute(values: Arguments): Changes {
    const { changes, lastInsertRowid } = this.#engine.run(values);
    if (CHANGES_COLUMNS.has(verbOf(this.#sql))) this.#connection.schemaVersion++;
    return this.#changes(changes, lastInsertRowid);
  }

  /** SQLite keeps the count of the last statement that wrote; this one may be none. */
  #changes(changes: number | bigint, rowid: number | bigint): Changes {
    return {
      changes: isWrite(this.#sql) ? Number(changes) : 0,
      lastInsertRowid: this.#safeIntegers ? BigInt(rowid) : Number(rowid),
    };
  }

  #shapeOf(row: readonly unknown[]): RowShape {
    const version = this.#connection.schemaVersion;
    let shape = this.#shape;
    if (shape?.names.length !== row.length || this.#shapeVersion !== version) {
      const names = this.#engine.columns().map(({ name }) => name);
      shape = this.#shape = new RowShape(names, this.#prototype);
      this.#shapeVersion = version;
    }
    return shape;
  }

  #withBigIntegers<T>(use: () => T): T {
    this.#engine.useBigIntegers(true);
    try {
      return use();
    } finally {
      this.#engine.useBigIntegers(this.#safeIntegers);
    }
  }
}

/** @internal Whether a function's result is a promise that is already rejected. */
export function isRejected(value: unknown): boolean {
  // The only place where Node tells a promise's state without a turn of the loop.
  return value instanceof Promise && /^Promise \{\s*<rejected>/.test(inspect(value, { depth: 0 }));
}

function typeOf(value: unknown): ColumnType {
  if (typeof value === 'bigint') return 'INTEGER';
  if (typeof value === 'number') return 'FLOAT';
  if (typeof value === 'string') return 'TEXT';
  return value === null ? 'NULL' : 'BLOB';
}

function rawBytes(value: SqlValue): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(value);
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === 'bigint') view.setBigInt64(0, value, true);
  else view.setFloat64(0, value, true);
  return new Uint8Array(view.buffer);
}

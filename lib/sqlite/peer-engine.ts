// SPDX-License-Identifier: MIT
//
// The engine of the package better-sqlite3, for Node 20 and early 22.

import { notSupported } from '../errors.js';
import type {
  AggregateFunctions,
  Arguments,
  Changes,
  Engine,
  EngineColumn,
  EngineDatabase,
  EngineStatement,
  FunctionSettings,
  SqlFunction,
  SqlValue,
} from './engine.js';

interface NativeStatement {
  readonly reader: boolean;
  all(...values: Arguments): unknown[][];
  get(...values: Arguments): unknown[] | undefined;
  iterate(...values: Arguments): IterableIterator<unknown[]>;
  run(...values: Arguments): Changes;
  columns(): EngineColumn[];
  raw(on: boolean): this;
  safeIntegers(on: boolean): this;
}

interface NativeDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
  serialize(options: { attached: string }): Buffer;
  loadExtension(path: string, entryPoint?: string): void;
  function(name: string, options: object, use: SqlFunction): void;
  aggregate(name: string, options: object): void;
  unsafeMode(on: boolean): void;
}

export type NativeConstructor = new (source: string | Buffer, options: object) => NativeDatabase;

export function peerEngine(Native: NativeConstructor): Engine {
  const open = (source: string | Buffer, readonly: boolean): EngineDatabase => {
    const native = new Native(source, { readonly, timeout: 0 });
    // Writing while rows are read is the program's choice, as in Bun; its build turns foreign keys on.
    native.unsafeMode(true);
    native.exec('PRAGMA foreign_keys = OFF');
    return new Database(native);
  };
  return {
    open: (path, settings) => open(path, settings.readonly),
    deserialize: (image, settings) => open(Buffer.from(image), settings.readonly),
  };
}

class Database implements EngineDatabase {
  readonly #native: NativeDatabase;
  #counts: NativeStatement | undefined;

  constructor(native: NativeDatabase) {
    this.#native = native;
  }

  get inTransaction(): boolean {
    return this.#native.inTransaction;
  }

  prepare(sql: string): EngineStatement {
    return new Statement(prepareLeniently(sql, (text) => this.#native.prepare(text)));
  }

  exec(sql: string): void {
    this.#native.exec(sql);
  }

  close(): void {
    this.#counts = undefined;
    this.#native.close();
  }

  counts(): [bigint, bigint] {
    this.#counts ??= this.#native
      .prepare('SELECT changes(), last_insert_rowid()')
      .raw(true)
      .safeIntegers(true);
    return this.#counts.get() as [bigint, bigint];
  }

  serialize(schema: string): Uint8Array {
    return this.#native.serialize({ attached: schema });
  }

  loadExtension(path: string, entryPoint: string | undefined): void {
    // A second argument must be a string, not undefined.
    if (entryPoint === undefined) this.#native.loadExtension(path);
    else this.#native.loadExtension(path, entryPoint);
  }

  function(name: string, settings: FunctionSettings, use: SqlFunction): void {
    const options = { ...settings, safeIntegers: true };
    this.#native.function(name, options, declared(use.length, withBlobs(use)));
  }

  aggregate(name: string, settings: FunctionSettings, functions: AggregateFunctions): void {
    const step = declared(functions.step.length, withBlobs(functions.step as SqlFunction));
    const inverse =
      functions.inverse &&
      declared(functions.inverse.length, withBlobs(functions.inverse as SqlFunction));
    const options = { ...settings, ...functions, step, inverse, safeIntegers: true };
    this.#native.aggregate(name, options);
  }
}

const QUOTED_TEXT =
  /^no such column: ("[^]*") - should this be a string literal in single-quotes\?$/;

/**
 * The package's SQLite is built without double-quoted strings, which Bun's, Node's and most others
 * have: what is quoted and names no column is text.
 */
function prepareLeniently<T>(sql: string, prepare: (sql: string) => T): T {
  try {
    return prepare(sql);
  } catch (error) {
    const quoted = error instanceof Error ? QUOTED_TEXT.exec(error.message)?.[1] : undefined;
    if (quoted === undefined || !sql.includes(quoted)) throw error;
    const text = `'${quoted.slice(1, -1).replaceAll("'", "''")}'`;
    // The message does not say which; the others may name columns.
    const parts = sql.split(quoted);
    for (let i = 1; i < parts.length; i++) {
      const one = parts.slice(0, i).join(quoted) + text + parts.slice(i).join(quoted);
      try {
        return prepare(one);
      } catch {
        // Not this one, or not it alone.
      }
    }
    return prepareLeniently(parts.join(text), prepare);
  }
}

/** Buffers that the engine hands out are Uint8Arrays in Bun. */
function plainBytes(value: unknown): unknown {
  if (!Buffer.isBuffer(value)) return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}

function withBlobs(use: SqlFunction): SqlFunction {
  return (...values) => use(...values.map(plainBytes));
}

/** The engine counts a function's parameters by its length. */
function declared<T extends object>(length: number, use: T): T {
  return Object.defineProperty(use, 'length', { value: length });
}

class Statement implements EngineStatement {
  readonly #native: NativeStatement;
  readonly reader: boolean;

  constructor(native: NativeStatement) {
    this.#native = native;
    this.reader = native.reader;
    if (this.reader) native.raw(true);
  }

  columns(): EngineColumn[] {
    return this.reader ? this.#native.columns() : [];
  }

  all(values: Arguments): unknown[][] {
    return this.#native.all(...bare(values));
  }

  get(values: Arguments): unknown[] | undefined {
    return this.#native.get(...bare(values));
  }

  iterate(values: Arguments): IterableIterator<unknown[]> {
    return this.#native.iterate(...bare(values));
  }

  run(values: Arguments): Changes {
    return this.#native.run(...bare(values));
  }

  useBigIntegers(on: boolean): void {
    this.#native.safeIntegers(on);
  }

  convert(row: unknown[]): SqlValue[] {
    for (let i = 0; i < row.length; i++) {
      if (typeof row[i] === 'object') row[i] = plainBytes(row[i]);
    }
    return row as SqlValue[];
  }
}

/** The engine wants names without their prefix. */
function bare(values: Arguments): Arguments {
  const [first, ...rest] = values;
  if (typeof first !== 'object' || first === null || first instanceof Uint8Array) return values;
  const named = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(first)) {
    const key = name.slice(1);
    if (key in named) {
      throw notSupported(
        `A statement with two parameters named ${key}`,
        'Give one of them another name.',
      );
    }
    named[key] = value;
  }
  return [named as (typeof values)[0], ...rest];
}

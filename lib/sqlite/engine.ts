// SPDX-License-Identifier: MIT
//
// What `bun:sqlite` needs of the SQLite that Node has: `node:sqlite` where it is complete (22.16 and
// newer), else the package better-sqlite3, which the user installs.

/** A value on its way into SQLite: integers are bigints, so that they are bound as integers. */
export type BoundValue = null | number | bigint | string | Uint8Array;
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface EngineColumn {
  name: string;
  type: string | null;
}

export interface Changes {
  /** Rows that the statement wrote. */
  changes: number;
  /** `rowid` of the last inserted row; a bigint with `safeIntegers`. */
  lastInsertRowid: number | bigint;
}

/** Values of the parameters that have names, prefix included, if any, then those of the others. */
export type Arguments = readonly (BoundValue | Readonly<Record<string, BoundValue>>)[];

/** A prepared statement; rows are arrays whose values `convert` makes what Bun gives. */
export interface EngineStatement {
  /** Whether it has columns. */
  readonly reader: boolean;
  columns(): EngineColumn[];
  all(values: Arguments): unknown[][];
  get(values: Arguments): unknown[] | undefined;
  iterate(values: Arguments): IterableIterator<unknown[]>;
  /** For statements without columns. */
  run(values: Arguments): Changes;
  /** Whether the next run gives integers as bigints. */
  useBigIntegers(on: boolean): void;
  /** In place. */
  convert(row: unknown[]): SqlValue[];
}

export interface FunctionSettings {
  varargs: boolean;
  deterministic: boolean;
  directOnly: boolean;
}
export type SqlFunction = (...values: unknown[]) => unknown;

export interface AggregateFunctions {
  start: () => unknown;
  step: (accumulator: unknown, ...values: unknown[]) => unknown;
  inverse: ((accumulator: unknown, ...values: unknown[]) => unknown) | undefined;
  result: (accumulator: unknown) => unknown;
}

export interface OpenSettings {
  readonly: boolean;
}

export interface EngineDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): EngineStatement;
  /** Statements without parameters and results. */
  exec(sql: string): void;
  close(): void;
  /** `changes()` and `last_insert_rowid()`. */
  counts(): [changes: bigint, lastInsertRowid: bigint];
  serialize(schema: string): Uint8Array;
  loadExtension(path: string, entryPoint: string | undefined): void;
  /** Integers reach the functions as bigints, blobs as Uint8Array. */
  function(name: string, settings: FunctionSettings, use: SqlFunction): void;
  aggregate(name: string, settings: FunctionSettings, functions: AggregateFunctions): void;
}

export interface Engine {
  open(path: string, settings: OpenSettings): EngineDatabase;
  /** A database in memory with the content of a database file. */
  deserialize(image: Uint8Array, settings: OpenSettings): EngineDatabase;
}

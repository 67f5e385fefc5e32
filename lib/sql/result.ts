// SPDX-License-Identifier: MIT
//
// What a query resolves to: its rows, and beside them what the server said of the statement.

import { RowShape } from '../sqlite/row.js';

export interface ResultColumn {
  name: string;
  /** OID of the type. */
  type: number;
  /** OID of the table, 0 for an expression. */
  table: number;
  /** Number in the table, from 1. */
  number: number;
}

export interface ResultStatement {
  string: string;
  types: number[];
  columns: ResultColumn[];
}

export interface ResultMetadata {
  /** Rows that came, or that were written when none come. */
  count: number;
  /** `SELECT`, `CREATE TABLE`, ... */
  command: string | null;
  /** SQLite only. */
  lastInsertRowid: number | bigint | null;
  /** Rows that were written. */
  affectedRows: number;
  readonly columns: ResultColumn[] | null;
  readonly statement: ResultStatement | null;
}

export type SQLResult<T = unknown> = (T extends readonly unknown[] ? T : T[]) & ResultMetadata;

class SQLResultArray extends Array<unknown> {
  // What map() and the like make is an ordinary array.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export function resultOf(rows: readonly unknown[], metadata: ResultMetadata): SQLResult {
  const result = new SQLResultArray();
  for (const row of rows) result.push(row);
  const { count, command, lastInsertRowid, affectedRows, columns, statement } = metadata;
  Object.assign(result, { count, command, lastInsertRowid, affectedRows });
  for (const [key, value] of Object.entries({ columns, statement })) {
    Object.defineProperty(result, key, { value, enumerable: false, configurable: true });
  }
  return result as unknown as SQLResult;
}

/** Rows that came as arrays, as objects. */
export function asObjects(rows: readonly unknown[][], names: readonly string[]): object[] {
  if (rows.length === 0) return [];
  const shape = new RowShape(names, Object.prototype);
  return rows.map((row) => shape.make(row as never));
}

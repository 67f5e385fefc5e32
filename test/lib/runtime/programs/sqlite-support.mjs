// SPDX-License-Identifier: MIT
// What the cases of `bun:sqlite` share: a table, folders, and values to bind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from 'bun:sqlite';

export const memory = (options) => new Database(':memory:', options);
export function table(options) {
  const db = memory(options);
  db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score REAL, data BLOB)');
  db.run(
    "INSERT INTO t VALUES (1, 'one', 1.5, x'010203'), (2, 'two', NULL, NULL), (3, 'three', 3, x'')",
  );
  return db;
}
export function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-sqlite-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
export const attempt = (use) => {
  try {
    return use();
  } catch (error) {
    return error;
  }
};
export const types = (db, value) =>
  attempt(() => Object.values(db.query('SELECT typeof(?1) AS type, ?1 AS value').get(value)));

export const values = {
  zero: 0,
  minusZero: -0,
  one: 1,
  real: 1.5,
  int32: 2 ** 31,
  int53: 2 ** 53 - 1,
  over53: 2 ** 53,
  large: 2 ** 60,
  over64: 2 ** 63,
  huge: 1e300,
  negative: -5,
  negativeLarge: -(2 ** 40),
  nan: NaN,
  infinity: Infinity,
  minusInfinity: -Infinity,
  wholeReal: 3.0,
  yes: true,
  no: false,
  nothing: null,
  text: 'text',
  empty: '',
  unicode: 'ß → 😀',
  nul: 'a\0b',
  lone: '\ud800x',
  bigint: 5n,
  bigintMax: 2n ** 63n - 1n,
  bigintMin: -(2n ** 63n),
  bigintOver: 2n ** 63n,
  bigintOver2: 2n ** 64n - 1n,
  bigintWay: 2n ** 70n,
  bytes: new Uint8Array([1, 2, 255]),
  noBytes: new Uint8Array(0),
  buffer: Buffer.from('hi'),
  arrayBuffer: new Uint8Array([7, 8]).buffer,
  part: new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  words: new Uint16Array([258, 772]),
  floats: new Float64Array([1]),
  view: new DataView(new ArrayBuffer(2)),
  date: new Date(0),
  fun: () => 1,
  symbol: Symbol('s'),
  list: [1],
  nested: [[1]],
  undefined: undefined,
  object: { a: 1 },
  regexp: /x/,
  boxedNumber: Object(5),
  boxedString: Object('s'),
};

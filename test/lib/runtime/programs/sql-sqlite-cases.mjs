// SPDX-License-Identifier: MIT
// Cases of `SQL` over SQLite whose results are compared with Bun's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQL } from 'bun';
import { runCases } from './shown.mjs';

const later = (use) =>
  Promise.resolve()
    .then(use)
    .catch((error) => error);
const attempt = (use) => {
  try {
    return use();
  } catch (error) {
    return error;
  }
};
// Bun makes a database's file when its client is made.
const work = mkdtempSync(join(tmpdir(), 'bunserve-sql-'));
process.chdir(work);
const sql = new SQL(':memory:');
await sql`CREATE TABLE a (x INTEGER PRIMARY KEY, y)`;
const whole = (r) => [
  r,
  r.count,
  r.command,
  r.lastInsertRowid,
  r.affectedRows,
  r.columns,
  r.statement,
];

const cases = {
  kinds: () => [sql instanceof SQL, typeof sql, sql.options],
  insert: async () =>
    whole(
      await sql`INSERT INTO a ${sql([
        { x: 1, y: 'q' },
        { x: 2, y: null },
      ])}`,
    ),
  select: async () => whole(await sql`SELECT * FROM a WHERE x IN ${sql([1, 2])} AND y = ${'q'}`),
  'select nothing': async () => whole(await sql`SELECT * FROM a WHERE x IN ${sql([])}`),
  update: async () => whole(await sql`UPDATE a SET ${sql({ y: 5 })} WHERE x = ${2}`),
  returning: async () => whole(await sql`DELETE FROM a WHERE x = 2 RETURNING x`),
  create: async () => whole(await sql`CREATE TABLE b (x)`),
  unsafe: async () => [
    await sql.unsafe('SELECT * FROM a WHERE x = :x', { x: 1 }),
    await sql.unsafe('SELECT * FROM a WHERE x = ?', [1]),
    await sql.unsafe('SELECT 1 AS one'),
  ],
  values: async () => whole(await sql`SELECT 1 AS a`.values()),
  raw: async () => sql`SELECT 'x' AS a`.raw(),
  parameters: async () =>
    sql`SELECT ${true} AS a, typeof(${5}) AS b, ${5n} AS c, ${new Uint8Array([1])} AS d, ${null} AS e, ${undefined} AS f, ${1.5} AS g`,
  'parameters, wrong': async () => [
    await later(() => sql`SELECT ${new Date(0)} AS a`),
    await later(() => sql`SELECT ${{ a: 1 }} AS a`),
    await later(() => sql.array([1])),
  ],
  json: async () => sql`SELECT ${sql.json({ a: 1 })} AS a`,
  errors: async () => [
    await later(() => sql`SELECT * FROM nope`),
    await later(() => sql`INSERT INTO a (x) VALUES (1)`),
    (await later(() => sql`SELECT * FROM nope`)) instanceof SQL.SQLiteError,
  ],
  begin: async () => [
    await later(() =>
      sql.begin(async (tx) => {
        await tx`INSERT INTO a (x) VALUES (50)`;
        throw new Error('mine');
      }),
    ),
    await sql.begin(async (tx) => {
      await tx`INSERT INTO a (x) VALUES (51)`;
      const inner = later(() =>
        tx.savepoint(async (sp) => {
          await sp`INSERT INTO a (x) VALUES (52)`;
          throw new Error('inner');
        }),
      );
      return [await inner, await tx`SELECT x FROM a ORDER BY x`];
    }),
    await sql`SELECT count(*) AS n FROM a`,
  ],
  'several statements': async () => [
    whole(await sql`INSERT INTO a (x) VALUES (60); INSERT INTO a (x) VALUES (61)`),
    whole(await sql`SELECT 1 AS a; SELECT 2 AS b`.simple()),
  ],
  'what only PostgreSQL has': async () => [
    await later(() => sql.reserve()),
    await later(() => sql.listen('a', () => {})),
    await later(() => sql.notify('a')),
    await later(() => sql.beginDistributed('a', () => {})),
  ],
  options: () =>
    [
      'sqlite://a/b.db',
      'sqlite:///abs.db?mode=ro',
      'sqlite::memory:',
      'file://x.db',
      'sqlite://x.db?mode=zz',
      'sqlite://./x.db?mode=rw',
    ].map((url) => attempt(() => new SQL(url).options)),
  files: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-sql-'));
    try {
      const file = new SQL({ filename: join(folder, 'a.db') });
      await file`CREATE TABLE t (x)`;
      await file`INSERT INTO t VALUES (${1})`;
      await file.close();
      const again = new SQL(`sqlite://${join(folder, 'a.db')}?mode=ro`);
      const result = [
        await again`SELECT * FROM t`,
        await later(() => again`INSERT INTO t VALUES (2)`),
      ];
      await again.close();
      return [...result, await later(() => again`SELECT 1`)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

await runCases(cases, process.argv[2]);
await sql.close();
process.chdir(tmpdir());
rmSync(work, { recursive: true });

// SPDX-License-Identifier: MIT
// Cases of `sql`: queries, values and results.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, SQL, postgres } from 'bun';
import { later, attempt, whole, one, stored } from './sql-support.mjs';

export const cases = {
  kinds: () => [
    typeof sql,
    typeof SQL,
    sql instanceof SQL,
    postgres === sql,
    SQL.name,
    typeof sql.begin,
    typeof sql.options,
    sql.options.adapter,
  ],
  members: () =>
    [
      'array',
      'begin',
      'beginDistributed',
      'close',
      'commitDistributed',
      'connect',
      'distributed',
      'end',
      'file',
      'flush',
      'json',
      'listen',
      'notify',
      'options',
      'reserve',
      'rollbackDistributed',
      'transaction',
      'unsafe',
    ].map((name) => [name, typeof sql[name]]),
  select: async () => whole(await sql`SELECT id, name FROM users ORDER BY id`),
  'select with a parameter': async () =>
    whole(await sql`SELECT id, name FROM users WHERE id = ${1}`),
  insert: async () => whole(await sql`INSERT INTO users (name) VALUES (${'Dave'})`),
  'insert returning': async () =>
    whole(await sql`INSERT INTO users (name) VALUES (${'Eve'}) RETURNING name`),
  'update and delete': async () => [
    whole(await sql`UPDATE users SET age = ${40} WHERE name IN ('Dave', 'Eve')`),
    whole(await sql`DELETE FROM users WHERE age = ${40}`),
    whole(await sql`DELETE FROM users WHERE age = ${40}`),
  ],
  create: async () => [whole(await sql`CREATE TEMP TABLE x1 (a int)`)],
  'no rows': async () => whole(await sql`SELECT 1 WHERE false`),
  columns: async () =>
    (await sql`SELECT name, 1 AS one FROM users LIMIT 1`).columns.map(({ name, type, number }) => [
      name,
      type,
      number,
    ]),
  statement: async () => {
    const r = await sql`SELECT ${5}::int AS a`;
    return [r.statement.string, r.statement.types];
  },
  'result is an array': async () => {
    const r = await sql`SELECT 1 AS a`;
    return [
      Array.isArray(r),
      JSON.stringify(r),
      r.length,
      [...r],
      r.map((x) => x.a),
      Object.getPrototypeOf(r[0]) === Object.prototype,
    ];
  },
  'types out': async () =>
    (
      await sql`SELECT 1::int2 AS i2, 2::int4 AS i4, 3::int8 AS i8, 9007199254740993::int8 AS big, 1.5::float4 AS f4, 2.5::float8 AS f8, 1.25::numeric AS n, true AS b, 'x'::text AS t, 'y'::varchar AS v, 'z  '::char(3) AS c, '{"a":1}'::json AS j, '{"a":[1,2]}'::jsonb AS jb, '\x0102'::bytea AS by, '2024-02-03'::date AS d, '2024-02-03 04:05:06.789'::timestamp AS ts, '2024-02-03 04:05:06+02'::timestamptz AS tz, '04:05:06'::time AS ti, '1 day 02:03:04'::interval AS iv, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS u, NULL AS nu, '1.2.3.4'::inet AS ip, 'NaN'::float8 AS nan, 'Infinity'::float8 AS inf, '(1,2)'::point AS p, 5::oid AS o, 'q'::name AS na, 12.34::money AS m, '1'::bit AS bit, '<a/>'::xml AS x`
    )[0],
  'types out with a parameter': async () =>
    (
      await sql`SELECT ${1}::int AS _, 1::int2 AS i2, 3::int8 AS i8, 1.5::float4 AS f4, 2.5::float8 AS f8, 1.25::numeric AS n, 100000000000000000000.5::numeric AS nb, true AS b, 'x'::text AS t, '{"a":1}'::json AS j, '"s"'::jsonb AS jb, '\x0102'::bytea AS by, '2024-02-03'::date AS d, '2024-02-03 04:05:06.789'::timestamp AS ts, '2024-02-03 04:05:06+02'::timestamptz AS tz, '04:05:06'::time AS ti, '1 day'::interval AS iv, NULL::int AS nu, '0044-03-15 BC'::date AS bc, 'infinity'::timestamp AS tinf`
    )[0],
  'arrays out': async () =>
    (
      await sql`SELECT ARRAY[1,2]::int[] AS i, ARRAY['a','b,c','d"e',NULL]::text[] AS t, ARRAY[1.5]::float8[] AS f, ARRAY[[1,2],[3,4]] AS m, ARRAY[]::int[] AS e, ARRAY[true,false] AS b, ARRAY[5]::int8[] AS i8, ARRAY['{"a":1}']::jsonb[] AS j, ARRAY['2024-01-01']::date[] AS d, ARRAY[1.25]::numeric[] AS n, ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']::uuid[] AS u`
    )[0],
  'names twice': async () => [
    await sql`SELECT 1 AS a, 2 AS a`,
    await sql`SELECT 1 AS a, 2 AS a`.values(),
  ],
  'names like numbers and __proto__': async () =>
    JSON.stringify(await sql`SELECT 1 AS "1", 2 AS "0", 3 AS "__proto__"`),
  unnamed: async () => sql`SELECT 1, 'x'`,
  values: async () =>
    whole(await sql`SELECT id, name FROM users WHERE id < 3 ORDER BY id`.values()),
  raw: async () =>
    (await sql`SELECT 'ab'::text AS a, 5::int8 AS b, NULL AS c`.raw()).map((row) =>
      row.map((v) => v && Buffer.from(v).toString()),
    ),
  parameters: async () => [
    await one(sql`SELECT ${1}::int`),
    await one(sql`SELECT ${'1'}::int`),
    await one(sql`SELECT ${1.5}::float8`),
    await one(sql`SELECT ${5n}::int8`),
    await one(sql`SELECT ${true}::bool`),
    await one(sql`SELECT ${null}::text`),
    await one(sql`SELECT ${undefined}::text`),
    await one(sql`SELECT ${'text'}::text`),
    await one(sql`SELECT ${'text'}`),
    await one(sql`SELECT ${5}::text`),
    await one(sql`SELECT ${true}::text`),
    await one(sql`SELECT ${new Date(0)}::timestamptz`),
    await one(sql`SELECT ${new Date(0)}::timestamp`),
    await one(sql`SELECT ${new Date(0)}::date`),
    await one(sql`SELECT ${new Date(0)}::text`),
    await one(sql`SELECT ${{ a: 1 }}::jsonb`),
    await one(sql`SELECT ${{ a: 1 }}::json`),
    await one(sql`SELECT ${['a', 'b']}::text[]`),
    await one(sql`SELECT ${Buffer.from('hi')}::bytea`),
    await one(sql`SELECT ${new Uint8Array([1])}::bytea`),
    await one(sql`SELECT ${'ß😀'}::text`),
    await one(sql`SELECT ${''}::text`),
  ],
  'parameters without a cast': async () => [
    await later(() => one(sql`SELECT ${1}`)),
    await later(() => one(sql`SELECT ${true}`)),
    await later(() => one(sql`SELECT ${1.5}`)),
    await later(() => one(sql`SELECT ${5n}`)),
    await later(() => one(sql`SELECT ${null}`)),
    await later(() => one(sql`SELECT ${new Date(0)}`)),
    await later(() => one(sql`SELECT ${{ a: 1 }}`)),
    await later(() => one(sql`SELECT ${[1, 2]}`)),
    await later(() => one(sql`SELECT ${2 ** 40}`)),
    await later(() => one(sql`SELECT ${2n ** 62n}`)),
    await later(() => one(sql`SELECT ${new Uint8Array([1])}`)),
  ],
  'parameters, wrong': async () => [
    await later(() => sql`SELECT ${'x'}::int`),
    await later(() => sql`SELECT ${Symbol('x')}::text`),
    await later(() => sql`SELECT ${() => 1}::text`),
    await later(() => sql`SELECT ${NaN}::int`),
    await later(() => sql`SELECT ${1.5}::int`),
  ],
  'stored jsonb': async () => [
    await stored('data', { a: 1 }),
    await stored('data', [1, { b: 2 }]),
    await stored('data', 'text'),
    await stored('data', 5),
    await stored('data', true),
    await stored('data', null),
    await stored('data', sql.json(5)),
    await stored('data', sql.json(null)),
    await stored('data', sql.json('x')),
    await stored('data', sql.json({ a: 1 })),
    await stored('plain', { a: 1 }),
    await stored('plain', 'text'),
    await stored('data', new Date(0)),
  ],
  'stored arrays': async () => [
    await stored('tags', ['a', 'b']),
    await stored('tags', ['a"b', 'c,d', 'e\\f', null, '', 'NULL', '{}']),
    await stored('tags', sql.array(['x', null])),
    await stored('tags', [undefined]),
  ],
  // Bun gives an Int32Array where it has prepared the query, and an Array where not.
  'int4 arrays': async () => [
    await one(sql`SELECT ${[1, 2]}::int[]`),
    await stored('numbers', []),
    await stored('numbers', [1, null]),
    await stored('numbers', sql.array([1, 2], 'INT')),
    await stored('numbers', sql.array([3])),
    await stored('numbers', new Int32Array([1, 2])),
  ],
  // Bun gives 0.10000000149011612 where it has prepared the query, and 0.1 where not.
  float4: async () => [await one(sql`SELECT ${0.1}::float4`), await stored('real4', 1.1)],
  // The server gets a number from Bun and a text from us.
  'a bigint above int8': async () => later(() => sql`SELECT ${2n ** 70n}::int8`),
  'stored times': async () => [
    await stored('day', new Date('2024-02-03T04:05:06Z')),
    await stored('day', '2024-02-03'),
    await stored('at', new Date('2024-02-03T04:05:06.789Z')),
    await stored('at', '2024-02-03 04:05:06'),
    await stored('atz', new Date('2024-02-03T04:05:06.789Z')),
    await stored('atz', '2024-02-03T04:05:06+02:00'),
  ],
  'stored numbers': async () => [
    await stored('big', 5),
    await stored('big', 5n),
    await stored('big', '9007199254740993'),
    await stored('big', 2n ** 62n),
    await stored('price', 1.25),
    await stored('price', '1.250'),
    await stored('real8', 1.1),
    await stored('small', 7),
    await stored('small', 70000),
    await stored('id', 1.7),
    await stored('id', 2 ** 31),
    await stored('id', true),
    await stored('real8', NaN),
    await stored('real8', Infinity),
  ],
  'stored bytes': async () => [
    await stored('bytes', new Uint8Array([0, 1, 255])),
    await stored('bytes', Buffer.from('hi')),
    await stored('bytes', new Uint8Array([5, 6]).buffer),
    await stored('bytes', new Uint8Array(0)),
    await stored('bytes', 'text'),
  ],
  'stored uuid': async () => [
    await stored('id2', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
    await stored('id2', 'nope'),
  ],
  'insert helper': async () => [
    await sql`INSERT INTO users ${sql({ name: 'h1', age: 1 })} RETURNING name, age, email`,
    await sql`INSERT INTO users ${sql([
      { name: 'h2', age: 2 },
      { name: 'h3', age: null },
    ])} RETURNING name, age`,
    await sql`INSERT INTO users ${sql({ name: 'h4', age: 4, nope: 5 }, 'name', 'age')} RETURNING name, age`,
    await sql`INSERT INTO users ${sql({ name: 'h5', email: undefined })} RETURNING name, email`,
    await sql`INSERT INTO users ${sql([{ name: 'h6', email: 'x' }, { name: 'h7' }])} RETURNING name, email`,
    await sql`INSERT INTO users ${sql({ name: 'h8', age: sql`1 + 1` })} RETURNING name, age`,
    (await sql`DELETE FROM users WHERE name LIKE 'h%'`).count,
  ],
  'insert helper, wrong': async () => [
    await later(() => sql`INSERT INTO users ${sql({})}`),
    await later(() => sql`INSERT INTO users ${sql([])}`),
    await later(() => sql`INSERT INTO users ${sql({ name: undefined })}`),
    await later(() => sql`INSERT INTO users ${sql({ nope: 1 })}`),
    await later(() => sql`INSERT INTO users ${sql({ name: 'x' }, 'nope')}`),
    attempt(() => sql(null)),
    await later(() => sql`INSERT INTO users ${sql([null])}`),
  ],
  'update helper': async () => [
    await sql`UPDATE users SET ${sql({ age: 31, email: 'a@b' })} WHERE name = ${'Alice'} RETURNING age, email`,
    await sql`UPDATE users SET ${sql({ age: 30, email: 'zz' }, 'age')} WHERE name = ${'Alice'} RETURNING age, email`,
    await later(() => sql`UPDATE users SET ${sql({})} WHERE id = 1`),
    await sql`UPDATE users SET ${sql({ age: 33, email: undefined })} WHERE name = 'Alice' RETURNING age, email`,
    await sql`UPDATE users SET age = 30, email = 'none' WHERE name = 'Alice'`,
  ],
  'in helper': async () => [
    await sql`SELECT name FROM users WHERE id IN ${sql([1, 2])} ORDER BY id`,
    await sql`SELECT name FROM users WHERE id IN ${sql([{ id: 1 }, { id: 3 }], 'id')} ORDER BY id`,
    await sql`SELECT name FROM users WHERE id IN ${sql([])}`,
    await later(() => sql`SELECT name FROM users WHERE id IN ${sql([{ id: 1, b: 2 }], 'id', 'b')}`),
    await sql`SELECT name FROM users WHERE name IN ${sql(['Alice'])}`,
    await later(() => sql`SELECT name FROM users WHERE id IN (${sql([1, 2])})`),
  ],
  any: async () => sql`SELECT name FROM users WHERE id = ANY(${[1, 2]}) ORDER BY id`,
  identifiers: async () => [
    await sql`SELECT name FROM ${sql('users')} WHERE id = 1`,
    await sql`SELECT ${sql('users.name')} FROM ${sql('public.users')} WHERE id = 1`,
    await later(() => sql`SELECT 1 AS ${sql('a"b')}`),
    await later(() => sql('users')),
    await later(() => sql`SELECT ${sql('name', 'age')} FROM users WHERE id = 1`),
  ],
  fragments: async () => [
    await sql`SELECT name FROM users WHERE active = ${true} ${sql`AND age > ${20}`}`,
    await sql`SELECT name FROM users ${sql``} WHERE id = 1`,
    await sql`SELECT name FROM users WHERE true ${[sql`AND id > ${1}`, sql`AND id < ${3}`]}`,
    await sql`SELECT name FROM users ORDER BY ${sql.unsafe('name DESC')} LIMIT ${1}`,
    await sql`SELECT ${sql`${1}::int + ${sql`${2}::int`}`} AS sum`,
  ],
  unsafe: async () => [
    await sql.unsafe('SELECT 1 AS a'),
    await sql.unsafe('SELECT $1::int AS a, $2::text AS b', [5, 'x']),
    (await sql.unsafe('SELECT 1 AS a; SELECT 2 AS b')).map((r) => [...r]),
    await later(() => sql.unsafe('SELECT $1', [1, 2])),
    await sql.unsafe('SELECT 1 AS a').values(),
    await later(() => sql.unsafe('SELECT $1::int AS a; SELECT 2', [1])),
  ],
  simple: async () => [
    (await sql`SELECT 1 AS a; SELECT 2 AS b`.simple()).map((r) => [[...r], r.count, r.command]),
    await sql`SELECT 1 AS a`.simple(),
    await later(() => sql`SELECT ${1}`.simple()),
    await later(() => sql`SELECT 1; SELECT 2`),
  ],
  file: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-sql-'));
    try {
      writeFileSync(join(folder, 'a.sql'), 'SELECT $1::int AS a');
      writeFileSync(join(folder, 'b.sql'), 'SELECT 1 AS a; SELECT 2 AS b');
      return [
        await sql.file(join(folder, 'a.sql'), [5]),
        (await sql.file(join(folder, 'b.sql'))).map((r) => [...r]),
        (await later(() => sql.file(join(folder, 'none.sql')))).code,
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  lazy: async () => {
    let q = sql`INSERT INTO users (name) VALUES ('lazy')`;
    const before = q.active;
    await sql`SELECT 1`;
    const count = (await sql`SELECT count(*)::int AS n FROM users WHERE name = 'lazy'`)[0].n;
    return [
      before,
      count,
      q.cancelled,
      q instanceof Promise,
      typeof q.execute,
      typeof q.values,
      typeof q.raw,
      typeof q.simple,
      typeof q.cancel,
    ];
  },
  'run once': async () => {
    const q = sql`INSERT INTO users (name) VALUES ('once') RETURNING name`;
    const results = [await q, await q, await q.execute()];
    await sql`DELETE FROM users WHERE name = 'once'`;
    return results;
  },
  'execute returns the query': async () => {
    const q = sql`SELECT 1 AS a`;
    return [q.execute() === q, q.values() === q, await q];
  },
  errors: async () => [
    await later(() => sql`SELECT * FROM nope`),
    await later(() => sql`SELEC 1`),
    await later(() => sql`INSERT INTO users (name) VALUES ('Alice')`),
    await later(() => sql`INSERT INTO users (name) VALUES (${null})`),
    await later(() => sql`SELECT 1/0`),
    await later(() => sql``),
    await later(() => sql`   `),
  ],
  'error classes': async () => {
    const e = await later(() => sql`SELECT * FROM nope`);
    return [
      e instanceof SQL.PostgresError,
      e instanceof SQL.SQLError,
      e instanceof Error,
      e.constructor.name,
      e.code,
      e.errno,
      e.severity,
      e.position,
      e.routine,
      typeof e.file,
      typeof e.line,
      Object.keys(e).sort(),
    ];
  },
  classes: () => [
    typeof SQL.SQLError,
    typeof SQL.PostgresError,
    typeof SQL.MySQLError,
    typeof SQL.SQLiteError,
    new SQL.PostgresError('m', { code: 'X', detail: 'd', hint: '', severity: 'ERROR' }),
  ],
};

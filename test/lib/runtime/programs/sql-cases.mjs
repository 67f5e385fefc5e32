// SPDX-License-Identifier: MIT
// Cases of `sql` and `SQL` whose results are compared with Bun's: against the PostgreSQL of
// $DATABASE_URL, whose database is empty.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, SQL, postgres } from 'bun';
import { runCases, shown } from './shown.mjs';

const url = process.env.DATABASE_URL;
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
/** Rows with what comes beside them. */
const whole = (result) => [
  result,
  result.count,
  result.command,
  result.affectedRows,
  result.lastInsertRowid,
];
const one = async (query) => Object.values((await query)[0])[0];

await sql`DROP TABLE IF EXISTS users, docs`.simple();
await sql`CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE, age int, email text DEFAULT 'none', active boolean)`;
await sql`CREATE TABLE docs (id int, data jsonb, plain json, tags text[], numbers int[], day date, at timestamp, atz timestamptz, bytes bytea, big int8, price numeric, real4 float4, real8 float8, small int2, id2 uuid)`;
await sql`INSERT INTO users (name, age, active) VALUES ('Alice', 30, true), ('Bob', 25, false), ('Carol', NULL, NULL)`;

const stored = async (column, value) => {
  await sql`DELETE FROM docs`;
  const result = await later(
    () =>
      sql`INSERT INTO docs (${sql(column)}) VALUES (${value}) RETURNING ${sql(column)} AS v, ${sql(column)}::text AS t`,
  );
  return result instanceof Error ? result : result[0];
};

const cases = {
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
      await sql`SELECT ${1}::int AS _, 1::int2 AS i2, 3::int8 AS i8, 1.5::float4 AS f4, 0.1::float4 AS f4b, 2.5::float8 AS f8, 1.25::numeric AS n, 100000000000000000000.5::numeric AS nb, true AS b, 'x'::text AS t, '{"a":1}'::json AS j, '"s"'::jsonb AS jb, '\x0102'::bytea AS by, '2024-02-03'::date AS d, '2024-02-03 04:05:06.789'::timestamp AS ts, '2024-02-03 04:05:06+02'::timestamptz AS tz, '04:05:06'::time AS ti, '1 day'::interval AS iv, NULL::int AS nu, '0044-03-15 BC'::date AS bc, 'infinity'::timestamp AS tinf`
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
    await one(sql`SELECT ${[1, 2]}::int[]`),
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
    await later(() => sql`SELECT ${2n ** 70n}::int8`),
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
    await stored('numbers', [1, 2]),
    await stored('numbers', []),
    await stored('numbers', sql.array([1, 2], 'INT')),
    await stored('tags', sql.array(['x', null])),
    await stored('numbers', sql.array([3])),
    await stored('tags', [undefined]),
    await stored('numbers', new Int32Array([1, 2])),
  ],
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
    await stored('real4', 1.1),
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
    attempt(() => sql(undefined)),
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
  begin: async () => {
    const result = await sql.begin(async (tx) => {
      await tx`INSERT INTO users (name) VALUES ('tx1')`;
      const inner = (await tx`SELECT count(*)::int AS n FROM users WHERE name = 'tx1'`)[0].n;
      const outer = (await sql`SELECT count(*)::int AS n FROM users WHERE name = 'tx1'`)[0].n;
      return [inner, outer, typeof tx.savepoint, typeof tx.begin, tx === sql, tx instanceof SQL];
    });
    return [result, (await sql`DELETE FROM users WHERE name = 'tx1'`).count];
  },
  'begin, throws': async () => [
    await later(() =>
      sql.begin(async (tx) => {
        await tx`INSERT INTO users (name) VALUES ('tx2')`;
        throw new RangeError('mine');
      }),
    ),
    (await sql`SELECT count(*)::int AS n FROM users WHERE name = 'tx2'`)[0].n,
  ],
  'begin, a query fails': async () => [
    await later(() =>
      sql.begin(async (tx) => {
        await tx`INSERT INTO users (name) VALUES ('tx3')`;
        await tx`SELECT * FROM nope`;
      }),
    ),
    (await sql`SELECT count(*)::int AS n FROM users WHERE name = 'tx3'`)[0].n,
  ],
  'begin, a failure is caught': async () =>
    later(() =>
      sql.begin(async (tx) => {
        await tx`SELECT * FROM nope`.catch(() => {});
        return 5;
      }),
    ),
  'begin with options': async () => [
    await sql.begin('read only', (tx) => tx`SELECT 1 AS a`),
    await later(() => sql.begin('read only', (tx) => tx`INSERT INTO users (name) VALUES ('ro')`)),
    await sql.begin(
      'isolation level serializable',
      async (tx) => (await tx`SHOW transaction_isolation`)[0],
    ),
  ],
  'begin with an array': async () => sql.begin((tx) => [tx`SELECT 1 AS a`, tx`SELECT 2 AS b`]),
  'begin, wrong': async () => [
    await later(() => sql.begin()),
    await later(() => sql.begin('x')),
    await later(() => sql.begin(5)),
  ],
  'transaction is begin': async () => sql.transaction(async (tx) => (await tx`SELECT 7 AS a`)[0].a),
  savepoint: async () => {
    const result = await sql.begin(async (tx) => {
      await tx`INSERT INTO users (name) VALUES ('sp1')`;
      const error = await later(() =>
        tx.savepoint(async (sp) => {
          await sp`INSERT INTO users (name) VALUES ('sp2')`;
          throw new Error('inner');
        }),
      );
      const value = await tx.savepoint('named', async (sp) => {
        await sp`INSERT INTO users (name) VALUES ('sp3')`;
        return 5;
      });
      const failed = await later(() => tx.savepoint((sp) => sp`SELECT * FROM nope`));
      return [
        error,
        value,
        failed,
        await tx`SELECT name FROM users WHERE name LIKE 'sp%' ORDER BY name`,
      ];
    });
    return [result, (await sql`DELETE FROM users WHERE name LIKE 'sp%'`).count];
  },
  'a query of a transaction that is over': async () => {
    let kept;
    await sql.begin(async (tx) => {
      kept = tx;
      await tx`SELECT 1`;
    });
    return later(() => kept`SELECT 1`);
  },
  'begin inside begin': async () =>
    later(() => sql.begin(async (tx) => tx.begin(async (t2) => t2`SELECT 1 AS a`))),
  reserve: async () => {
    const reserved = await sql.reserve();
    const pids = [
      (await reserved`SELECT pg_backend_pid() AS p`)[0].p,
      (await reserved`SELECT pg_backend_pid() AS p`)[0].p,
    ];
    const tx = await reserved.begin(async (t) => (await t`SELECT pg_backend_pid() AS p`)[0].p);
    await reserved.release();
    return [
      pids[0] === pids[1],
      tx === pids[0],
      await later(() => reserved`SELECT 1`),
      typeof reserved.release,
      reserved instanceof SQL,
    ];
  },
  'begin distributed': async () => {
    await sql.beginDistributed('d1', async (tx) => {
      await tx`INSERT INTO users (name) VALUES ('dist')`;
    });
    const before = (await sql`SELECT count(*)::int AS n FROM users WHERE name = 'dist'`)[0].n;
    await sql.commitDistributed('d1');
    await sql.beginDistributed('d2', async (tx) => {
      await tx`INSERT INTO users (name) VALUES ('dist2')`;
    });
    await sql.rollbackDistributed('d2');
    return [before, (await sql`DELETE FROM users WHERE name LIKE 'dist%'`).count];
  },
  cancel: async () => {
    const q = sql`SELECT pg_sleep(30)`.execute();
    while (!q.active) await new Promise((resolve) => setTimeout(resolve, 1));
    setTimeout(() => q.cancel(), 50);
    const error = await later(() => q);
    return [error, q.cancelled];
  },
  'cancel before it started': async () => {
    const q = sql`SELECT 1`;
    q.cancel();
    return [await later(() => q), q.cancelled];
  },
  'listen and notify': async () => {
    const heard = [];
    let wake;
    const two = new Promise((resolve) => (wake = resolve));
    const subscription = await sql.listen('ch 1', (payload) => {
      heard.push(payload);
      if (heard.length === 2) wake();
    });
    await sql.notify('ch 1', 'hello');
    await sql.notify('ch 1');
    await two;
    await subscription.unlisten();
    return [heard, subscription.channel];
  },
  connections: async () => {
    const own = new SQL(url, { max: 2 });
    const [a, b] = await Promise.all([
      own`SELECT pg_backend_pid() AS p, pg_sleep(0.05)`,
      own`SELECT pg_backend_pid() AS p, pg_sleep(0.05)`,
    ]);
    const result = [
      typeof a[0].p,
      a[0].p !== b[0].p,
      own.options.max,
      (await own.connect()) === own,
    ];
    await own.close();
    return [...result, await later(() => own`SELECT 1`), await own.close()];
  },
  'max 1': async () => {
    const own = new SQL(url, { max: 1 });
    const results = await Promise.all(
      [1, 2, 3].map((n) => own`SELECT ${n}::int AS n, pg_backend_pid() AS p`),
    );
    await own.end();
    return [results.map(([row]) => row.n), new Set(results.map(([row]) => row.p)).size];
  },
  'close with a timeout': async () => {
    const own = new SQL(url);
    const slow = later(() => own`SELECT pg_sleep(30)`);
    await own`SELECT 1`;
    await own.close({ timeout: 0 });
    return slow;
  },
  dispose: async () => {
    const own = new SQL(url);
    await own`SELECT 1`;
    await own[Symbol.asyncDispose]();
    return later(() => own`SELECT 1`);
  },
  transform: async () => {
    const own = new SQL(url, { transform: SQL.camel });
    const result = [
      await own`SELECT 1 AS user_id, 2 AS plain`,
      SQL.toCamel('user_id'),
      SQL.fromCamel('userId'),
      SQL.toPascal('user_id'),
      SQL.toKebab('user_id'),
      SQL.fromKebab('user-id'),
      SQL.fromPascal('UserId'),
    ];
    await own.close();
    return result;
  },
  bigint: async () => {
    const own = new SQL(url, { bigint: true });
    const result =
      await own`SELECT 5::int8 AS a, 9007199254740993::int8 AS b, count(*) AS n FROM users WHERE id < 3`;
    await own.close();
    return result;
  },
  'prepare: false': async () => {
    const own = new SQL(url, { prepare: false });
    const result = await own`SELECT ${1}::int AS a, ${'x'}::text AS b, ${[1, 2]}::int[] AS c`;
    await own.close();
    return result;
  },
  'connection options': async () => {
    const own = new SQL(url, { connection: { application_name: 'cases' } });
    const result = [await own`SHOW application_name`];
    await own.close();
    const other = new SQL(`${url}${url.includes('?') ? '&' : '?'}application_name=by+url`);
    result.push(await other`SHOW application_name`);
    await other.close();
    return result;
  },
  'connection refused': async () => {
    const own = new SQL('postgres://u:p@127.0.0.1:1/x', { connectionTimeout: 5 });
    const result = await later(() => own`SELECT 1`);
    await own.close();
    return [result.code, result instanceof SQL.PostgresError];
  },
  'wrong database': async () => {
    const own = new SQL(url, { database: 'not_there' });
    const result = await later(() => own`SELECT 1`);
    await own.close();
    return result;
  },
  'onconnect and onclose': async () => {
    const seen = [];
    const own = new SQL(url, {
      max: 1,
      onconnect: (e) => seen.push(['connect', e]),
      onclose: (e) => seen.push(['close', e?.code]),
    });
    await own`SELECT 1`;
    await own.close();
    return seen;
  },
  urls: () =>
    [
      'postgres://u:p%40@h:1/d',
      'postgresql://h',
      'postgres://u@h/d?sslmode=require',
      'postgres://',
      'localhost:5432/mydb',
      'postgres://u@h/d?max=3&idle_timeout=5&connect_timeout=7',
      'postgres://[::1]:5/d',
      'postgres://u@/d?host=/tmp/s',
    ].map((text) =>
      attempt(() => {
        const { options } = new SQL(text);
        return Object.fromEntries(
          [
            'adapter',
            'hostname',
            'port',
            'username',
            'password',
            'database',
            'max',
            'idleTimeout',
            'connectionTimeout',
            'sslMode',
            'path',
          ].map((key) => [key, options[key]]),
        );
      }),
    ),
  options: () =>
    [
      { hostname: 'h', port: 5, username: 'u', password: 'p', database: 'd' },
      { host: 'h', user: 'u', pass: 'p', db: 'd' },
      { url: 'postgres://a:b@c/d', database: 'e' },
      { max: 0 },
      { max: 3.5 },
      { port: '77' },
      { idleTimeout: -1 },
      { adapter: 'nope' },
      { max: 'x' },
      { path: '/tmp/sock' },
      { prepare: false },
      { port: 99999 },
      { bigint: true },
    ].map((given) =>
      attempt(() => {
        const { options } = new SQL(given);
        return Object.fromEntries(
          [
            'adapter',
            'hostname',
            'port',
            'username',
            'password',
            'database',
            'max',
            'idleTimeout',
            'prepare',
            'path',
            'bigint',
          ].map((key) => [key, options[key]]),
        );
      }),
    ),
  'new SQL of wrong things': () => [
    attempt(() => new SQL('pg://x')),
    attempt(() => new SQL(5)),
    attempt(() => new SQL('http://x')),
    attempt(() => SQL('postgres://x') instanceof SQL),
  ],
};

const only = process.argv[2];
await runCases(cases, only);
await sql.close();
void shown;

// SPDX-License-Identifier: MIT
// Cases of `sql`: transactions, connections and options.
import { sql, SQL, postgres } from 'bun';
import { url, later, attempt } from './sql-support.mjs';

export const cases = {
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
    // The driver leaves its socket half open until the server is done, which keeps the process.
    const slow = later(() => own`SELECT pg_sleep(5)`);
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
    attempt(() => SQL('postgres://x') instanceof SQL),
  ],
};

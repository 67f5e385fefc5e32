// SPDX-License-Identifier: MIT
// `sql` and `SQL` beside Bun's, on the same PostgreSQL and on SQLite, on every version of Node; when
// it connects, and what it says without the package postgres.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '../../helpers/postgres.js';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile, type Ending } from '../process/program.js';
import { differences, NODES, resultsOfBun, resultsOfNode, type Results } from './compared.js';

const LOADER = `file://${join(root, 'dist', 'register.js')}`;
// What the environment of a developer has must not count.
const CLEAN = { USER: '', USERNAME: '', PGHOST: '', PGUSER: '', PGDATABASE: '', PGPASSWORD: '' };

let server: Postgres;
let bun: Results;
beforeAll(async () => {
  server = await startPostgres();
  bun = await resultsOfBun('sql-cases.mjs', { ...CLEAN, DATABASE_URL: server.url });
});
afterAll(() => server.stop());

test.each(NODES)('PostgreSQL, on Node %i', async (major) => {
  const env = { ...CLEAN, DATABASE_URL: server.url };
  const ours = await resultsOfNode(major, 'sql-cases.mjs', env);
  const found = differences(bun, ours);
  // Their lines in the program say why.
  const known = ['int4 arrays', 'float4', 'a bigint above int8'];
  expect(Object.entries(found).filter(([name]) => !known.includes(name))).toEqual([]);
  expect(ours.get('int4 arrays')).toEqual([
    [1, 2],
    { v: [], t: '{}' },
    { v: [1, null], t: '{1,NULL}' },
    { v: [1, 2], t: '{1,2}' },
    { v: [3], t: '{3}' },
    { v: [1, 2], t: '{1,2}' },
  ]);
  expect(ours.get('float4')).toEqual([0.1, { v: 1.1, t: '1.1' }]);
  expect(ours.get('a bigint above int8')).toMatchObject({ error: { errno: '22003' } });
  expect(bun.size).toBeGreaterThan(65);
});

test.each(NODES)('SQLite, on Node %i', async (major) => {
  const theirs = await resultsOfBun('sql-sqlite-cases.mjs', CLEAN);
  expect(differences(theirs, await resultsOfNode(major, 'sql-sqlite-cases.mjs', CLEAN))).toEqual(
    {},
  );
});

async function run(code: string, env: Record<string, string> = {}): Promise<Ending> {
  return withFolder({ 'main.mjs': code }, (folder) =>
    startFile([join(folder, 'main.mjs')], {
      flags: ['--import', LOADER],
      cwd: folder,
      env: { ...CLEAN, ...env },
    }).exit(),
  );
}

describe('the time zone of the machine does not matter', () => {
  test.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('%s', async (TZ) => {
    const code = `
      import { sql } from 'bun';
      const [row] = await sql\`SELECT '2024-07-01 12:00:00'::timestamp AS a, '2024-07-01'::date AS b, \${new Date(0)}::timestamp AS c\`;
      console.log(JSON.stringify(row));
      await sql.close();
    `;
    expect(await run(code, { DATABASE_URL: server.url, TZ })).toMatchObject({
      stderr: '',
      stdout:
        '{"a":"2024-07-01T12:00:00.000Z","b":"2024-07-01T00:00:00.000Z","c":"1970-01-01T00:00:00.000Z"}\n',
    });
  });
});

describe('when it connects', () => {
  test('importing sql needs no server and no settings', async () => {
    const code = `import { sql, SQL, postgres } from 'bun'; console.log(typeof sql, typeof SQL, sql === postgres);`;
    const ending = await run(code, { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/x' });
    expect(ending).toMatchObject({ code: 0, stderr: '', stdout: 'function function true\n' });
  });

  test('the first query reads the environment, which the program may have set', async () => {
    const code = `
      import { sql } from 'bun';
      process.env.DATABASE_URL = process.env.LATER;
      console.log((await sql\`SELECT 5 AS a\`)[0].a);
      await sql.close();
    `;
    expect(await run(code, { LATER: server.url })).toMatchObject({ stderr: '', stdout: '5\n' });
  });

  test('MySQL is refused by name, where it is used', async () => {
    const code = `
      import { sql, SQL } from 'bun';
      for (const use of [() => sql\`SELECT 1\`, () => new SQL('mysql://u@h/d'), () => new SQL({ adapter: 'mariadb' })]) {
        try { use(); } catch (error) { console.log(error.code, error.message); }
      }
    `;
    const { stdout } = await run(code, { DATABASE_URL: 'mysql://nobody@127.0.0.1:1/x' });
    expect(stdout.trim().split('\n')).toEqual(
      ['mysql', 'mysql', 'mariadb'].map(
        (name) =>
          `ERR_BUNSERVE_NOT_SUPPORTED The adapter "${name}" of SQL is not supported by bunserve. ` +
          'PostgreSQL and SQLite are; for MySQL use the package mysql2.',
      ),
    );
  });

  test('a pool that is idle does not keep what else is open from ending', async () => {
    const code = `
      import { SQL } from 'bun';
      const sql = new SQL(process.env.DATABASE_URL, { idleTimeout: 1 });
      console.log((await sql\`SELECT 1 AS a\`)[0].a);
    `;
    // The process ends by itself once the connection was closed.
    expect(await run(code, { DATABASE_URL: server.url })).toMatchObject({ code: 0, stdout: '1\n' });
  });
});

test('without the packages the error is one line with the cure', async () => {
  const code = `
    import { sql } from 'bun';
    import { Database } from 'bun:sqlite';
    for (const use of [() => sql\`SELECT 1\`, () => new Database(':memory:')]) {
      await Promise.resolve().then(use).then((v) => console.log(typeof v), (e) => console.log(e.code, e.message));
    }
  `;
  await withFolder({ 'main.mjs': code }, async (folder) => {
    // The package as it is installed, beside nothing but what it depends on.
    const own = join(folder, 'node_modules', 'bunserve');
    mkdirSync(join(own, 'build', 'Release'), { recursive: true });
    cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true });
    cpSync(
      join(root, 'build', 'Release', 'bunserve.node'),
      join(own, 'build', 'Release', 'bunserve.node'),
    );
    writeFileSync(join(own, 'package.json'), readFileSync(join(root, 'package.json')));
    cpSync(
      join(root, 'node_modules', 'node-gyp-build'),
      join(folder, 'node_modules', 'node-gyp-build'),
      { recursive: true },
    );
    const ending = await startFile([join(folder, 'main.mjs')], {
      flags: ['--import', 'bunserve/register'],
      cwd: folder,
      env: { ...CLEAN, DATABASE_URL: 'postgres://127.0.0.1:1/x' },
    }).exit();
    const hasSqlite = process.getBuiltinModule('node:sqlite') !== undefined;
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(ending.stdout.trim().split('\n')).toEqual([
      'ERR_BUNSERVE_MISSING_PEER sql needs the package postgres. Install it: npm install postgres',
      hasSqlite
        ? 'object'
        : 'ERR_BUNSERVE_MISSING_PEER bun:sqlite on this version of Node needs the package ' +
          'better-sqlite3. Install it: npm install better-sqlite3@12',
    ]);
  });
});

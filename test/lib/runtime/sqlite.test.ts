// SPDX-License-Identifier: MIT
// `bun:sqlite` beside Bun's on every version of Node: with better-sqlite3 on Node 20, with
// node:sqlite on the others; and every way to ask for the module.
import { join } from 'node:path';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile, type Ending } from '../process/program.js';
import {
  differences,
  nodeFile,
  NODES,
  resultsOfBun,
  resultsOfNode,
  type Results,
} from './compared.js';

const PROGRAM = 'sqlite-cases.mjs';
const LOADER = `file://${join(root, 'dist', 'register.js')}`;

/** What the SQLite of a version cannot do; every other case is the same. */
const KNOWN: Record<number, readonly string[]> = {
  // better-sqlite3 is built without Tcl's names of parameters.
  20: ['named, tcl name'],
  // Text is read up to its first NUL; there is no serialize().
  22: ['binds nul', 'binds nul in an object', 'serialize during a transaction'],
};

let bun: Results;
beforeAll(async () => {
  bun = await resultsOfBun(PROGRAM);
});

test.each(NODES)('the cases on Node %i', async (major) => {
  const found = differences(bun, await resultsOfNode(major, PROGRAM));
  const known = KNOWN[major] ?? [];
  const unexpected = Object.entries(found).filter(([name]) => !known.includes(name));
  expect(unexpected).toEqual([]);
  expect(Object.keys(found).sort()).toEqual([...known].sort());
  expect(bun.size).toBeGreaterThan(250);
});

const USE = (module: string): string => `
  const db = new ${module}.Database(':memory:');
  console.log(JSON.stringify(db.query('SELECT typeof(?) AS t, ? AS v').get(5, 'x')));
`;
const used = { code: 0, stderr: '', stdout: '{"t":"integer","v":"x"}\n' };

describe.each(NODES)('ways to ask for it on Node %i', (major) => {
  async function run(files: Record<string, string>, main = 'main.mjs'): Promise<Ending> {
    const node = await nodeFile(major);
    return withFolder(files, (folder) =>
      startFile([join(folder, main)], { node, flags: ['--import', LOADER], cwd: folder }).exit(),
    );
  }

  test.each([
    ['import', `import * as m from 'bun:sqlite'; ${USE('m')}`],
    ['import of the default', `import Database from 'bun:sqlite'; ${USE('({ Database })')}`],
    ['import()', `const m = await import('bun:sqlite'); ${USE('m')}`],
    [
      'import() of a variable',
      `const name = 'bun:' + 'sqlite'; const m = await import(name); ${USE('m')}`,
    ],
    [
      'createRequire',
      `import { createRequire } from 'node:module'; const m = createRequire(import.meta.url)('bun:sqlite'); ${USE('m')}`,
    ],
  ])('%s', async (_, code) => {
    // The packages of the checkout are found beside bunserve.
    expect(await run({ 'main.mjs': code })).toMatchObject(used);
  });

  test('require() in CommonJS', async () => {
    const code = `const m = require('bun:sqlite'); ${USE('m')}`;
    expect(await run({ 'main.cjs': code }, 'main.cjs')).toMatchObject(used);
  });

  test('a module of the program', async () => {
    const files = {
      'main.mjs': "import './lib/db.mjs';",
      'lib/db.mjs': `import * as m from 'bun:sqlite'; ${USE('m')}`,
    };
    expect(await run(files)).toMatchObject(used);
  });
});

test('bunserve/sqlite needs no hooks', async () => {
  const code = `const m = await import('bunserve/sqlite'); ${USE('m')}`;
  const ending = startFile(['--input-type=module', '--eval', code], { cwd: root }).exit();
  expect(await ending).toMatchObject(used);
});

test('a database file is closed when the last statement was forgotten or ended', async () => {
  const code = `
    import { Database } from 'bun:sqlite';
    import { readdirSync, readlinkSync } from 'node:fs';
    const isOpen = () => readdirSync('/proc/self/fd').some((fd) => {
      try { return readlinkSync('/proc/self/fd/' + fd).endsWith('a.db'); } catch { return false; }
    });
    const seen = [];
    const db = new Database('a.db');
    db.run('CREATE TABLE a (x)');
    seen.push(isOpen());
    db.close();
    seen.push(isOpen());
    const other = new Database('a.db');
    const statement = other.prepare('SELECT * FROM a');
    statement.all();
    other.close();
    seen.push(isOpen());
    statement.finalize();
    seen.push(isOpen());
    const third = new Database('a.db');
    (() => { third.prepare('SELECT * FROM a').all(); })();
    third.close();
    while (isOpen()) { await new Promise(setImmediate); gc(); }
    seen.push(isOpen());
    console.log(JSON.stringify(seen));
  `;
  for (const major of NODES) {
    const node = await nodeFile(major);
    const ending = await withFolder({ 'main.mjs': code }, (folder) =>
      startFile([join(folder, 'main.mjs')], {
        node,
        flags: ['--expose-gc', '--import', LOADER],
        cwd: folder,
      }).exit(),
    );
    expect([major, ending]).toEqual([
      major,
      { code: 0, signal: null, stderr: '', stdout: '[true,false,true,false,false]\n' },
    ]);
  }
});

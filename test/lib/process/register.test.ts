// SPDX-License-Identifier: MIT
// `bunserve/register`: globalThis.Bun, the fast classes as globals, and the module `bun`, in every
// way a program can ask for it.
import { join } from 'node:path';
import { withFolder } from '../../helpers/folder.js';
import { root, runProgram, startFile, type Ending } from './program.js';

const REGISTER = ['--import', 'bunserve/register', '--no-warnings'];
const LOADER = `file://${join(root, 'dist', 'register.js')}`;

/** Runs main.mjs (or another file) of a folder with `register` loaded first. */
async function run(files: Record<string, string>, main = 'main.mjs'): Promise<Ending> {
  return withFolder(files, (folder) =>
    startFile([join(folder, main)], {
      flags: ['--import', LOADER, '--no-warnings'],
      cwd: folder,
    }).exit(),
  );
}

const SERVE = (bun: string): string => `
  const server = ${bun}.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') });
  fetch(server.url).then((r) => r.text()).then((text) => { console.log(text); return server.stop(true); });
`;
const served = { code: 0, stderr: '', stdout: 'hello\n' };

test('what it installs', async () => {
  const ending = await runProgram(
    `
    import * as own from 'bunserve';
    const { Response: R, Request: Q, Headers: H } = globalThis;
    report({
      bun: [typeof Bun.serve, typeof Bun.file, Object.keys(globalThis).includes('Bun')],
      classes: [R === own.Response, Q === own.Request, H === own.Headers],
      native: [await fetch('data:,x') instanceof R, new R('x') instanceof R, new H() instanceof H],
      types: [typeof fetch, typeof FormData],
    });
  `,
    { flags: REGISTER },
  );
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ending.stdout)).toEqual({
    bun: ['function', 'function', false],
    classes: [true, true, true],
    native: [true, true, true],
    types: ['function', 'function'],
  });
});

test('imported by the program itself, twice', async () => {
  const ending = await runProgram(`
    await import('bunserve/register');
    await import('bunserve/register');
    ${SERVE('Bun')}
  `);
  expect(ending).toMatchObject(served);
});

describe('the module `bun`', () => {
  test.each([
    ['import { serve }', `import { serve } from 'bun'; const bun = { serve }; ${SERVE('bun')}`],
    ['import Bun', `import Bun from 'bun'; ${SERVE('Bun')}`],
    ['import * as', `import * as bun from 'bun'; ${SERVE('bun')}`],
    ['import()', `const bun = await import('bun'); ${SERVE('bun')}`],
    [
      'import() of a variable',
      `const name = 'b' + 'un'; const bun = await import(name); ${SERVE('bun')}`,
    ],
    [
      'createRequire',
      `import { createRequire } from 'node:module'; const bun = createRequire(import.meta.url)('bun'); ${SERVE('bun')}`,
    ],
    ['the global', SERVE('Bun')],
    ['globalThis', SERVE('globalThis.Bun')],
  ])('%s', async (_, code) => {
    expect(await run({ 'main.mjs': code })).toMatchObject(served);
  });

  test('require() in CommonJS', async () => {
    const code = `const { serve } = require('bun'); const bun = { serve }; ${SERVE('bun')}`;
    expect(await run({ 'main.cjs': code }, 'main.cjs')).toMatchObject(served);
  });

  test.each([
    ['a module of the program', "import './lib/inner.mjs';"],
    ['one that is imported late', "await import('./lib/inner.mjs');"],
    ['one behind two others', "import './lib/outer.mjs';"],
    [
      'one reached by require()',
      "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./lib/inner.cjs');",
    ],
    ['a package', "import 'pkg';"],
  ])('from %s', async (_, code) => {
    const files = {
      'main.mjs': code,
      'lib/outer.mjs': "export * from './inner.mjs';",
      'lib/inner.mjs': `import { serve } from 'bun'; const bun = { serve }; ${SERVE('bun')}`,
      'lib/inner.cjs': `const bun = require('bun'); ${SERVE('bun')}`,
      'node_modules/pkg/package.json':
        '{ "name": "pkg", "type": "module", "exports": "./index.js" }',
      'node_modules/pkg/index.js': `import { serve } from 'bun'; const bun = { serve }; ${SERVE('bun')}`,
    };
    expect(await run(files)).toMatchObject(served);
  });

  test('other specifiers are left alone', async () => {
    const code = `
      const results = [];
      for (const name of ['bun-not-there', './bun', 'buns']) await import(name).catch((e) => results.push(e.code));
      console.log(results.join());
    `;
    const missing = 'ERR_MODULE_NOT_FOUND';
    expect((await run({ 'main.mjs': code })).stdout).toBe(`${missing},${missing},${missing}\n`);
  });

  test('in a worker thread', async () => {
    const code = `
      import { Worker } from 'node:worker_threads';
      new Worker(new URL('./worker.mjs', import.meta.url));
    `;
    const worker = `import { serve } from 'bun'; const bun = { serve }; ${SERVE('bun')}`;
    expect(await run({ 'main.mjs': code, 'worker.mjs': worker })).toMatchObject(served);
  });
});

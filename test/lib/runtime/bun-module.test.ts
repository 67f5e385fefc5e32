// SPDX-License-Identifier: MIT
// The module `bun` and the global `Bun` beside Bun's, on every version of Node; what is not there
// says so where it is used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile } from '../process/program.js';
import {
  differences,
  nodeFile,
  NODES,
  resultsOfBun,
  resultsOfNode,
  type Results,
} from './compared.js';

const PROGRAM = 'bun-cases.mjs';
const LOADER = `file://${join(root, 'dist', 'register.js')}`;

let bun: Results;
beforeAll(async () => {
  bun = await resultsOfBun(PROGRAM);
});

test.each(NODES)('the cases on Node %i', async (major) => {
  const found = differences(bun, await resultsOfNode(major, PROGRAM));
  // Argon2 is in Node from 24.7 on. The names are looked at below.
  const known = ['names of the module', ...(major < 24 ? ['password'] : [])];
  expect(Object.entries(found).filter(([name]) => !known.includes(name))).toEqual([]);
  expect(Object.keys(found).sort()).toEqual(known.sort());
});

test("every name of Bun's module, and four of ours", async () => {
  const ours = await resultsOfNode(NODES[0] as number, PROGRAM);
  const [theirNames, ownNames] = [bun, ours].map(
    (one) => one.get('names of the module') as string[],
  );
  const extra = ['BunFile', 'BunRequest', 'Server', 'default'];
  expect(ownNames?.filter((name) => !extra.includes(name))).toEqual(theirNames);
  expect(ownNames).toEqual(expect.arrayContaining(extra));
});

/** Runs a program with the runtime; what it prints. */
async function output(code: string, major = NODES[0] as number): Promise<string> {
  const node = await nodeFile(major);
  const ending = await withFolder({ 'main.mjs': code }, (folder) =>
    startFile([join(folder, 'main.mjs')], {
      node,
      flags: ['--import', LOADER],
      cwd: folder,
    }).exit(),
  );
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  return ending.stdout;
}

describe('what is not provided', () => {
  test('can be imported, printed, awaited and compared, not used', async () => {
    const code = `
      import * as bun from 'bun';
      import { inspect } from 'node:util';
      import { spawn, Glob, TOML, $, peek } from 'bun';
      const attempt = async (use) => { try { await use(); return 'done'; } catch (e) { return e.code + ' ' + e.message; } };
      const harmless = await Promise.all(Object.values(bun).map(async (v) => [await v, typeof v, inspect(v), v === v, Object.is(v, 1)].length));
      console.log(harmless.every((n) => n === 5));
      for (const use of [() => spawn(['ls']), () => new Glob('*'), () => TOML.order('1', '2'), () => $\`ls\`, () => Bun.redis.get('x'), () => peek(1), () => { Bun.s3.x = 1; }, () => Bun.stringWidth('x')]) console.log(await attempt(use));
      await Promise.all([import('bun'), spawn, TOML]);
    `;
    const text = (name: string): string =>
      `ERR_BUNSERVE_NOT_PROVIDED Bun.${name} is not provided by bunserve.`;
    const names = ['spawn', 'Glob', 'TOML', '$', 'redis', 'peek', 's3', 'stringWidth'];
    expect((await output(code)).trim().split('\n')).toEqual(['true', ...names.map(text)]);
  });

  test('README has every name in the right list', async () => {
    const code = `
      const isThere = (value) => { try { void value?.x; return true; } catch (error) { return error.code !== 'ERR_BUNSERVE_NOT_PROVIDED'; } };
      const names = Object.getOwnPropertyNames(Bun);
      console.log(JSON.stringify([true, false].map((wanted) => names.filter((name) => isThere(Bun[name]) === wanted).sort())));
    `;
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, section = ''] = readme.split("### Names of Bun's module\n");
    const lists = [...section.matchAll(/: `([^`]+)`/g)].slice(0, 2);
    const written = lists.map(([, names]) => names?.split(/\s+/).sort());
    expect(written).toEqual(JSON.parse(await output(code)));
  });

  test('programs may put their own in place', async () => {
    const code = `Bun.TOML = { order: () => 5 }; Bun.sleep = () => 7; console.log(Bun.TOML.order(), Bun.sleep(), { ...Bun }.TOML.order());`;
    expect(await output(code)).toBe('5 7 5\n');
  });
});

describe('what is loaded late', () => {
  const LOADED = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url.split('/').pop()); return next(url, context); } });
  `;

  test('importing names loads nothing; using one loads its file', async () => {
    const code = `${LOADED}
      const { sleep, escapeHTML, hash } = await import('bun');
      const before = loaded.filter((name) => name === 'bun-late.js').length;
      const value = [typeof sleep, typeof hash];
      const still = loaded.filter((name) => name === 'bun-late.js').length;
      escapeHTML('<');
      console.log(before, still, loaded.filter((name) => name === 'bun-late.js').length, ...value);
    `;
    expect(await output(code, 24)).toBe('0 0 1 function function\n');
  });

  test('classes can be constructed, extended and tested for', async () => {
    const code = `
      class Mine extends Bun.CryptoHasher { mine() { return 5; } }
      const mine = new Mine('sha256');
      console.log(mine.mine(), mine instanceof Bun.CryptoHasher, mine instanceof Mine, Bun.CryptoHasher.name, typeof Bun.CryptoHasher.hash);
    `;
    expect(await output(code)).toBe('5 true true CryptoHasher function\n');
  });
});

// SPDX-License-Identifier: MIT
// TypeScript, JSX, data files and the way modules are found, beside Bun on every version of Node. The
// programs are in test/fixtures/runtime.
import { join } from 'node:path';
import { root } from '../process/program.js';
import { differences, NODES, resultsOfBun, resultsOfNode } from './compared.js';
import { run } from './run-program.js';

const fixtures = join(root, 'test', 'fixtures', 'runtime');

describe.each(['typescript', 'decorators-legacy', 'decorators'])('%s', (name) => {
  const program = join(fixtures, name, 'main.ts');
  const bun = resultsOfBun(program);

  test.each(NODES)('on Node %i', async (major) => {
    expect((await bun).size).toBeGreaterThan(2);
    expect(differences(await bun, await resultsOfNode(major, program))).toEqual({});
  });
});

describe.each(NODES)('on Node %i', (major) => {
  test('a mistake is shown with its place, and the exit code is 1', async () => {
    const files = { 'main.ts': "import './other';", 'other.ts': 'const a = 1;\nlet b: = 2;\nb;\n' };
    const { code, stderr } = await run(files, 'main.ts', { major });
    expect(code).toBe(1);
    expect(stderr).toContain('SyntaxError: ');
    expect(stderr).toContain('  2 | let b: = 2;\n    |        ^\n');
    expect(stderr).toContain('/other.ts:2:8');
  });

  test('what ES modules import that require() leads to', async () => {
    const files = {
      'main.cjs':
        'console.log({ ...require("./a") }, { ...require("./e.mjs") }, require("./f").f);',
      'a.ts':
        'import { b } from "./b"; import d from "./d.toml"; import j from "./j.json";\nexport * from "./c"; export const a: string = b + d.x + j.y;',
      'b.ts': 'export const b: string = "b";',
      'c.ts': 'import { serve } from "bun"; export const c: string = typeof serve;',
      'd.toml': 'x = 1',
      'j.json': '{ "y": 2 }',
      'e.mjs':
        'import { file } from "bun"; import { b } from "./b"; export const e = b + typeof file;',
      'f.ts': 'import { a } from "./a"; export const f: string = a;',
    };
    const { code, stdout, stderr } = await run(files, 'main.cjs', { major });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe("{ a: 'b12', c: 'function' } { e: 'bfunction' } b12\n");
  });

  test('what they import is evaluated in order, or not at all', async () => {
    const files = {
      'main.cjs': 'try { require("./m.mjs"); } catch (error) { console.log(error.code); }',
      'm.mjs': 'import "./setup.mjs"; import { b } from "./b"; console.log(b);',
      'setup.mjs': 'globalThis.ready = "ready";',
      'b.ts': 'console.log((globalThis as any).ready); export const b: string = "b";',
    };
    const { stdout } = await run(files, 'main.cjs', { major });
    expect(stdout).toBe(major < 22 ? 'ERR_MODULE_NOT_FOUND\n' : 'ready\nb\n');
  });

  test('import() in CommonJS that was required', async () => {
    const files = {
      'main.ts': 'import "node:fs"; const { load } = require("./load.cjs"); load();',
      'main.cjs': 'require("./load.cjs").load();',
      'load.cjs': 'exports.load = () => import("bun").then((m) => console.log(typeof m.serve));',
    };
    for (const main of ['main.ts', 'main.cjs']) {
      const { code, stdout } = await run(files, main, { major });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'function\n' });
    }
  });

  test('the stack of an uncaught error names lines of the source', async () => {
    const code = `interface A {\n  a: string;\n}\nenum B { X }\nfunction fail(a: A): never {\n  throw new Error(a.a + B.X);\n}\nfail({ a: 'it ' });\n`;
    const ending = await run({ 'main.ts': code }, 'main.ts', { major });
    expect(ending.code).toBe(1);
    expect(ending.stderr).toContain('it 0');
    expect(ending.stderr).toMatch(/main\.ts:6:9/);
    expect(ending.stderr).toMatch(/main\.ts:8:1/);
  });

  test('TypeScript in node_modules; CommonJS and modules of both kinds', async () => {
    const files = {
      'main.ts': `
        import { first } from 'typed';
        import { deep } from 'typed/lib/deep';
        import old from 'old';
        const again = require('old');
        console.log(JSON.stringify([first as number, deep, old.kind, again === old]));`,
      'node_modules/typed/package.json': '{ "main": "src/index.ts" }',
      'node_modules/typed/src/index.ts': "export { first } from './first';",
      'node_modules/typed/src/first.ts': 'export const first: number = 1;',
      'node_modules/typed/lib/deep.ts': "export const deep = 'deep' as string;",
      'node_modules/old/package.json': '{ "main": "./main" }',
      'node_modules/old/main.ts':
        "import type { A } from 'x'; const a: A = 1; module.exports = { kind: 'cts' };",
    };
    const { stdout, stderr } = await run(files, 'main.ts', { major });
    expect({ stdout, stderr }).toEqual({ stdout: '[1,"deep","cts",true]\n', stderr: '' });
  });

  test('scripts that lean on Bun', async () => {
    const files = {
      'main.mjs': `#!/usr/bin/env bun
        import { where } from './plain.js';
        import element from './element.js';
        console.log(JSON.stringify([import.meta.dir, import.meta.main, where, element, require('./common.cjs')]));`,
      'plain.js': "export const where = [import.meta.file, typeof require('fs').readFileSync];",
      'element.js': "const h = (n) => n; /** @jsx h */ export default <b>{'x'}</b>;",
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
      'common.cjs': 'module.exports = __filename.length > 3;',
      'package.json': '{ "type": "module" }',
    };
    const { stdout, stderr } = await run(files, 'main.mjs', { major });
    expect(stderr).toBe('');
    expect(stdout).toBe('["",true,["plain.js","function"],"b",true]\n');
  });
});

describe('errors that name their cure', () => {
  test('a kind of file that is not provided', async () => {
    const { code, stderr } = await run({ 'main.ts': "import './a.yaml';", 'a.yaml': 'a: 1' });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Importing .yaml files is not provided by bunserve. ' +
        'Its text: import text from "./a.yaml" with { type: "text" }',
    );
  });

  test('JSON and TOML that are none', async () => {
    for (const [name, text] of [
      ['a.json', '{ "a": }'],
      ['a.toml', 'a = '],
      ['a.jsonc', '{ "a": 1 } x'],
    ] as const) {
      const { code, stderr } = await run({ 'main.ts': `import './${name}';`, [name]: text });
      expect(code).toBe(1);
      expect(stderr).toContain(`SyntaxError: /${name}: `);
    }
  });

  test('a tsconfig.json that is none, or in a circle', async () => {
    const broken = await run({ 'main.ts': '1;', 'tsconfig.json': '{ "a" }' });
    expect(broken).toMatchObject({ code: 1 });
    expect(broken.stderr).toContain('SyntaxError: /tsconfig.json: ');
    const circle = await run({ 'main.ts': '1;', 'tsconfig.json': '{ "extends": "./tsconfig" }' });
    expect(circle.stderr).toContain('a circle of tsconfig.json files');
    const missing = await run({ 'main.ts': '1;', 'tsconfig.json': '{ "extends": "./base" }' });
    expect(missing.stderr).toContain('/tsconfig.json: extends "./base", which is not there');
  });

  test('no oxc-transform', async () => {
    const hide = `data:text/javascript,import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === 'oxc-transform') throw Object.assign(new Error('gone'), { code: 'MODULE_NOT_FOUND' });
        return next(name, context); } });`;
    const flags = ['--import', hide.replaceAll('\n', ' ')];
    const { code, stderr } = await run({ 'main.ts': '1;' }, 'main.ts', { major: 24, flags });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'TypeScript (or JSX) needs the package oxc-transform. Install it: npm install oxc-transform',
    );
  });
});

test('a program without TypeScript loads nothing of it', async () => {
  const files = {
    'main.mjs': `
      import { existsSync } from 'node:fs';
      import './other.mjs';
      const { Server } = await import('bun');
      const loaded = process.report.getReport().sharedObjects.filter((file) => file.includes('oxc'));
      console.log(loaded.length, typeof Server);`,
    'other.mjs': '',
  };
  for (const major of NODES) {
    expect(await run(files, 'main.mjs', { major })).toEqual({
      code: 0,
      stdout: '0 function\n',
      stderr: '',
    });
  }
});

test("the error page shows where in the source it was, which Node's stack says already", async () => {
  const files = {
    'main.ts': `
class Failure extends Error { override name = 'Failure'; }
interface Unused { one: 1 }
function load(id: string): never { throw new Failure('no ' + id); }

const server = Bun.serve({ port: 0, development: true, fetch: (req) => load(req.method) });
const headers = { accept: 'application/json' };
const { error } = await (await fetch(server.url, { headers })).json();
console.log(JSON.stringify(error.frames.slice(0, 2)));
server.stop();
`,
  };
  const { stdout } = await run(files);
  const [load, handler] = JSON.parse(stdout) as {
    file: string;
    line: number;
    source: { lines: string[] };
  }[];
  expect(load).toMatchObject({ call: 'load', file: 'main.ts', line: 4, column: 42 });
  expect(load?.source.lines).toContain(files['main.ts'].split('\n')[3]);
  expect(handler).toMatchObject({ file: 'main.ts', line: 6 });
});

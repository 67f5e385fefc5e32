// SPDX-License-Identifier: MIT
// Programs of one file that Node 20 runs without its loader thread: which they are, and that nobody
// can tell from what they do. Later versions have no such thread, and none is loaded in this way.
import { join } from 'node:path';
import { directEntry } from '#lib/runtime/direct-entry.js';
import { withFolder } from '../../helpers/folder.js';
import { type Output, run } from './run-program.js';

const directly = /^20\.[2-9]\d/.test(process.versions.node) ? 'directly\n' : 'by hooks\n';

// Node's frames tell who loads a module.
const tell = 'console.log(/ModuleJobSync/.test(new Error().stack + "") ? "directly" : "by hooks");';
const serve = 'import { serve } from "bun";';

const only = (code: string): string => `${code}\n${tell}\n`;

test.each([
  ['TypeScript', 'a.ts', 'const a: number = 1; a;'],
  ['bun', 'a.ts', `${serve} serve;`],
  ['modules', 'a.mjs', `// Why\nimport a, {\n  file,\n} from 'bun'\n${serve}a, file;`],
  ['a licence', 'a.ts', `/*! * Mine **/\n/** Main. */ ${serve} serve;`],
  ['a directive', 'a.mjs', `'use strict'; // Why\n${serve} serve;`],
  ['built in', 'a.mts', 'import fs from "node:fs"; import("fs"); fs;'],
  ['import.meta', 'a.ts', `${serve} serve; import.meta.main;`],
  ['text of others', 'a.ts', `${serve} serve; 'from "fs"';`],
  ['elements', 'a.tsx', '/** @jsxRuntime classic @jsx h */\nconst h = () => 1; <a />;'],
])('is loaded directly: %s', async (_, main, code) => {
  expect(await run({ [main]: only(code) }, main)).toEqual({
    code: 0,
    stdout: directly,
    stderr: '',
  });
});

test.each<[string, string, Record<string, string>]>([
  ['another file', 'a.ts', { 'a.ts': 'import "./b.mjs";', 'b.mjs': '' }],
  ['itself', 'a.ts', { 'a.ts': 'import * as a from "./a.ts"; a;' }],
  ["a name with '", 'a.ts', { 'a.ts': `import "./b's.ts";`, "b's.ts": '' }],
  ['an attribute', 'a.mjs', { 'a.mjs': 'import a from "./a.mjs" with { type: "text" };' }],
  ['import() of what is ours', 'a.ts', { 'a.ts': 'import("bun");' }],
  ['resolve', 'a.ts', { 'a.ts': 'const { resolve } = import.meta; resolve("bun");' }],
  ['text of ours', 'a.ts', { 'a.ts': `${serve} serve, \`\n${serve}\n\`;` }],
  ['no need', 'a.mjs', { 'a.mjs': 'import "fs";' }],
])('is loaded by hooks, or not at all: %s', async (_, main, files) => {
  const ending = await run({ ...files, [main]: only(files[main] as string) }, main);
  expect(ending).toEqual({ code: 0, stdout: 'by hooks\n', stderr: '' });
});

test.each([
  ['NODE_PRESERVE_SYMLINKS', '1'],
  ['NODE_PRESERVE_SYMLINKS_MAIN', '1'],
  ['NODE_OPTIONS', '--import data:text/javascript,'],
  ['NODE_OPTIONS', '"--require" "node:fs"'],
  ['NODE_OPTIONS', '-r fs'],
])('is loaded by hooks: %s=%s', async (name, value) => {
  const ending = await run({ 'a.ts': only(serve) }, 'a.ts', { env: { [name]: value } });
  expect(ending).toEqual({ code: 0, stdout: 'by hooks\n', stderr: '' });
});

async function codeOf(main: string, files: Record<string, string>): Promise<string | undefined> {
  return withFolder(files, (folder) => Promise.resolve(directEntry(join(folder, main))?.code));
}

describe('needs the hooks', () => {
  test.each<[string, string]>([
    ['a package', 'import "hono";'],
    ['import() of anything', 'await import(name);'],
    ['import.meta.resolve', 'import.meta["resolve"]("bun"); import "bun";'],
    ['require() of the program', 'import "bun"; const { a } = require("./a.cjs");'],
    ['a worker', 'import "bun"; new Worker("./b.ts");'],
    ['eval', 'import "bun"; eval("im" + "port(a)");'],
    ['an attribute', 'import "bun" with { a: "b" };'],
    ['what a comment of another end hides', `//\u2028globalThis.s=\`\n${serve}\n\`;`],
    ['text of ours, first', `\`\n${serve}\n\`;`],
    ['a comment of ours', `/*\n${serve}\n*/`],
    ['require()', 'const a = require("fs");\nexport default a;'],
  ])('%s', async (_, code) => {
    expect(await codeOf('a.mjs', { 'a.mjs': code })).toBeUndefined();
  });

  test('no entry of ours', async () => {
    expect(await codeOf('a.js', { 'a.js': '' })).toBeUndefined();
  });
});

/** The same program: as it is, and with a worker in its text, which only the hooks may run. */
async function bothWays(code: string): Promise<[Output, Output]> {
  return [await run({ 'main.ts': code }), await run({ 'main.ts': `${code}\n({ Worker: 0 });\n` })];
}

test.each([
  ['awaits', 'const a: number = await Promise.resolve(7); console.log(a, Bun.main);'],
  ['import.meta', 'console.log(import.meta.main, import.meta.dir, import.meta.url.slice(0, 5));'],
  ['enum', 'enum A { x = 3 }\nconsole.log(A.x);'],
])('does the same: %s', async (_, code) => {
  const [direct, hooked] = await bothWays(code);
  expect(direct).toEqual(hooked);
  expect(direct).toMatchObject({ code: 0, stderr: '' });
  expect(direct.stdout).not.toBe('');
});

/** Without the frames of whoever loads modules. */
const mistake = ({ code, stderr }: Output): unknown => ({
  code,
  error: /^\w*Error: .*$/m.exec(stderr)?.[0],
  at: stderr.match(/\(?\/main\.ts:\d+:\d+\)?/g),
});

test.each([
  [
    'throws',
    'interface A { a: 1 }\nconst fail = (): never => {\n  throw new Error("it");\n};\nfail();',
  ],
  ['rejects', 'await Promise.reject(new Error("it"));'],
  ['throws nothing', 'throw null;'],
  [
    'throws as if it awaited',
    'throw Object.assign(new Error("it"), { code: "ERR_REQUIRE_ASYNC_MODULE" });',
  ],
  [
    'throws what is frozen',
    `${serve}\nthrow Object.freeze(new SyntaxError("it " + serve.length));`,
  ],
  ['throws later', '\nsetTimeout((): void => {\n  throw new Error("it");\n}, 1);'],
  [
    'misses an export',
    '// Where?\nimport { serve, nothing } from "bun";\nconsole.log(serve, nothing);',
  ],
])('fails the same: %s', async (_, code) => {
  const [direct, hooked] = await bothWays(code);
  expect(mistake(direct)).toEqual(mistake(hooked));
  expect(direct.code).toBe(1);
  expect(direct.stderr).not.toBe('');
});

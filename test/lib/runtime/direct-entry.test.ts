// SPDX-License-Identifier: MIT
// Programs of one file that Node 20 runs without its loader thread: which they are, and that nobody
// can tell from what they do. Later versions have no such thread, and none is loaded in this way.
import { join } from 'node:path';
import { directEntry } from '#lib/runtime/direct-entry.js';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const CLI = join(root, 'dist', 'cli.js');

interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `main` on the oldest version of Node. */
async function run(files: Record<string, string>, main = 'main.ts'): Promise<Ending> {
  const node = await nodeFile(NODES[0] as number);
  return withFolder(files, async (folder) => {
    const program = startFile([CLI, join(folder, main)], { node, cwd: folder });
    const { code, stdout, stderr } = await program.exit();
    const plain = (output: string): string => output.replaceAll(folder, '');
    return { code, stdout: plain(stdout), stderr: plain(stderr) };
  });
}

// Node's frames tell who loads a module.
const tell = 'console.log(/ModuleJobSync/.test(new Error().stack + "") ? "directly" : "by hooks");';
const serve = 'import { serve } from "bun";';

test.each<[string, string, Record<string, string>]>([
  ['TypeScript', 'a.ts', { 'a.ts': 'const a: number = 1; a;' }],
  ['bun', 'a.ts', { 'a.ts': `${serve} serve;` }],
  ['modules', 'a.mjs', { 'a.mjs': `// Why\nimport a, {\n  file,\n} from 'bun'\n${serve}a, file;` }],
  ['built in', 'a.mts', { 'a.mts': 'import fs from "node:fs"; import("fs"); fs;' }],
  ['beside JavaScript', 'a.ts', { 'a.ts': 'import "./b.mjs";', 'b.mjs': 'import "fs";' }],
  ['itself', 'a.ts', { 'a.ts': 'import * as a from "./a.ts"; a;' }],
  ['import.meta', 'a.ts', { 'a.ts': `${serve} serve; import.meta.main;` }],
  ['text of others', 'a.ts', { 'a.ts': `${serve} serve; 'from "fs"';` }],
  [
    'elements for a factory',
    'a.tsx',
    { 'a.tsx': '/** @jsxRuntime classic @jsx h */\nconst h = () => 1; <a />;' },
  ],
])('is loaded directly: %s', async (_, main, files) => {
  const ending = await run({ ...files, [main]: `${files[main]}\n${tell}\n` }, main);
  expect(ending).toEqual({ code: 0, stdout: 'directly\n', stderr: '' });
});

test.each<[string, string, Record<string, string>]>([
  ['another file of TypeScript', 'a.ts', { 'a.ts': 'import "./b.ts";', 'b.ts': '' }],
  ['a name without its ending', 'a.ts', { 'a.ts': 'import "./b";', 'b.mjs': '' }],
  ['the name of another ending', 'a.ts', { 'a.ts': 'import "./b.js";', 'b.ts': '' }],
  ['data', 'a.ts', { 'a.ts': 'import b from "./b.json"; b;', 'b.json': '1' }],
  ['JavaScript that leans on ours', 'a.ts', { 'a.ts': 'import "./b.mjs";', 'b.mjs': serve }],
  ['import() of what is ours', 'a.ts', { 'a.ts': 'import("bun");' }],
  ['text of ours', 'a.ts', { 'a.ts': `${serve} serve, \`\n${serve}\n\`;` }],
])('is loaded by hooks: %s', async (_, main, files) => {
  const ending = await run({ ...files, [main]: `${files[main]}\n${tell}\n` }, main);
  expect(ending).toEqual({ code: 0, stdout: 'by hooks\n', stderr: '' });
});

async function codeOf(main: string, files: Record<string, string>): Promise<string | undefined> {
  return withFolder(files, (folder) => Promise.resolve(directEntry(join(folder, main))?.code));
}

describe('needs the hooks', () => {
  test.each<[string, string]>([
    ['a package', 'import "hono";'],
    ['import() of anything', 'await import(name);'],
    ['import.meta.resolve', 'import.meta.resolve("bun");'],
    ['a worker', 'new Worker("./b.ts");'],
    ['text of ours, first', `\`\n${serve}\n\`;`],
    ['a comment of ours', `/*\n${serve}\n*/`],
    ['require()', 'const a = require("fs");\nexport default a;'],
  ])('%s', async (_, code) => {
    expect(await codeOf('a.mjs', { 'a.mjs': code })).toBeUndefined();
  });

  test('no entry of ours', async () => {
    expect(await codeOf('a.js', { 'a.js': '' })).toBeUndefined();
  });

  test.each(['--import=x', '--require x', '-r x', '--loader x', '--preserve-symlinks-main'])(
    'NODE_OPTIONS=%s',
    async (flag) => {
      const { NODE_OPTIONS } = process.env;
      process.env.NODE_OPTIONS = flag;
      try {
        expect(await codeOf('a.mjs', { 'a.mjs': serve })).toBeUndefined();
      } finally {
        if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
        else process.env.NODE_OPTIONS = NODE_OPTIONS;
      }
    },
  );
});

/** The same program: as it is, and with a worker in its text, which only the hooks may run. */
async function bothWays(code: string): Promise<[Ending, Ending]> {
  return [await run({ 'main.ts': code }), await run({ 'main.ts': `${code}\n({ Worker: 0 });\n` })];
}

test.each([
  ['awaits', 'const a: number = await Promise.resolve(7); console.log(a, Bun.main);'],
  ['imports itself', 'import * as me from "./main.ts"; export const a = 1; console.log(me);'],
  ['is imported again', 'export default 1; import("./main.ts").then(console.log);'],
  ['import.meta', 'console.log(import.meta.main, import.meta.dir, import.meta.url.slice(0, 5));'],
  ['enum', 'enum A { x = 3 }\nconsole.log(A.x);'],
])('does the same: %s', async (_, code) => {
  const [direct, hooked] = await bothWays(code);
  expect(direct).toEqual(hooked);
  expect(direct).toMatchObject({ code: 0, stderr: '' });
  expect(direct.stdout).not.toBe('');
});

/** Without the frames of whoever loads modules. */
const mistake = ({ code, stderr }: Ending): unknown => ({
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
  ['throws later', '\nsetTimeout((): void => {\n  throw new Error("it");\n}, 1);'],
  [
    'misses an export',
    '// Where?\nimport { serve, nothing } from "bun";\nconsole.log(serve, nothing);',
  ],
])('fails the same: %s', async (_, code) => {
  const [direct, hooked] = await bothWays(code);
  expect(mistake(direct)).toEqual(mistake(hooked));
  expect(direct.code).toBe(1);
  expect(direct.stderr).toMatch(/main\.ts:\d/);
});

// SPDX-License-Identifier: MIT
// Where programs see something else than in Bun, on purpose or for want of something: both sides of
// rows of DIVERGENCES.md, so that one that is no longer true is noticed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bunFile } from '../../helpers/bun-file.js';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const CLI = join(root, 'dist', 'cli.js');

interface Difference {
  readonly row: string;
  readonly files: Readonly<Record<string, string>>;
  /** What is printed, or what the error says. */
  readonly bun: string | RegExp;
  readonly ours: string | RegExp;
  /** How a program is written that runs the same in both. */
  readonly same?: readonly [code: string, output: string];
}

const imported = (name: string): string => `import value from './${name}'; console.log(value);`;
const asText = (name: string): string =>
  `import text from './${name}' with { type: 'text' }; console.log(text.trim());`;
const refused = (ending: string): RegExp =>
  new RegExp(`Importing \\.${ending} files is not provided by bunserve`);

const DIFFERENCES: readonly Difference[] = [
  {
    row: 'tsconfig-nearest',
    files: {
      'main.ts': "import { element } from './deep/part'; console.log(element);",
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "outer" } }',
      'deep/tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "inner" } }',
      'deep/part.tsx': `const outer = (name: string) => 'outer ' + name;
        const inner = (name: string) => 'inner ' + name;
        export const element = [<b />, outer, inner][0];`,
    },
    bun: 'outer b\n',
    ours: 'inner b\n',
  },
  {
    row: 'toml-dates',
    files: {
      'main.ts':
        "import { at } from './a.toml'; console.log(at instanceof Date, new Date(String(at)).getTime());",
      'a.toml': 'at = 2020-01-02T03:04:05Z',
    },
    bun: 'false 1577934245000\n',
    ours: 'true 1577934245000\n',
  },
  {
    row: 'merged-namespaces',
    files: {
      'main.ts':
        'namespace A { export const one = 1; } namespace A { export const two = one + 1; } console.log(A.two);',
    },
    bun: '2\n',
    ours: /ReferenceError: one is not defined/,
    same: [
      'namespace A { export const one = 1; } namespace A { export const two = A.one + 1; } console.log(A.two);',
      '2\n',
    ],
  },
  ...(
    [
      ['yaml', 'a: 1'],
      ['yml', 'a: 1'],
      ['json5', "{ a: 'b', }"],
      ['md', '# a'],
      ['css', '.a { top: 0 }'],
    ] as const
  ).map(([ending, text]): Difference => ({
    row: 'data-kinds',
    files: { 'main.ts': imported(`a.${ending}`), [`a.${ending}`]: text },
    bun: /./,
    ours: refused(ending),
    same: [asText(`a.${ending}`), `${text}\n`],
  })),
  {
    row: 'names-not-provided',
    files: {
      'main.ts':
        "import { Glob } from 'bun'; console.log(1); console.log([...new Glob('*.ts').scanSync('.')].length);",
    },
    bun: '1\n1\n',
    ours: /Bun\.Glob is not provided by bunserve/,
    same: ["import { Glob } from 'bun'; console.log(1); () => Glob;", '1\n'],
  },
];

async function output(
  command: readonly [string, ...string[]],
  files: Readonly<Record<string, string>>,
): Promise<string> {
  return withFolder(files, async (folder) => {
    const [node, ...args] = command;
    const ending = await startFile([...args, 'main.ts'], { node, cwd: folder }).exit();
    return ending.code === 0 ? ending.stdout : ending.stderr;
  });
}

const matching = (expected: string | RegExp): unknown =>
  typeof expected === 'string' ? expected : (expect.stringMatching(expected) as unknown);

test.each(DIFFERENCES.map((each) => [each.row, Object.keys(each.files).at(-1), each] as const))(
  '%s (%s)',
  async (_row, _file, { files, bun, ours, same }) => {
    expect(await output([bunFile()], files)).toEqual(matching(bun));
    for (const major of [NODES[0] as number, 24]) {
      const command = [await nodeFile(major), CLI] as const;
      expect(await output([...command], files)).toEqual(matching(ours));
      if (same === undefined) continue;
      const [code, expected] = same;
      expect(await output([...command], { ...files, 'main.ts': code })).toBe(expected);
    }
    if (same !== undefined) {
      expect(await output([bunFile()], { ...files, 'main.ts': same[0] })).toBe(same[1]);
    }
  },
);

test('types that are exported again need the word in both', async () => {
  const files = {
    'main.ts': "import { one } from './again'; console.log(one);",
    'types.ts': 'export interface T { a: 1 } export const one = 1;',
    'again.ts': "export { T, one } from './types';",
  };
  const mended = { ...files, 'again.ts': "export { type T, one } from './types';" };
  for (const command of [[bunFile()], [process.execPath, CLI]] as [string, ...string[]][]) {
    expect(await output(command, files)).toMatch(/SyntaxError: .*(?:export|'\.\/types'.*) '?T'?/);
    expect(await output(command, mended)).toBe('1\n');
  }
});

test('two-lengths', async () => {
  const code =
    'console.log(Bun.serve({ port: 0, development: true, fetch() { return undefined as any; } }).port);';
  await withFolder({ 'main.ts': code }, async (folder) => {
    for (const [command, count] of [
      [[bunFile()], 2],
      [[process.execPath, CLI], 1],
    ] as const) {
      const [node, ...args] = command;
      const program = startFile([...args, 'main.ts'], { node, cwd: folder });
      try {
        const url = `http://localhost:${await program.line()}/`;
        const { stdout } = await promisify(execFile)('curl', ['-si', url]);
        expect(stdout.match(/^content-length: 57\r$/gim)).toHaveLength(count);
        expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nWelcome to Bun! [\w ,]+\.$/);
      } finally {
        program.kill();
        await program.exit();
      }
    }
  });
});

// SPDX-License-Identifier: MIT
// The types by three compilers: the oldest we support, the one of this checkout, the newest.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../process/program.js';

const COMPILERS = ['typescript-5.4', 'typescript', 'typescript-newest'];
const FIXTURES = join(root, 'test', 'fixtures', 'types');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunserve-types-'));
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'bunserve'));
  for (const name of ['@types/node', 'undici-types']) link(name);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

function link(name: string): void {
  symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
}

/** What a compiler says of files of the folder: one line an error. */
async function compile(
  compiler: string,
  files: readonly string[],
  types: readonly string[],
  skipLibCheck: boolean,
): Promise<string[]> {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, skipLibCheck },
    ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], types },
    ...{ module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true },
    // What is linked is found where it is.
    preserveSymlinks: true,
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', project, '--pretty', 'false'], (_error, stdout) => {
      resolve(stdout.split('\n').filter((line) => /error TS\d+/.test(line)));
    });
  });
}

describe.each(COMPILERS)('%s', (compiler) => {
  test('what is inferred, and what is refused', async () => {
    cpSync(FIXTURES, folder, { recursive: true });
    // Our declarations are checked, too; those of Node are of another compiler's time.
    const skip = compiler === 'typescript-5.4';
    const types = ['bunserve/types'];
    expect(await compile(compiler, ['inference.ts'], types, skip)).toEqual([]);
  });
});

test('beside @types/bun', async () => {
  for (const name of ['@types/bun', 'bun-types']) link(name);
  cpSync(FIXTURES, folder, { recursive: true });
  expect(await compile('typescript', ['beside-bun.ts'], ['node'], true)).toEqual([]);
});

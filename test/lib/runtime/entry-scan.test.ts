// SPDX-License-Identifier: MIT
// Whether a program may ask for a module of Bun's: only then Node 20 starts a loader thread.
import { join } from 'node:path';
import { mayNeedHooks } from '#lib/runtime/entry-scan.js';
import { withFolder } from '../../helpers/folder.js';

async function scan(files: Record<string, string>): Promise<boolean> {
  return withFolder(files, (folder) => Promise.resolve(mayNeedHooks(join(folder, 'main.mjs'))));
}

test.each([
  ['the global', "Bun.serve({}); import './b.mjs';", "import fs from 'node:fs';", false],
  ['bunserve', "import { serve } from 'bunserve';", '', false],
  ['bun', "import { serve } from 'bun';", '', true],
  ['bun:sqlite', "import { Database } from 'bun:sqlite';", '', true],
  ['bun:sqlite, behind another', "import './b.mjs';", "export * from 'bun:sqlite';", true],
  ['import() of bun:sqlite', "await import('bun:sqlite');", '', true],
  ['a package', "import 'pkg';", '', true],
  ['a file as text', "import b from './b.mjs' with { type: 'text' };", '', true],
  ['import() of a file as text', "import('./b.mjs', { with: { type: 'text' } });", '', true],
  ["a name with '", `import "./b'.mjs";`, '', true],
  ['required, behind another', "require('./b.mjs');", "import('bun');", true],
  ['required without its ending', "require('./c');", '', true],
  ['required, built in', "require('fs');", '', false],
  ['required, harmless', "require('./b.mjs');", "import 'node:fs';", false],
  ['a package, required', "require('pkg');", '', true],
  ['a computed require', 'require(name);', '', true],
  ['a require put together', "require('./' + 'b.mjs');", '', true],
  ['require, called by others', "module.require.call(module, './b.mjs');", '', true],
  ['require, handed on', 'load(require);', '', true],
  ['createRequire', "import { createRequire } from 'node:module';", '', true],
  ['a computed import', 'await import(name);', '', true],
])('%s', async (_, main, other, expected) => {
  expect(await scan({ 'main.mjs': main, 'b.mjs': other })).toBe(expected);
});

test('no file, or one that is not there', () => {
  expect(mayNeedHooks(undefined)).toBe(true);
  expect(mayNeedHooks('/not/there.mjs')).toBe(true);
});

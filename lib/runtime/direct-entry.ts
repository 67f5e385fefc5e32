// SPDX-License-Identifier: MIT
//
// Node 20 has no synchronous hooks, and its loader thread costs a starting program a quarter of its time
// (30 ms of 115). A program of one file, which imports only modules of Node and ours, need not wait for
// it: what it becomes is compiled here, under its own URL, by the function that require() of an ES module
// goes through; import() then finds it among the loaded modules. Whatever cannot be told, as in
// entry-scan.ts, is left to the hooks. Other files of the program are, too: import() of one that still
// awaits would come too early.

import { compileModule } from './compile-module.js';
import { mayNeedHooks, specifiersOf } from './entry-scan.js';
import { HookSteps, modulesPart } from './hook-steps.js';
import { showSources } from './module-hooks.js';
import { type Renamed, renameImports } from './rename-imports.js';
import { leansOnBun, META_START } from './script-signs.js';

const { readFileSync, realpathSync } = process.getBuiltinModule('node:fs');
const Module = process.getBuiltinModule('node:module');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

const load = Module.createRequire(import.meta.url);
const ENTRY = /\.(?:m?tsx?|jsx|mjs)$/;
// What lets others see how modules are loaded, or changes it.
const FLAG =
  /(?:^|\s)["']?(?:-r|--(?:require|import|(?:experimental-)?loader|preserve-symlinks|experimental-(?:policy|default-type|print-required-tla)))/;
// What asks the loader for more while the program runs; what is required may import() anything.
const LATER =
  /\brequire\b|\bcreateRequire\b|\bWorker\b|\bworker_threads\b|\beval\b|["'](?:node:)?vm["']/;

export interface DirectEntry extends Renamed {
  /** Behind all links. */
  file: string;
}

/** Undefined when the program needs hooks, or gets along without this. */
export function directEntry(entry: string): DirectEntry | undefined {
  if (!ENTRY.test(entry) || !canLoadDirectly()) return undefined;
  try {
    return planFor(realpathSync(entry));
  } catch {
    // The hooks come to the same end and tell of it where it is expected.
    return undefined;
  }
}

/** Since 20.20 import() tells what a module has thrown that was loaded like this. */
function canLoadDirectly(): boolean {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const { require_module: has } = process.features as { require_module?: boolean };
  if (major !== 20 || minor < 20 || has !== true) return false;
  const { NODE_OPTIONS = '', NODE_PRESERVE_SYMLINKS, NODE_PRESERVE_SYMLINKS_MAIN } = process.env;
  if (NODE_PRESERVE_SYMLINKS === '1' || NODE_PRESERVE_SYMLINKS_MAIN === '1') return false;
  return !FLAG.test([...process.execArgv, NODE_OPTIONS].join(' '));
}

function planFor(file: string): DirectEntry | undefined {
  const code = codeOf(file);
  if (code === undefined) return undefined;
  const own = code.startsWith(META_START) ? code.slice(code.indexOf('\n')) : code;
  const mayResolve = /\bmeta\b/.test(own) && /\bresolve\b/.test(own);
  if (mayResolve || LATER.test(own)) return undefined;
  const steps = new HookSteps(file);
  const parentURL = pathToFileURL(file).href;
  const isKnown = (name: string): boolean =>
    steps.own(name) !== undefined ||
    (Module.isBuiltin(name) && steps.before(name, { parentURL }) === name);
  if (specifiersOf(code)?.every(isKnown) !== true) return undefined;
  const renamed = renameImports(code, (name) => steps.own(name)?.url);
  const isOwn = (name: string): boolean => steps.own(name) !== undefined;
  if (specifiersOf(renamed.rest)?.some(isOwn) !== false) return undefined;
  return { file, ...renamed };
}

/** The ES module to run; undefined when it is none, or needs no hooks at all. */
function codeOf(file: string): string | undefined {
  if (!file.endsWith('.mjs')) {
    const options = { isRequire: false, isMain: true, isAgain: false };
    const loaded = modulesPart().loadFile(file, options);
    return loaded?.format === 'module' ? loaded.source : undefined;
  }
  if (!mayNeedHooks(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  return leansOnBun(file, text) ? undefined : text;
}

/** From now on import() finds it. @throws what the program throws, or why it cannot be linked */
export function loadDirectEntry({ file, code, replaced }: DirectEntry): void {
  // Before Node looks for source maps: those of the library are large, and of no use to the program.
  for (const url of replaced.keys()) load(fileURLToPath(url));
  showSources();
  try {
    compileModule(code, file);
  } catch (error) {
    if (error instanceof SyntaxError) nameModule(error, replaced);
    throw error;
  }
}

/** As the program has named what lacks an export. */
function nameModule(error: SyntaxError, replaced: ReadonlyMap<string, string>): void {
  const { message, stack } = error;
  const [, url = ''] = /^The requested module '(file:[^']+)' does not provide /.exec(message) ?? [];
  const name = replaced.get(url);
  if (name === undefined || typeof stack !== 'string') return;
  error.message = message.replace(url, name);
  error.stack = stack.replaceAll(`'${url}'`, `'${name}'`);
}

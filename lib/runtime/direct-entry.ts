// SPDX-License-Identifier: MIT
//
// Node 20 has no synchronous hooks, and its loader thread costs a starting program a third of its time
// (30 ms of 115). A program of one file, which imports only what Node finds by itself and modules of
// ours, need not wait for it: what it becomes is compiled here, under its own URL, by the function that
// require() of an ES module goes through; import() then finds it among the loaded modules. Whatever
// cannot be told, as in entry-scan.ts, is left to the hooks.

import { mayNeedHooks, specifiersOf } from './entry-scan.js';
import { HookSteps, modulesPart } from './hook-steps.js';
import { showSources } from './module-hooks.js';
import { leansOnBun, META_START } from './script-signs.js';

const { existsSync, readFileSync, realpathSync } = process.getBuiltinModule('node:fs');
const Module = process.getBuiltinModule('node:module');
const path = process.getBuiltinModule('node:path');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

const load = Module.createRequire(import.meta.url);
const ENTRY = /\.(?:m?tsx?|jsx|mjs)$/;
// What lets others see how modules are loaded, or changes it.
const FLAG =
  /(?:^|\s)(?:-r|--(?:require|import|(?:experimental-)?loader|preserve-symlinks|experimental-(?:policy|default-type)))/;
// What asks the loader for more while the program runs.
const LATER = /\bimport\s*\.\s*meta\s*\??\.\s*resolve\b|\bWorker\b|worker_threads/;
// An import, with the blanks and comments before it; names in quotes and the like end the search.
const IMPORT =
  /((?:\s|\/\/[^\n]*\n)*import\b(?:[\w$*{},\s]+[\s}]from)?\s*)("[^"\n]+"|'[^'\n]+')([ \t]*;?)/y;

export interface DirectEntry {
  /** Behind all links. */
  file: string;
  code: string;
  /** What the code imports instead of modules of ours, and their names. */
  replaced: ReadonlyMap<string, string>;
}

/** Undefined when the program needs hooks, or gets along without this. */
export function directEntry(entry: string): DirectEntry | undefined {
  if (!ENTRY.test(entry) || !canLoadDirectly()) return undefined;
  const file = realpathSync(entry);
  const code = codeOf(file);
  if (code === undefined || LATER.test(code)) return undefined;
  const steps = new HookSteps(file);
  const specifiers = specifiersOf(code);
  if (specifiers === undefined) return undefined;
  const parentURL = pathToFileURL(file).href;
  const known = (specifier: string): boolean => {
    if (steps.own(specifier) !== undefined) return true;
    const isRelative = /^\.{1,2}\//.test(specifier);
    const other = path.resolve(path.dirname(file), specifier);
    if (isRelative && other === file) return true;
    if (steps.before(specifier, { parentURL }) !== specifier) return false;
    if (!isRelative) return Module.isBuiltin(specifier);
    return existsSync(other) && !mayNeedHooks(other);
  };
  if (!specifiers.every(known)) return undefined;
  return withOwnModules(file, code, steps);
}

function canLoadDirectly(): boolean {
  const { require_module: has } = process.features as { require_module?: boolean };
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return has === true && !('registerHooks' in Module) && !FLAG.test(flags);
}

/** The ES module to run; undefined when it is none, or the hooks are to tell what is wrong with it. */
function codeOf(file: string): string | undefined {
  const options = { isRequire: false, isMain: true, isAgain: false };
  try {
    if (!file.endsWith('.mjs')) {
      const loaded = modulesPart().loadFile(file, options);
      return loaded?.format === 'module' ? loaded.source : undefined;
    }
    const text = readFileSync(file, 'utf8');
    return leansOnBun(file, text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Imports of our modules by their URLs. They stand first, or the text may be that of a string. */
function withOwnModules(file: string, code: string, steps: HookSteps): DirectEntry | undefined {
  const replaced = new Map<string, string>();
  let end = code.startsWith(META_START) ? code.indexOf('\n') + 1 : 0;
  let start = code.slice(0, end);
  for (;;) {
    IMPORT.lastIndex = end;
    const found = IMPORT.exec(code);
    if (found === null) break;
    const [whole, before, name, after] = found as unknown as [string, string, string, string];
    end = IMPORT.lastIndex;
    const specifier = name.slice(1, -1);
    const own = steps.own(specifier);
    if (own !== undefined) replaced.set(own.url, specifier);
    start += own === undefined ? whole : before + JSON.stringify(own.url) + after;
  }
  const rest = code.slice(end);
  const isOwn = (specifier: string): boolean => steps.own(specifier) !== undefined;
  if (specifiersOf(rest)?.some(isOwn) !== false) return undefined;
  return { file, code: start + rest, replaced };
}

interface Compiling {
  filename: string;
  _compile: (code: string, file: string, format: 'module') => void;
}

/** From now on import() finds it. @throws what the program throws, or why it cannot be linked */
export function loadDirectEntry({ file, code, replaced }: DirectEntry): void {
  // Before Node looks for source maps: those of the library are large, and of no use to the program.
  for (const url of replaced.keys()) load(fileURLToPath(url));
  showSources();
  const module = new Module.Module(file) as unknown as Compiling;
  module.filename = file;
  try {
    module._compile(code, file, 'module');
  } catch (error) {
    // It awaits: what is compiled has not run yet, and import() runs it.
    if ((error as { code?: string }).code === 'ERR_REQUIRE_ASYNC_MODULE') return;
    if (error instanceof SyntaxError) nameModules(error, replaced);
    throw error;
  }
}

/** As the program has named what lacks an export. */
function nameModules(error: SyntaxError, replaced: ReadonlyMap<string, string>): void {
  for (const [url, name] of replaced) {
    error.message = error.message.replaceAll(url, name);
    error.stack &&= error.stack.replaceAll(`'${url}'`, `'${name}'`);
  }
}

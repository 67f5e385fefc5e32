// SPDX-License-Identifier: MIT
//
// The steps of the module hooks, the same for those in the program's thread and those in a thread of
// their own. Small: what needs more than a look is in modules/, which is loaded when it is needed.

import { htmlModuleSource } from '../html/module-source.js';
import { leansOnBun, usesJsx } from './script-signs.js';
import type * as Modules from './modules/index.js';

const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const path = process.getBuiltinModule('node:path');
const { fileURLToPath } = process.getBuiltinModule('node:url');

export interface ResolveContext {
  conditions?: readonly string[];
  parentURL?: string | undefined;
  importAttributes?: Record<string, string>;
}
export interface ResolveResult {
  url: string;
  format?: string | null | undefined;
  shortCircuit?: boolean;
  importAttributes?: Record<string, string>;
}
export interface LoadContext {
  conditions?: readonly string[];
  format?: string | null | undefined;
  importAttributes?: Record<string, string>;
}
export interface LoadResult {
  format?: string | null | undefined;
  source?: string | NodeJS.TypedArray | ArrayBuffer | null | undefined;
  shortCircuit?: boolean;
}

/** Modules of Bun that are files of this package. */
const OWN: ReadonlyMap<string, string> = new Map([
  ['bun', new URL('./bun-module.js', import.meta.url).href],
  ['bun:sqlite', new URL('./sqlite-module.js', import.meta.url).href],
]);
const SCRIPT = /\.[cm]?js$/;
const KNOWN_ENDING = /\.(?:[cm]?js|node|wasm|html?)$/;
const IN_PACKAGE = /[\\/]node_modules[\\/]/;

let modules: typeof Modules | undefined;

let note: ((file: string) => void) | undefined;

/** Everything about TypeScript, data files and Bun's way to find modules. */
export function modulesPart(): typeof Modules {
  if (modules === undefined) {
    modules = createRequire(import.meta.url)('./late/modules.js') as typeof Modules;
    if (note !== undefined) modules.tellOfConfigs(note);
  }
  return modules;
}

/** In the URL of modules that were loaded anew. */
const GENERATION = 'bunserve-generation=';

const hasConfig = new Map<string, boolean>();

/** Whether a tsconfig.json may have a say for files of this folder. */
function mayHaveConfig(folder: string): boolean {
  let has = hasConfig.get(folder);
  if (has === undefined) {
    const parent = path.dirname(folder);
    has =
      existsSync(path.join(folder, 'tsconfig.json')) ||
      (parent !== folder && mayHaveConfig(parent));
    hasConfig.set(folder, has);
  }
  return has;
}

/** `parent`: a URL, or a path when a CommonJS module of Node 20 asks. */
function pathOf(parent: string | undefined): string | undefined {
  if (parent === undefined || path.isAbsolute(parent)) return parent;
  return parent.startsWith('file:') ? fileURLToPath(parent) : undefined;
}

const HOME = new URL('./', import.meta.url).href;
const HOME_FOLDER = fileURLToPath(HOME);
const isOwn = (parent: string): boolean =>
  parent.startsWith(HOME) || parent.startsWith(HOME_FOLDER);

function isThere(specifier: string, parent: string | undefined): boolean {
  if (specifier.startsWith('file:')) return existsSync(new URL(specifier));
  const from = pathOf(parent);
  return existsSync(path.resolve(from === undefined ? '.' : path.dirname(from), specifier));
}

const isRequire = (context: { conditions?: readonly string[] }): boolean =>
  context.conditions?.includes('require') ?? false;

/** What --watch and --hot want of the hooks. */
export interface Tracking {
  /** Told of every file of the program's own. */
  onFile: (file: string) => void;
  /** How often the program was loaded before. */
  generations: Int32Array;
}

export class HookSteps {
  readonly #main: string | undefined;
  readonly #tracking: Tracking | undefined;
  #generation = 0;

  constructor(main: string | undefined, tracking?: Tracking) {
    this.#main = main;
    this.#tracking = tracking;
    if (tracking !== undefined) note = (file) => this.note(file);
  }

  /** Modules are known by their URL: another generation of them has others. */
  #renewed(url: string): string {
    const now = this.#tracking === undefined ? 0 : Atomics.load(this.#tracking.generations, 0);
    if (now !== this.#generation) {
      this.#generation = now;
      hasConfig.clear();
      modules?.forgetFiles();
    }
    if (now === 0 || IN_PACKAGE.test(url) || isOwn(url) || url.includes(GENERATION)) return url;
    return `${url}${url.includes('?') ? '&' : '?'}${GENERATION}${now}`;
  }

  /** Tells of a file of the program's own. */
  note(file: string): void {
    if (this.#tracking === undefined || IN_PACKAGE.test(file) || isOwn(file)) return;
    this.#tracking.onFile(file);
  }

  /** Bun's own modules. */
  own(specifier: string): ResolveResult | undefined {
    const url = OWN.get(specifier);
    return url === undefined ? undefined : { url, format: 'module', shortCircuit: true };
  }

  /** What to ask Node for. */
  before(specifier: string, context: ResolveContext): string {
    const { parentURL } = context;
    // Our own files are found as they are; what looks for others is one of them.
    if (parentURL !== undefined && isOwn(parentURL)) return specifier;
    const ask = (): string => modulesPart().specifierFor(specifier, parentURL, isRequire(context));
    if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) {
      // With its ending Node finds it, or nobody does; but .js may be the name of a .ts file.
      if (!KNOWN_ENDING.test(specifier)) return ask();
      return !SCRIPT.test(specifier) || isThere(specifier, parentURL) ? specifier : ask();
    }
    if (specifier.startsWith('@oxc-project/runtime/')) return ask();
    const parent = pathOf(parentURL);
    if (parent === undefined || IN_PACKAGE.test(parent)) return specifier;
    return mayHaveConfig(path.dirname(parent)) ? ask() : specifier;
  }

  /** What to ask for after Node has found nothing. @throws the error of Node */
  after(specifier: string, context: ResolveContext, error: unknown): string {
    const { code } = error as { code?: string };
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    if (!isMissing && code !== 'ERR_UNSUPPORTED_DIR_IMPORT') throw error;
    if (context.parentURL !== undefined && isOwn(context.parentURL)) throw error;
    const other = modulesPart().otherSpecifier(specifier, context.parentURL, isRequire(context));
    if (other === undefined) throw error;
    return other;
  }

  /**
   * What an import wants a file to be goes into its URL, and the attributes away: not every version
   * of Node tells two modules of one file apart by them, and Node 20 crashes when both are wanted.
   */
  marked(result: ResolveResult, context: ResolveContext): ResolveResult {
    if (!result.url.startsWith('file:') || isRequire(context)) return result;
    const url = this.#renewed(result.url);
    const type = context.importAttributes?.type;
    if (type === undefined) return url === result.url ? result : { ...result, url };
    const own = { ...result, url, importAttributes: {} };
    if (result.url.endsWith(`.${type}`)) return own;
    return { ...own, url: `${url}${url.includes('?') ? '&' : '?'}bunserve-type=${type}` };
  }

  /** What a file is to become, undefined when Node is to load it. */
  load(url: string, context: LoadContext): LoadResult | undefined {
    if (!url.startsWith('file:')) return undefined;
    if (this.#tracking !== undefined) this.note(fileURLToPath(url));
    const type = /[?&]bunserve-type=(\w+)$/.exec(url)?.[1] ?? context.importAttributes?.type;
    const name = url.replace(/[?#].*$/, '');
    if (type === undefined) {
      const page = htmlModuleSource(url);
      if (page !== undefined) return { format: 'module', source: page, shortCircuit: true };
      if (KNOWN_ENDING.test(name)) return undefined;
    }
    const file = fileURLToPath(url);
    // JSON that is required, or asked for as Node wants it, needs nothing of ours.
    const isAgain = url.includes(GENERATION);
    const options = { isRequire: isRequire(context), isMain: file === this.#main, type, isAgain };
    if (options.isRequire && file.endsWith('.json')) return undefined;
    const loaded = modulesPart().loadFile(file, options);
    return loaded && { ...loaded, shortCircuit: true };
  }

  /** What Node loaded; changed where a script leans on Bun. */
  adapt(url: string, result: LoadResult): LoadResult {
    const { format, source } = result;
    if (!this.#isUsers(url)) return result;
    if (source === null || source === undefined) return this.#adaptCommonJs(url, result);
    const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
    const file = fileURLToPath(url);
    const isAgain = url.includes(GENERATION) && text.includes('import.meta');
    if (!isAgain && !leansOnBun(file, text)) return result;
    const isModule = format === 'module' || format === null || format === undefined;
    const options = { isModule, isMain: file === this.#main, isAgain };
    const adapted = modulesPart().adaptScript(file, text, options);
    return adapted === undefined ? result : { ...adapted, shortCircuit: true };
  }

  #isUsers(url: string): boolean {
    if (!url.startsWith('file:') || IN_PACKAGE.test(url) || isOwn(url)) return false;
    return SCRIPT.test(url.replace(/[?#].*$/, ''));
  }

  /** Node 20 leaves the reading of CommonJS to CommonJS: here only JSX is looked for. */
  #adaptCommonJs(url: string, result: LoadResult): LoadResult {
    const file = fileURLToPath(url);
    const loaded = this.jsx(file);
    if (loaded === undefined) return result;
    return {
      ...loaded,
      ...(loaded.format === 'commonjs' ? { source: null } : {}),
      shortCircuit: true,
    };
  }

  /** An .mjs file of the program that require() asks for; undefined for those of packages. */
  module(file: string): LoadResult | undefined {
    if (IN_PACKAGE.test(file) || isOwn(file)) return undefined;
    return { format: 'module', source: readFileSync(file, 'utf8') };
  }

  /** A .js file with JSX in it, compiled; undefined for all others. */
  jsx(file: string): LoadResult | undefined {
    if (!file.endsWith('.js') || IN_PACKAGE.test(file) || isOwn(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    if (!usesJsx(file, text)) return undefined;
    const options = { isModule: false, isMain: file === this.#main, isAgain: false };
    return modulesPart().adaptScript(file, text, options);
  }
}

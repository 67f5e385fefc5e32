// SPDX-License-Identifier: MIT
//
// The tsconfig.json that counts for a file: the nearest one above it, with what it extends. Only what
// changes how a program runs is read.

import { parseJsonc } from './jsonc.js';
import { badConfig, badFile } from './module-errors.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
const { createRequire } = process.getBuiltinModule('node:module');

export interface CompilerOptions {
  baseUrl?: string;
  paths?: Record<string, string[]>;
  jsx?: string;
  jsxFactory?: string;
  jsxFragmentFactory?: string;
  jsxImportSource?: string;
  experimentalDecorators?: boolean;
  emitDecoratorMetadata?: boolean;
  useDefineForClassFields?: boolean;
  verbatimModuleSyntax?: boolean;
  strict?: boolean;
  strictNullChecks?: boolean;
}

export interface TsConfig {
  options: CompilerOptions;
  /** Absolute; what a bare specifier may be relative to. */
  baseUrl: string | undefined;
  paths: readonly PathPattern[];
}

/** `"@/*": ["./src/*"]`, its targets absolute. */
export interface PathPattern {
  prefix: string;
  /** Undefined for a pattern without a star. */
  suffix: string | undefined;
  targets: readonly string[];
}

interface Read extends CompilerOptions {
  pathsFrom?: string;
}

const NONE: TsConfig = { options: {}, baseUrl: undefined, paths: [] };
const byFolder = new Map<string, TsConfig>();
const byFile = new Map<string, TsConfig>();

/** For the files of this folder. Packages in node_modules have none, as in Bun. */
export function tsConfigOf(folder: string): TsConfig {
  let found = byFolder.get(folder);
  if (found !== undefined) return found;
  const parent = path.dirname(folder);
  const file = path.join(folder, 'tsconfig.json');
  if (path.basename(folder) === 'node_modules') found = NONE;
  else if (fs.existsSync(file)) found = configOf(file);
  else found = parent === folder ? NONE : tsConfigOf(parent);
  byFolder.set(folder, found);
  return found;
}

let tell: ((file: string) => void) | undefined;

/** Whoever watches the program is told of every file that is read. */
export function tellOfConfigs(listener: (file: string) => void): void {
  tell = listener;
}

/** Configurations may have changed: a program is loaded anew. */
export function forgetTsConfigs(): void {
  byFolder.clear();
  byFile.clear();
}

function configOf(file: string): TsConfig {
  let config = byFile.get(file);
  if (config === undefined) {
    config = finish(read(file, []));
    byFile.set(file, config);
  }
  return config;
}

function finish(options: Read): TsConfig {
  const from = options.baseUrl ?? options.pathsFrom ?? '';
  const patterns = Object.entries(options.paths ?? {}).map(([pattern, targets]): PathPattern => {
    const [prefix, suffix] = pattern.split('*', 2) as [string, string | undefined];
    const list = Array.isArray(targets) ? targets : [];
    return { prefix, suffix, targets: list.map((target) => path.resolve(from, String(target))) };
  });
  // Exact ones first, then those that say most.
  const rank = ({ prefix, suffix }: PathPattern): number =>
    suffix === undefined ? Infinity : prefix.length;
  const paths = patterns.sort((a, b) => (rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : 0));
  return { options, baseUrl: options.baseUrl, paths };
}

/** @throws SyntaxError for a file that is no JSON; Error for an `extends` that leads nowhere. */
function read(file: string, above: readonly string[]): Read {
  if (above.includes(file)) {
    throw badConfig(`${[...above, file].join(' extends ')}: a circle of tsconfig.json files`);
  }
  tell?.(file);
  let content: unknown;
  try {
    content = parseJsonc(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw badFile(file, (error as Error).message);
  }
  if (typeof content !== 'object' || content === null) return {};
  const { extends: bases, compilerOptions } = content as {
    extends?: string | string[];
    compilerOptions?: CompilerOptions;
  };
  const merged: Read = {};
  for (const base of Array.isArray(bases) ? bases : bases === undefined ? [] : [bases]) {
    const found = findBase(String(base), file);
    if (found === undefined) throw badConfig(`${file}: extends "${base}", which is not there`);
    Object.assign(merged, read(found, [...above, file]));
  }
  const own: Read = { ...compilerOptions };
  const folder = path.dirname(file);
  if (typeof own.baseUrl === 'string') own.baseUrl = path.resolve(folder, own.baseUrl);
  if (own.paths !== undefined) own.pathsFrom = folder;
  return Object.assign(merged, own);
}

function findBase(name: string, from: string): string | undefined {
  const isFile = (file: string): boolean =>
    fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  if (/^\.{0,2}[/\\]|^\.\.?$/.test(name) || path.isAbsolute(name)) {
    const file = path.resolve(path.dirname(from), name);
    return [file, `${file}.json`, path.join(file, 'tsconfig.json')].find(isFile);
  }
  const require = createRequire(from);
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      const file = require.resolve(candidate);
      if (file.endsWith('.json')) return file;
    } catch {
      // Packages need not export it: looked for by hand below.
    }
    for (const folder of require.resolve.paths(candidate) ?? []) {
      const file = path.join(folder, candidate);
      if (file.endsWith('.json') && isFile(file)) return file;
    }
  }
  return undefined;
}

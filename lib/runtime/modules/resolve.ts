// SPDX-License-Identifier: MIT
//
// Where Bun finds a module that Node does not: endings that are left out, `.js` for a `.ts` file,
// index files of folders, `paths` and `baseUrl` of tsconfig.json. Everything else is Node's affair.

import { tsConfigOf } from './tsconfig.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
const { isBuiltin } = process.getBuiltinModule('node:module');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

// The orders of Bun 1.4.5.
const FOR_IMPORT = ['.tsx', '.jsx', '.mts', '.ts', '.mjs', '.js', '.cts', '.cjs', '.json'];
const FOR_REQUIRE = ['.tsx', '.ts', '.jsx', '.cts', '.cjs', '.js', '.mjs', '.mts', '.json'];
/** What TypeScript lets a source be named by in an import. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.mts'],
  '.jsx': ['.tsx', '.ts'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

const isRelative = (specifier: string): boolean => /^\.{1,2}(?:\/|$)/.test(specifier);
const inPackage = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

function kindOf(file: string): 'file' | 'folder' | undefined {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? 'file' : stats?.isDirectory() ? 'folder' : undefined;
}

/** The file that a path without its ending, or a folder, stands for. */
export function findFile(named: string, isRequire: boolean): string | undefined {
  const endings = isRequire ? FOR_REQUIRE : FOR_IMPORT;
  const isFolder = /[\\/]$/.test(named);
  const file = isFolder ? named.slice(0, -1) : named;
  const kind = kindOf(file);
  if (!isFolder) {
    if (kind === 'file') return file;
    const ending = path.extname(file);
    const bare = file.slice(0, file.length - ending.length);
    const others = [
      ...endings.map((one) => file + one),
      ...(SOURCES[ending] ?? []).map((one) => bare + one),
    ];
    const found = others.find((other) => kindOf(other) === 'file');
    if (found !== undefined) return found;
  }
  return kind === 'folder' ? findMain(file, isRequire) : undefined;
}

function findMain(folder: string, isRequire: boolean): string | undefined {
  const manifest = path.join(folder, 'package.json');
  if (kindOf(manifest) === 'file') {
    try {
      const fields = JSON.parse(fs.readFileSync(manifest, 'utf8')) as Record<string, unknown>;
      for (const name of isRequire ? [fields.main] : [fields.module, fields.main]) {
        if (typeof name !== 'string' || name === '' || /^\.?[\\/]?$/.test(name)) continue;
        const found = findFile(path.join(folder, name), isRequire);
        if (found !== undefined) return found;
      }
    } catch {
      // Node says what is wrong with it, when it comes to that.
    }
  }
  const endings = isRequire ? FOR_REQUIRE : FOR_IMPORT;
  return endings
    .map((ending) => path.join(folder, `index${ending}`))
    .find((file) => kindOf(file) === 'file');
}

/** `?query` and `#hash` of a specifier; a file may have such characters in its name as well. */
function splitQuery(specifier: string, folder: string): [name: string, query: string] {
  const at = specifier.search(/[?#]/);
  if (at < 0 || kindOf(path.resolve(folder, specifier)) === 'file') return [specifier, ''];
  return [specifier.slice(0, at), specifier.slice(at)];
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What to ask Node for in place of `specifier`: itself, or the URL (for require: the path) of a file. */
export function rewriteSpecifier(
  specifier: string,
  parent: string | undefined,
  isRequire: boolean,
): string {
  const folder = parent === undefined ? process.cwd() : path.dirname(parent);
  const isUrl = specifier.startsWith('file:');
  if (isUrl || isRelative(specifier) || path.isAbsolute(specifier)) {
    const [bare, query] = isRequire ? [specifier, ''] : splitQuery(specifier, folder);
    let name = bare;
    if (isUrl) {
      if (isRequire) return specifier;
      try {
        name = fileURLToPath(bare);
      } catch {
        return specifier;
      }
    }
    // In an import %20 is a space, as it is for Node; require takes names as they are.
    const target = path.resolve(folder, name) + (/[\\/]$|(?:^|\/)\.{1,2}$/.test(name) ? '/' : '');
    let found = findFile(target, isRequire);
    if (found === undefined && !isRequire && !isUrl) found = findFile(decoded(target), false);
    if (found === undefined) return specifier;
    return isRequire ? found : pathToFileURL(found).href + query;
  }
  const isUrlOfAnother = /^[a-z][a-z0-9+.-]*:/i.test(specifier) && !specifier.startsWith('node:');
  if (isUrlOfAnother || isBuiltin(specifier) || specifier.startsWith('#')) return specifier;
  if (parent !== undefined && inPackage(parent)) return specifier;
  const found = throughTsConfig(specifier, folder, isRequire);
  if (found === undefined) return specifier;
  return isRequire ? found : pathToFileURL(found).href;
}

function throughTsConfig(
  specifier: string,
  folder: string,
  isRequire: boolean,
): string | undefined {
  const { baseUrl, paths } = tsConfigOf(folder);
  for (const { prefix, suffix, targets } of paths) {
    const isMatch =
      suffix === undefined
        ? specifier === prefix
        : specifier.length >= prefix.length + suffix.length &&
          specifier.startsWith(prefix) &&
          specifier.endsWith(suffix);
    if (!isMatch) continue;
    const star = specifier.slice(prefix.length, specifier.length - (suffix?.length ?? 0));
    for (const target of targets) {
      const found = findFile(
        target.replace('*', () => star),
        isRequire,
      );
      if (found !== undefined) return found;
    }
  }
  return baseUrl === undefined ? undefined : findFile(path.join(baseUrl, specifier), isRequire);
}

/**
 * For a package's module that Node did not find: Bun also takes a file without its ending
 * (`pkg/lib/x`), and a `main` that is TypeScript.
 */
export function findInPackages(
  specifier: string,
  parent: string | undefined,
  isRequire: boolean,
): string | undefined {
  const match = /^((?:@[^/]+\/)?[^/@#.:][^/:]*)(\/.+)?$/.exec(specifier);
  if (match === null) return undefined;
  const [, name, subpath = ''] = match as unknown as [string, string, string | undefined];
  let folder = parent === undefined ? process.cwd() : path.dirname(parent);
  for (;;) {
    const root = path.join(folder, 'node_modules', name);
    if (kindOf(root) === 'folder') {
      // What the package does not export stays private.
      const hasExports = /"exports"\s*:/.test(readOr(path.join(root, 'package.json')));
      return hasExports ? undefined : findFile(root + subpath, isRequire);
    }
    const parentFolder = path.dirname(folder);
    if (parentFolder === folder) return undefined;
    folder = parentFolder;
  }
}

function readOr(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

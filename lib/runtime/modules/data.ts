// SPDX-License-Identifier: MIT
//
// Files that are data, as modules: JSON, JSONC, TOML and text, and the path of any other file. Objects
// give a named export for each of their keys, as in Bun.

import { parseJsonc } from './jsonc.js';
import { badFile, fileNotProvided, missingPackage } from './module-errors.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
const { createRequire } = process.getBuiltinModule('node:module');

export type DataKind = 'json' | 'jsonc' | 'toml' | 'text' | 'file';

const BY_ENDING: Readonly<Record<string, DataKind>> = {
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.toml': 'toml',
  '.txt': 'text',
};
const BY_TYPE = new Set(['json', 'jsonc', 'toml', 'text', 'file']);
/** Bun reads these, we do not (yet); as text they can be had. */
const UNREAD = new Set(['.yaml', '.yml', '.json5', '.md', '.css']);
const CODE = /\.(?:[cm]?[jt]s|[jt]sx|node|wasm|html?)$/;

/** Undefined for code. `type`: of the import's attributes. */
export function dataKind(file: string, type: string | undefined): DataKind | undefined {
  // Attributes that Bun does not know mean nothing there.
  if (type !== undefined && BY_TYPE.has(type)) return type as DataKind;
  const ending = path.extname(file);
  if (UNREAD.has(ending)) {
    const name = JSON.stringify(`./${path.basename(file)}`);
    throw fileNotProvided(ending, `Its text: import text from ${name} with { type: "text" }`);
  }
  return BY_ENDING[ending] ?? (ending === '' || CODE.test(file) ? undefined : 'file');
}

/** The file's value. */
export function readData(file: string, kind: DataKind): unknown {
  if (kind === 'file') return file;
  const text = fs.readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  if (kind === 'text') return text;
  try {
    if (kind === 'json') return JSON.parse(text) as unknown;
    return kind === 'jsonc' ? parseJsonc(text) : parseToml(text);
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUNSERVE_MISSING_PEER') throw error;
    throw badFile(file, (error as Error).message);
  }
}

let toml: { parse(text: string): unknown } | undefined;

function parseToml(text: string): unknown {
  try {
    toml ??= createRequire(import.meta.url)('smol-toml') as typeof toml;
  } catch {
    throw missingPackage('Importing TOML', 'smol-toml');
  }
  return toml?.parse(text);
}

/** JavaScript that gives the value again; what JSON has no word for as well. */
function literal(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return Object.is(value, -0) ? '-0' : `${value}${typeof value === 'bigint' ? 'n' : ''}`;
  }
  if (value instanceof Date) return `new Date(${JSON.stringify(value.toISOString())})`;
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      // In brackets, because "__proto__": would set the prototype.
      ([name, one]) => `[${JSON.stringify(name)}]:${literal(one)}`,
    );
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

function expression(value: unknown, kind: DataKind): string {
  if (kind === 'toml') return literal(value);
  const json = JSON.stringify(value);
  // Parsing JSON is faster than parsing code, and makes "__proto__" a name as any other.
  return kind === 'text' || kind === 'file' ? json : `JSON.parse(${JSON.stringify(json)})`;
}

/** The code of the module that a data file stands for. */
export function dataModule(value: unknown, kind: DataKind): string {
  const lines = [`const data = ${expression(value, kind)};`, 'export default data;'];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const names = Object.keys(value).filter((name) => name !== 'default' && isWellFormed(name));
    names.forEach((name, i) => {
      const text = JSON.stringify(name);
      lines.push(`const _${i} = data[${text}];`, `export { _${i} as ${text} };`);
    });
  }
  return `${lines.join('\n')}\n`;
}

/** Names of exports may not have lone surrogates. */
function isWellFormed(name: string): boolean {
  return !/[\ud800-\udfff]/u.test(name);
}

/** The same for require(), which gives the value itself. */
export function dataCommonJs(value: unknown, kind: DataKind): string {
  return `module.exports = ${expression(value, kind)};\n`;
}

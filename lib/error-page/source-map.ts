// SPDX-License-Identifier: MIT
//
// From a position in generated code back to its source, with Node's own source maps: those it holds
// for modules it loaded (--enable-source-maps), else the map that the file itself names, as long as
// that is inside the project.

import type { Project } from './project.js';

const path = process.getBuiltinModule('node:path');
const url = process.getBuiltinModule('node:url');
const module = process.getBuiltinModule('node:module');

export interface SourcePosition {
  /** Absolute path, or a name such as `webpack://app/./x.ts`. */
  file: string;
  line: number;
  column: number;
  /** The whole source, when the map carries it. */
  code: string | undefined;
}

interface MapPayload {
  sourceRoot?: string;
  sources?: string[];
  sourcesContent?: unknown[];
}

interface Entry {
  generatedLine: number;
  originalSource: string;
  originalLine: number;
  originalColumn: number;
}

interface LoadedMap {
  findEntry(line: number, column: number): object;
  payload: MapPayload;
}

const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
const DIRECTIVE = /^[ \t]*\/\/[#@] sourceMappingURL=([^\s'"]+)[ \t]*$/gm;
const DATA_URL = /^data:application\/json(?:;charset=[\w-]+)?(;base64)?,(.*)$/s;

function parseMap(text: string | undefined): LoadedMap | undefined {
  if (text === undefined) return undefined;
  try {
    const payload = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as never;
    return new module.SourceMap(payload) as unknown as LoadedMap;
  } catch {
    return undefined;
  }
}

function inlineMap(data: string): string | undefined {
  const [, base64, body] = DATA_URL.exec(data) ?? [];
  if (body === undefined) return undefined;
  try {
    return base64 === undefined ? decodeURIComponent(body) : Buffer.from(body, 'base64').toString();
  } catch {
    return undefined;
  }
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function absolute(source: string, generated: string): string {
  if (source.startsWith('file:')) {
    try {
      return url.fileURLToPath(source);
    } catch {
      return source;
    }
  }
  if (SCHEME.test(source)) return source;
  return path.resolve(path.dirname(generated), source);
}

/** The maps that one report needs; each is parsed once. */
export class SourceMaps {
  readonly #project: Project;
  readonly #maps = new Map<string, LoadedMap | undefined>();

  constructor(project: Project) {
    this.#project = project;
  }

  #find(file: string): LoadedMap | undefined {
    const held = module.findSourceMap(file) as unknown as LoadedMap | undefined;
    if (held !== undefined) return held;
    const code = this.#project.readCode(file);
    const named = code === undefined ? undefined : [...code.matchAll(DIRECTIVE)].at(-1)?.[1];
    if (named === undefined) return undefined;
    if (named.startsWith('data:')) return parseMap(inlineMap(named));
    if (SCHEME.test(named)) return undefined;
    return parseMap(
      this.#project.readSourceMap(path.resolve(path.dirname(file), decodeName(named))),
    );
  }

  /** The source behind a position (from 1), undefined when there is no map that knows it. */
  position(file: string, line: number, column: number): SourcePosition | undefined {
    if (!this.#maps.has(file)) this.#maps.set(file, this.#find(file));
    const map = this.#maps.get(file);
    const entry = map?.findEntry(line - 1, column - 1) as Partial<Entry> | undefined;
    // Past its last mapping of a line a map answers with an earlier line's.
    if (map === undefined || entry?.generatedLine !== line - 1) return undefined;
    const { originalSource, originalLine, originalColumn } = entry;
    if (typeof originalSource !== 'string' || !Number.isInteger(originalLine)) return undefined;
    const { sourceRoot, sources, sourcesContent } = map.payload;
    const content: unknown = sourcesContent?.[sources?.indexOf(originalSource) ?? -1];
    const rooted = sourceRoot
      ? `${sourceRoot.replace(/\/?$/, '/')}${originalSource}`
      : originalSource;
    const code = typeof content === 'string' ? content : undefined;
    const original = absolute(rooted, file);
    // Compiled while it was loaded: Node has written the stack with this map, once is enough.
    if (original === file && module.findSourceMap(file) !== undefined) {
      return { file, line, column, code };
    }
    const column0 = originalColumn ?? 0;
    return { file: original, line: (originalLine as number) + 1, column: column0 + 1, code };
  }
}

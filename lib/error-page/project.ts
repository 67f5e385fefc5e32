// SPDX-License-Identifier: MIT
//
// What the error page may read: code files of the project, and nothing else. A stack is text, and
// whoever can put a line into an error's message can try to name a file in it.

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i;
const SOURCE_MAP = /\.(?:map|json)$/i;
const MAX_CODE_BYTES = 8 * 1024 * 1024;
const MAX_MAP_BYTES = 32 * 1024 * 1024;

export class Project {
  /** Absolute, without links. Empty when there is no directory that could be a project. */
  readonly root: string;
  /** Many frames are of the same few files. */
  readonly #texts = new Map<string, string | undefined>();

  constructor(start: string) {
    this.root = findRoot(start);
  }

  /** Path below the root, undefined for a file elsewhere. Says nothing about its existence. */
  relative(file: string): string | undefined {
    if (this.root === '') return undefined;
    const relative = path.relative(this.root, file);
    if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return undefined;
    return relative.split(path.sep).join('/');
  }

  /** The text of a code file of the project, undefined if it is none or cannot be read. */
  readCode(file: string): string | undefined {
    return this.#read(file, CODE, MAX_CODE_BYTES);
  }

  readSourceMap(file: string): string | undefined {
    return this.#read(file, SOURCE_MAP, MAX_MAP_BYTES);
  }

  #read(file: string, kind: RegExp, maxBytes: number): string | undefined {
    if (!this.#texts.has(file)) this.#texts.set(file, this.#readNow(file, kind, maxBytes));
    return this.#texts.get(file);
  }

  #readNow(file: string, kind: RegExp, maxBytes: number): string | undefined {
    try {
      // Links are followed before anything is decided.
      const real = fs.realpathSync(file);
      const relative = this.relative(real);
      if (relative === undefined || !kind.test(relative)) return undefined;
      if (path.basename(relative).startsWith('.')) return undefined;
      const stats = fs.statSync(real);
      if (!stats.isFile() || stats.size > maxBytes) return undefined;
      return fs.readFileSync(real, 'utf8');
    } catch {
      return undefined;
    }
  }
}

/** The nearest directory with a package.json, else where the program was started. */
function findRoot(start: string): string {
  let from: string;
  try {
    from = fs.realpathSync(start);
  } catch {
    return '';
  }
  for (let directory = from; ; directory = path.dirname(directory)) {
    const isTop = path.dirname(directory) === directory;
    if (isTop) return path.dirname(from) === from ? '' : from;
    if (fs.existsSync(path.join(directory, 'package.json'))) return directory;
  }
}

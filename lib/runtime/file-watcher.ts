// SPDX-License-Identifier: MIT
//
// Tells when one of a set of files has changed. The folders are watched, not the files: editors write
// a new file and rename it. Nothing is polled.

import type { FSWatcher } from 'node:fs';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

/** One save is several events, and several files are saved at once. */
const QUIET_MS = 40;
/** What an import may have meant: a module, its data, or a folder of either. */
const MODULE =
  /^[^.]+$|\.(?:[cm]?[jt]sx?|jsonc?|json5|toml|ya?ml|txt|md|html?|css|node|wasm)$|^\.env/;

export class FileWatcher {
  readonly #onChange: () => void;
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  /** What each folder had in it when the program failed. */
  #known: Map<string, Set<string>> | undefined;
  #hasNew = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  add(file: string): void {
    if (this.#files.has(file)) return;
    this.#files.set(file, stateOf(file));
    const folder = path.dirname(file);
    if (this.#folders.has(folder)) return;
    try {
      const watcher = fs.watch(folder, (_, name) => this.#heard(folder, name));
      // A folder that is removed; the files may come back, then somebody has to start anew.
      watcher.on('error', () => this.#folders.get(folder)?.close());
      this.#folders.set(folder, watcher);
    } catch (error) {
      const { message } = error as Error;
      console.error(`bunserve: changes in ${folder} will not be noticed: ${message}`);
    }
  }

  /**
   * What could not be loaded may lack a file that nobody knows yet: then one that appears counts. What
   * the program itself writes is there already when it is loaded again.
   */
  set hasFailed(hasFailed: boolean) {
    if (!hasFailed) this.#known = undefined;
    else
      this.#known = new Map([...this.#folders.keys()].map((folder) => [folder, namesIn(folder)]));
  }

  #heard(folder: string, name: string | null): void {
    if (name !== null && !this.#files.has(path.join(folder, name))) {
      const known = this.#known?.get(folder);
      if (known === undefined || known.has(name) || !MODULE.test(name)) return;
      known.add(name);
      this.#hasNew = true;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), QUIET_MS);
  }

  #look(): void {
    let isChange = this.#hasNew;
    this.#hasNew = false;
    for (const [file, before] of this.#files) {
      const now = stateOf(file);
      // Gone: between two steps of an editor, or on its way to another branch.
      if (now === before || now === '') continue;
      this.#files.set(file, now);
      isChange = true;
    }
    if (isChange) this.#onChange();
  }
}

function namesIn(folder: string): Set<string> {
  try {
    return new Set(fs.readdirSync(folder));
  } catch {
    return new Set();
  }
}

function stateOf(file: string): string {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

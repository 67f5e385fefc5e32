// SPDX-License-Identifier: MIT
//
// Tells when one of a set of files has changed. The folders are watched, not the files: editors write
// a new file and rename it. Nothing is polled.

import type { FSWatcher } from 'node:fs';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

/** One save is several events, and several files are saved at once. */
const QUIET_MS = 40;
/** Files that a program may have read without anybody knowing, not those that it is likely to write. */
const SOURCE = /\.(?:[cm]?[jt]sx?|json[c5]?|toml|ya?ml|html?|css)$|^\.env/;
/** What changes again each time that a failing program runs must not keep it running. */
const MAX_PAUSE_MS = 2_000;

export class FileWatcher {
  readonly #onChange: () => void;
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  /** Those that were not there when they were last looked for. */
  readonly #gone = new Set<string>();
  /** What each folder had in it when the program failed: name -> state. */
  #found: Map<string, Map<string, string>> | undefined;
  /** Something else than one of the files has changed. */
  #hasOther = false;
  #pause = QUIET_MS;

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
      this.#found?.set(folder, statesIn(folder));
    } catch (error) {
      const { message } = error as Error;
      console.error(`bunserve: changes in ${folder} will not be noticed: ${message}`);
    }
  }

  /**
   * What could not be loaded may lack a file that nobody knows yet, or may have read one. Then what
   * appears counts, and sources that change. What the program wrote while it ran is there already.
   */
  set hasFailed(hasFailed: boolean) {
    if (hasFailed) {
      const folders = [...this.#folders.keys()];
      this.#found = new Map(folders.map((folder) => [folder, statesIn(folder)]));
    } else this.#found = undefined;
  }

  #heard(folder: string, name: string | null): void {
    if (name !== null && !this.#files.has(path.join(folder, name))) {
      if (!this.#isNews(folder, name)) return;
      this.#hasOther = true;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), this.#hasOther ? this.#pause : QUIET_MS);
  }

  #isNews(folder: string, name: string): boolean {
    const found = this.#found?.get(folder);
    const now = stateOf(path.join(folder, name));
    const before = found?.get(name);
    if (found === undefined || now === '' || now === before) return false;
    found.set(name, now);
    return before === undefined || SOURCE.test(name);
  }

  #look(): void {
    let isChange = false;
    for (const [file, before] of this.#files) {
      const now = stateOf(file);
      // Gone: between two steps of an editor, or on its way to another branch.
      if (now === '') this.#gone.add(file);
      else if (this.#gone.delete(file) || now !== before) {
        this.#files.set(file, now);
        isChange = true;
      }
    }
    if (isChange) this.#pause = QUIET_MS;
    else if (this.#hasOther) this.#pause = Math.min(2 * this.#pause, MAX_PAUSE_MS);
    else return;
    this.#hasOther = false;
    this.#onChange();
  }
}

function statesIn(folder: string): Map<string, string> {
  let names: string[] = [];
  try {
    names = fs.readdirSync(folder);
  } catch {
    // It may come back.
  }
  return new Map(names.map((name) => [name, stateOf(path.join(folder, name))]));
}

function stateOf(file: string): string {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

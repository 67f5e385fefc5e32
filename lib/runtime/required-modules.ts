// SPDX-License-Identifier: MIT
//
// ES modules that require() leads to. Node 20 finds and loads what they import without asking hooks:
// their imports get names that it knows, and what needs compiling is loaded before them, under the URL
// that they then name. That would be too early where an import before them is for Node to load. Such
// modules, cycles of them, and imports after the first statements stay Node's.

import { compileModule } from './compile-module.js';
import type { HookSteps } from './hook-steps.js';
import { renameImports } from './rename-imports.js';

const Module = process.getBuiltinModule('node:module');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

export class RequiredModules {
  readonly #steps: HookSteps;
  readonly #loaded = new Set<string>();

  constructor(steps: HookSteps) {
    this.#steps = steps;
  }

  /** The code of an ES module for Node to compile; what it imports is loaded. */
  linked(code: string, file: string): string {
    this.#loaded.add(file);
    const parent = pathToFileURL(file).href;
    let isTooEarly = false;
    const renamed = renameImports(code, (name) => {
      const own = this.#steps.own(name);
      if (own !== undefined) return own.url;
      if (isTooEarly || Module.isBuiltin(name)) return undefined;
      const url = this.#steps.before(name, { conditions: ['import'], parentURL: parent });
      isTooEarly = url === name;
      return isTooEarly ? undefined : url;
    });
    for (const url of renamed.replaced.keys()) this.#load(url);
    return renamed.code;
  }

  #load(url: string): void {
    if (!url.startsWith('file:')) return;
    const file = fileURLToPath(url);
    if (this.#loaded.has(file)) return;
    const loaded = this.#steps.load(url, { conditions: ['import'] });
    if (loaded?.format !== 'module') return;
    // One that awaits is no error here: Node says so of the module that is required.
    compileModule(this.linked(loaded.source as string, file), file);
  }
}

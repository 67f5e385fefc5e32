// SPDX-License-Identifier: MIT
//
// ES modules that require() leads to. Node 20 finds and loads what they import without asking hooks:
// their imports get names that it knows, and what needs compiling is loaded before them, under the URL
// that they then name. Cycles of such modules, and imports after the first statements, stay Node's.

import type { HookSteps } from './hook-steps.js';
import { renameImports } from './rename-imports.js';

const Module = process.getBuiltinModule('node:module');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

interface Compiling {
  filename: string;
  _compile: (code: string, file: string, format: 'module') => void;
}

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
    const renamed = renameImports(code, (name) => this.#urlOf(name, parent));
    for (const url of renamed.replaced.keys()) this.#load(url);
    return renamed.code;
  }

  /** Undefined for what Node finds by itself. */
  #urlOf(specifier: string, parentURL: string): string | undefined {
    const own = this.#steps.own(specifier);
    if (own !== undefined) return own.url;
    if (Module.isBuiltin(specifier)) return undefined;
    const name = this.#steps.before(specifier, { conditions: ['import'], parentURL });
    return name === specifier ? undefined : name;
  }

  #load(url: string): void {
    if (!url.startsWith('file:')) return;
    const file = fileURLToPath(url);
    if (this.#loaded.has(file)) return;
    const loaded = this.#steps.load(url, { conditions: ['import'] });
    if (loaded?.format !== 'module') return;
    const code = this.linked(loaded.source as string, file);
    const module = new Module.Module(file) as unknown as Compiling;
    module.filename = file;
    try {
      module._compile(code, file, 'module');
    } catch (error) {
      // It awaits, which require() does not: Node says so of the module that is required.
      if ((error as { code?: string } | null)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    }
  }
}

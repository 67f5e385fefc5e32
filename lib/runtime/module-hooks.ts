// SPDX-License-Identifier: MIT
//
// Resolves the specifiers `bun` and `bun:sqlite` to this package: synchronous in-thread hooks where
// Node has them, the loader thread's otherwise. `require("bun")` is covered through Module._resolveFilename where
// the hooks do not reach it.

import { htmlModuleSource } from '../html/module-source.js';
import { mayImportBun } from './entry-scan.js';

interface ResolveResult {
  url: string;
  format?: string;
  shortCircuit?: boolean;
}
type NextResolve = (specifier: string, context: unknown) => ResolveResult;
interface LoadResult {
  format: string;
  source?: unknown;
  shortCircuit?: boolean;
}
type NextLoad = (url: string, context: unknown) => LoadResult;
interface HookApi {
  registerHooks?: (hooks: {
    resolve: (specifier: string, context: unknown, next: NextResolve) => ResolveResult;
    load: (url: string, context: unknown, next: NextLoad) => LoadResult;
  }) => void;
  register?: (specifier: string, parent: string) => void;
}
interface CommonJs {
  _resolveFilename: (request: string, ...rest: unknown[]) => string;
}

// As in hooks.ts, which a start without a loader thread need not load.
const modules = new Map([
  ['bun', new URL('./bun-module.js', import.meta.url).href],
  ['bun:sqlite', new URL('./sqlite-module.js', import.meta.url).href],
]);

const Module: unknown = process.getBuiltinModule('node:module');
let installed = false;

/** `entry`: the program's main file. */
export function installModuleHooks(entry: string | undefined): void {
  if (installed) return;
  installed = true;
  const api = Module as HookApi;
  if (api.registerHooks !== undefined) {
    api.registerHooks({
      resolve: (specifier, context, next) => {
        const url = modules.get(specifier);
        if (url === undefined) return next(specifier, context);
        return { url, format: 'module', shortCircuit: true };
      },
      load: (url, context, next) => {
        const source = htmlModuleSource(url);
        if (source === undefined) return next(url, context);
        return { format: 'module', source, shortCircuit: true };
      },
    });
    return;
  }
  if (mayImportBun(entry)) api.register?.('./hooks.js', import.meta.url);
  const commonJs = Module as CommonJs;
  const original = commonJs._resolveFilename;
  commonJs._resolveFilename = function (request, ...rest) {
    const url = modules.get(request);
    if (url !== undefined) return process.getBuiltinModule('node:url').fileURLToPath(url);
    return original.call(this, request, ...rest);
  };
}

// SPDX-License-Identifier: MIT
//
// Resolves the specifier `bun` to this package: synchronous in-thread hooks where Node has them,
// the loader thread's otherwise. `require("bun")` is covered through Module._resolveFilename where
// the hooks do not reach it.

import { mayImportBun } from './entry-scan.js';

interface ResolveResult {
  url: string;
  format?: string;
  shortCircuit?: boolean;
}
type NextResolve = (specifier: string, context: unknown) => ResolveResult;
interface HookApi {
  registerHooks?: (hooks: {
    resolve: (specifier: string, context: unknown, next: NextResolve) => ResolveResult;
  }) => void;
  register?: (specifier: string, parent: string) => void;
}
interface CommonJs {
  _resolveFilename: (request: string, ...rest: unknown[]) => string;
}

// As in hooks.ts, which a start without a loader thread need not load.
const bunModuleUrl = new URL('./bun-module.js', import.meta.url).href;

const Module: unknown = process.getBuiltinModule('node:module');
let installed = false;

/** `entry`: the program's main file. */
export function installModuleHooks(entry: string | undefined): void {
  if (installed) return;
  installed = true;
  const api = Module as HookApi;
  if (api.registerHooks !== undefined) {
    api.registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'bun'
          ? { url: bunModuleUrl, format: 'module', shortCircuit: true }
          : next(specifier, context),
    });
    return;
  }
  if (mayImportBun(entry)) api.register?.('./hooks.js', import.meta.url);
  const commonJs = Module as CommonJs;
  const original = commonJs._resolveFilename;
  commonJs._resolveFilename = function (request, ...rest) {
    if (request === 'bun') return process.getBuiltinModule('node:url').fileURLToPath(bunModuleUrl);
    return original.call(this, request, ...rest);
  };
}

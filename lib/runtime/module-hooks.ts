// SPDX-License-Identifier: MIT
//
// Resolves the specifier `bun` to this package: synchronous in-thread hooks where Node has them,
// the loader thread's otherwise. `require("bun")` is covered through Module._resolveFilename where
// the hooks do not reach it.

import Module from 'node:module';
import { bunModuleUrl } from './hooks.js';
import { fileURLToPath } from 'node:url';

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

let installed = false;

export function installModuleHooks(): void {
  if (installed) return;
  installed = true;
  const api = Module as unknown as HookApi;
  if (api.registerHooks !== undefined) {
    api.registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'bun'
          ? { url: bunModuleUrl, format: 'module', shortCircuit: true }
          : next(specifier, context),
    });
    return;
  }
  api.register?.('./hooks.js', import.meta.url);
  const commonJs = Module as unknown as CommonJs;
  const original = commonJs._resolveFilename;
  commonJs._resolveFilename = function (request, ...rest) {
    if (request === 'bun') return fileURLToPath(bunModuleUrl);
    return original.call(this, request, ...rest);
  };
}

// SPDX-License-Identifier: MIT
//
// Several requests (onRequests) and messages run in one callback scope, and a store that one of them
// enters with AsyncLocalStorage.enterWith() must not be there for the next. Where Node keeps stores as
// properties of async resources, cells.ts notices and the scope ends with that call. Where it
// keeps them in frames (from 24 on), nothing can be noticed, and every handler gets a scope.

import type { AsyncResource } from 'node:async_hooks';

function hasFrames(): boolean {
  const major = Number.parseInt(process.versions.node, 10);
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return major < 24
    ? flags.includes('--experimental-async-context-frame')
    : !flags.includes('--no-async-context-frame');
}

/** Whether handlers have to be called through `isolated()`. */
export const needsIsolation: boolean = hasFrames();

let resource: AsyncResource | undefined;

/** `this.call(...args)` in a scope whose stores nobody else sees. */
export function isolated<This, Args extends unknown[], Result>(
  call: (this: This, ...args: Args) => Result,
  self: This,
  ...args: Args
): Result {
  if (resource === undefined) {
    // Made on the first request: where this module is loaded, a store may have been entered.
    const { AsyncResource } = process.getBuiltinModule('node:async_hooks');
    resource = new AsyncResource('BUNSERVE_REQUEST', { requireManualDestroy: true });
  }
  return resource.runInAsyncScope(call, self, ...args);
}

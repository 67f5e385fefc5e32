// SPDX-License-Identifier: MIT
//
// Handlers keep the AsyncLocalStorage stores of the place where they were given to serve() or
// reload(), as in Bun. Requests come in a context of their own that has none, so such a handler is
// called through its maker's; one that was given where no store is entered stays what it is, and its
// requests pay nothing.

import type { AsyncResource } from 'node:async_hooks';

type Handler = (this: never, ...args: never[]) => unknown;

interface Bound {
  readonly handler: Handler;
  readonly scope: AsyncResource;
}

const bound = new WeakMap<Handler, Bound>();

function newResource(type: string): AsyncResource {
  const { AsyncResource } = process.getBuiltinModule('node:async_hooks');
  return new AsyncResource(type, { requireManualDestroy: true });
}

/**
 * Whether a value that a resource keeps beside its two ids has a store in it. Up to Node 23 the value
 * is the store; later it is a map of all stores, which is empty or has undefined for those that were
 * left; without frames it is an object of them.
 */
function hasStore(name: string | undefined, value: unknown): boolean {
  if (value === undefined) return false;
  if (name === 'context_frame' && process.getBuiltinModule('node:util/types').isMap(value)) {
    return [...Map.prototype.values.call(value)].some((store) => store !== undefined);
  }
  if (name === 'kAsyncLocalStorageContext') {
    const stores = value as Record<symbol, unknown>;
    return Object.getOwnPropertySymbols(stores).some((key) => stores[key] !== undefined);
  }
  // The store itself, or what a later Node has: calling through a scope is never wrong.
  return true;
}

/** The async context of here, undefined when it has no store. */
function currentScope(): AsyncResource | undefined {
  const resource = newResource('BUNSERVE_SERVE');
  const values = resource as unknown as Record<symbol, unknown>;
  const isEntered = Object.getOwnPropertySymbols(resource).some(
    ({ description }, i, keys) =>
      !/_id_symbol$/.test(description ?? '') && hasStore(description, values[keys[i] as symbol]),
  );
  return isEntered ? resource : undefined;
}

// A resource per call: what a handler enters shall not be there for the next request.
function within<T>(scope: AsyncResource, call: () => T): T {
  return scope.runInAsyncScope(() => newResource('BUNSERVE_REQUEST').runInAsyncScope(call));
}

/** Gives handlers the stores of here, when there are any. */
export function handlerBinder(): <F extends Handler>(handler: F) => F {
  const scope = currentScope();
  if (scope === undefined) return (handler) => handler;
  return <F extends Handler>(handler: F): F => {
    const inScope = function (this: never, ...args: never[]): unknown {
      return within(scope, () => handler.apply(this, args));
    };
    bound.set(inScope, { handler, scope });
    return inScope as F;
  };
}

/** Calls `use` in the context that the handler keeps, with the handler itself. */
export function enterHandler<F extends Handler, T>(handler: F, use: (handler: F) => T): T {
  const found = bound.get(handler);
  return found === undefined ? use(handler) : within(found.scope, () => use(found.handler as F));
}

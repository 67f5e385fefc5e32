// SPDX-License-Identifier: MIT
// Installs our Response, Request and Headers as the globals (`bunserve/register`), lets native
// fetch() take them, and ReadableStream take direct sources. Nothing else patches a global. Node's own classes are not loaded for it: the
// lazy globals are set aside or, where Node's lazy property cannot be set aside without loading
// (Node 22 and later), simply replaced; the native classes are then learned from fetch()'s results.

import { bunReadableStream } from './direct-stream.js';
import { Headers } from './headers.js';
import {
  type FetchClassName,
  isNativeLoaded,
  nativeClass,
  nativeClassIfLoaded,
  setNativeLoader,
} from './native.js';
import { fetchThrough } from './native-fetch.js';
import { Request } from './request.js';
import { requestRules } from './request-init.js';
import { Response } from './response.js';

type Constructor = abstract new (...args: never[]) => object;
type Fetch = typeof globalThis.fetch;

const classes: Readonly<Record<FetchClassName, Constructor>> = { Response, Request, Headers };
const names: readonly FetchClassName[] = ['Response', 'Request', 'Headers'];

// Up to Node 21 the lazy globals are accessors. Later they are data properties whose very
// descriptor cannot be read without loading the classes.
const kHasLazyAccessors = Number(process.versions.node.split('.', 1)[0]) < 22;

function define(name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    enumerable,
    configurable: true,
  });
}

/** Takes the native class out of the way; returns how to put it back. */
function replaceClass(name: FetchClassName): () => void {
  const ours = classes[name];
  if (kHasLazyAccessors || isNativeLoaded()) {
    // Loaded means cheap to read; linking keeps the class reachable for us.
    if (isNativeLoaded()) nativeClass(name);
    const before = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
    const read = before.get;
    if (read !== undefined) {
      setNativeLoader(name, () => {
        const native = read.call(globalThis) as Constructor;
        // Node's accessor redefines the global when it is first read.
        define(name, ours, false);
        return native;
      });
    }
    define(name, ours, false);
    return () => Object.defineProperty(globalThis, name, before);
  }
  // A plain assignment is the one write that V8's lazy property takes without evaluating it.
  (globalThis as unknown as Record<string, unknown>)[name] = ours;
  setNativeLoader(name, () => null);
  return () => {
    const native = nativeClassIfLoaded(name);
    if (native !== null) define(name, native, false);
  };
}

let uninstall: (() => void) | null = null;

/** Installs once; further calls return the same function, which restores the native globals. */
export function installFetchClasses(): () => void {
  if (uninstall !== null) return uninstall;
  const restore = names.map(replaceClass);
  const nativeFetch = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (typeof nativeFetch?.value === 'function') {
    define('fetch', fetchThrough(nativeFetch.value as Fetch), nativeFetch.enumerable === true);
  }
  requestRules.isDuplexOptional = true;
  // Assigned, not defined: see replaceClass().
  globalThis.ReadableStream = bunReadableStream();
  uninstall = () => {
    requestRules.isDuplexOptional = false;
    for (const undo of restore) undo();
    globalThis.ReadableStream = process.getBuiltinModule('node:stream/web')
      .ReadableStream as unknown as typeof ReadableStream;
    if (nativeFetch !== undefined) Object.defineProperty(globalThis, 'fetch', nativeFetch);
    uninstall = null;
  };
  return uninstall;
}

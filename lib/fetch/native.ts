// SPDX-License-Identifier: MIT
// Node's own fetch classes, without loading them: the first look at `globalThis.Response` makes Node
// load all of its fetch (35-60 ms, as much as Node's whole start). So our prototypes are chained to
// the native ones only once something else has loaded them. Until then the chain ends in a Proxy
// whose only trap is getPrototypeOf: `ours instanceof globalThis.Response` has by then loaded the
// native class, runs into the trap, and gets the right answer; nothing global is patched.

export type FetchClassName = 'Response' | 'Request' | 'Headers';

type Constructor = abstract new (...args: never[]) => object;

interface Pair {
  readonly ours: Constructor;
  native: Constructor | null;
  /** Set by install.ts when the global no longer leads to the native class. */
  load: (() => Constructor | null) | null;
}

const pairs = new Map<FetchClassName, Pair>();
const linkedHooks: ((name: FetchClassName, ours: Constructor, native: Constructor) => void)[] = [];
const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];
const kFetchModule = 'NativeModule internal/deps/undici/undici';

let loaded = false;

/** Whether Node has loaded its fetch. Asking loads nothing. */
export function isNativeLoaded(): boolean {
  if (loaded) return true;
  const list = (process as unknown as { moduleLoadList?: unknown }).moduleLoadList;
  loaded = !Array.isArray(list) || list.includes(kFetchModule);
  return loaded;
}

function dropGuard(pair: Pair): void {
  Reflect.deleteProperty(pair.ours.prototype as object, 'then');
}

function link(name: FetchClassName, pair: Pair, native: Constructor): void {
  pair.native = native;
  dropGuard(pair);
  Object.setPrototypeOf(pair.ours.prototype, native.prototype as object);
  for (const hook of linkedHooks) hook(name, pair.ours, native);
}

/** The native class, loading it if it can still be reached; null when it cannot. */
export function nativeClass(name: FetchClassName): Constructor | null {
  const pair = pairs.get(name) as Pair;
  if (pair.native !== null) return pair.native;
  const found =
    pair.load !== null ? pair.load() : (globalThis as unknown as Record<string, Constructor>)[name];
  if (found === null || found === undefined || found === pair.ours) return null;
  if (pair.native === null) link(name, pair, found);
  return found;
}

/** The native class if Node has loaded it by now. */
export function nativeClassIfLoaded(name: FetchClassName): Constructor | null {
  const pair = pairs.get(name) as Pair;
  return pair.native ?? (isNativeLoaded() ? nativeClass(name) : null);
}

/** Registers our class: chains its prototype, now or when the native class turns up. */
export function registerFetchClass(name: FetchClassName, ours: Constructor): void {
  const pair: Pair = { ours, native: null, load: null };
  pairs.set(name, pair);
  if (nativeClassIfLoaded(name) !== null) return;
  const end = new Proxy(Object.prototype, {
    getPrototypeOf: () =>
      (nativeClassIfLoaded(name)?.prototype as object | undefined) ?? Object.prototype,
  });
  // Settling a promise with an instance looks for `then`; found here, the search never gets to the
  // Proxy, which would cost every async handler 120 ns.
  Object.defineProperty(ours.prototype, 'then', { value: undefined, configurable: true });
  Object.setPrototypeOf(ours.prototype, end);
}

/** For install.ts: from now on `load` is the way to the native class, and the Proxy can go. */
export function setNativeLoader(
  name: FetchClassName,
  load: (() => Constructor | null) | null,
): void {
  const pair = pairs.get(name) as Pair;
  pair.load = load;
  if (pair.native !== null || load === null) return;
  dropGuard(pair);
  Object.setPrototypeOf(pair.ours.prototype, Object.prototype);
}

/** Learns native classes from an instance, where nothing else leads to them. */
export function learnNativeClass(name: FetchClassName, instance: object): void {
  const pair = pairs.get(name) as Pair;
  const found = instance.constructor as unknown as Constructor;
  if (pair.native === null && found !== pair.ours && found.name === name) link(name, pair, found);
}

/** Runs now or later, once for each class that gets chained to its native one. */
export function onNativeLinked(
  hook: (name: FetchClassName, ours: Constructor, native: Constructor) => void,
): void {
  linkedHooks.push(hook);
  for (const [name, pair] of pairs) if (pair.native !== null) hook(name, pair.ours, pair.native);
}

/** `value instanceof Ours`, true for native instances too: fetch() results are Responses. */
export function isInstance(self: Constructor, name: FetchClassName, value: unknown): boolean {
  if (ordinaryHasInstance.call(self, value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const pair = pairs.get(name);
  if (pair === undefined || self !== pair.ours) return false;
  const native = nativeClassIfLoaded(name);
  return native !== null && ordinaryHasInstance.call(native, value);
}

// SPDX-License-Identifier: MIT
// Headers: the WHATWG interface over a HeaderList, or over a HeaderSource that keeps the request's
// head outside JS until more than a look-up is asked. Adds Bun's getAll, toJSON and count.
// Validation is headers-init.ts and header-value.ts; wire form is header-block.ts.

import {
  illegalInvocation,
  immutableHeaders,
  invalidHeaderName,
  missingArguments,
} from './fetch-errors.js';
import { HeaderList } from './header-list.js';
import { headerName, type HeaderName } from './header-names.js';
import { byteString, headerValue } from './header-value.js';
import { checkedName, fillHeaders, type HeadersInit } from './headers-init.js';
import { EntryKind, headersIterator } from './headers-iterator.js';
import { defineInspect, shapeInterface } from './interface-shape.js';
import { isInstance, registerFetchClass } from './native.js';

/** Headers that live elsewhere, already validated. Names are lower case, duplicates joined. */
export interface HeaderSource {
  get(lowerName: string): string | null;
  /** All of them: flat name, value, name, value. */
  entries(): string[];
}

export const HeadersGuard = { None: 0, Immutable: 1 } as const;

type ForEachCallback = (value: string, key: string, parent: Headers) => void;

function lookUp(raw: unknown, where: string): string {
  const spelling = byteString(raw, where);
  const name = headerName(spelling);
  if (name === null) throw invalidHeaderName(where, spelling);
  return name.lower;
}

// Ways past the private fields for the functions below; set by the class's static block.
let adoptList: (list: HeaderList, guard: number) => Headers;
let adoptSource: (source: HeaderSource) => Headers;
let listOf: (headers: Headers) => HeaderList;
let isOurs: (value: unknown) => value is Headers;

export class Headers {
  #list: HeaderList | null = null;
  #source: HeaderSource | null = null;
  #guard: number = HeadersGuard.None;

  constructor(init: HeadersInit | undefined = undefined) {
    if (init === undefined) return;
    this.#list = headerListFrom(init);
  }

  static {
    adoptList = (list, guard) => {
      const headers = new Headers();
      headers.#list = list;
      headers.#guard = guard;
      return headers;
    };
    adoptSource = (source) => {
      const headers = new Headers();
      headers.#source = source;
      return headers;
    };
    listOf = (headers) => headers.#materialize();
    isOurs = (value): value is Headers =>
      typeof value === 'object' && value !== null && #list in value;
  }

  #materialize(): HeaderList {
    if (this.#list !== null) return this.#list;
    const list = new HeaderList();
    if (this.#source !== null) {
      const flat = this.#source.entries();
      for (let i = 0; i < flat.length; i += 2) {
        const name = headerName(flat[i] as string);
        if (name !== null) list.append(name, flat[i + 1] as string);
      }
      this.#source = null;
    }
    return (this.#list = list);
  }

  #writable(): HeaderList {
    if (this.#guard === HeadersGuard.Immutable) throw immutableHeaders();
    return this.#materialize();
  }

  append(name: string, value: string): void {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 2) throw missingArguments('Headers.append', 2, arguments.length);
    const checked = checkedName(name, 'Headers.append', value);
    const text = headerValue(value, checked.lower, 'Headers.append');
    this.#writable().append(checked, text);
  }

  delete(name: string): void {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 1) throw missingArguments('Headers.delete', 1, 0);
    const checked: HeaderName = checkedName(name, 'Headers.delete');
    this.#writable().delete(checked);
  }

  get(name: string): string | null {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 1) throw missingArguments('Headers.get', 1, 0);
    const lower = lookUp(name, 'Headers.get');
    if (this.#list !== null) return this.#list.get(lower);
    return this.#source === null ? null : this.#source.get(lower);
  }

  has(name: string): boolean {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 1) throw missingArguments('Headers.has', 1, 0);
    const lower = lookUp(name, 'Headers.has');
    if (this.#list !== null) return this.#list.has(lower);
    return this.#source !== null && this.#source.get(lower) !== null;
  }

  set(name: string, value: string): void {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 2) throw missingArguments('Headers.set', 2, arguments.length);
    const checked = checkedName(name, 'Headers.set', value);
    const text = headerValue(value, checked.lower, 'Headers.set');
    this.#writable().set(checked, text);
  }

  getSetCookie(): string[] {
    if (!(#list in this)) throw illegalInvocation();
    return this.#materialize().setCookies();
  }

  keys(): IterableIterator<string> {
    if (!(#list in this)) throw illegalInvocation();
    return headersIterator(() => this.#materialize().sorted(), EntryKind.Key);
  }

  values(): IterableIterator<string> {
    if (!(#list in this)) throw illegalInvocation();
    return headersIterator(() => this.#materialize().sorted(), EntryKind.Value);
  }

  entries(): IterableIterator<[string, string]> {
    if (!(#list in this)) throw illegalInvocation();
    return headersIterator(() => this.#materialize().sorted(), EntryKind.Both);
  }

  forEach(callback: ForEachCallback, thisArg: unknown = undefined): void {
    if (!(#list in this)) throw illegalInvocation();
    if (arguments.length < 1) throw missingArguments('Headers.forEach', 1, 0);
    if (typeof callback !== 'function') {
      throw new TypeError("Headers.forEach: parameter 1 is not of type 'Function'.");
    }
    for (let i = 0; ; i += 2) {
      const flat = this.#materialize().sorted();
      if (i >= flat.length) return;
      callback.call(thisArg, flat[i + 1] as string, flat[i] as string, this);
    }
  }

  /** Bun: every value of a header that is never combined. */
  getAll(name: string): string[] {
    if (!(#list in this)) throw illegalInvocation();
    if (lookUp(name, 'Headers.getAll') !== 'set-cookie') {
      throw new TypeError('Only "set-cookie" is supported.');
    }
    return this.#materialize().setCookies();
  }

  /** Bun: plain object of lower-case names; set-cookie is an array. */
  toJSON(): Record<string, string | string[]> {
    if (!(#list in this)) throw illegalInvocation();
    const list = this.#materialize();
    const json: Record<string, string | string[]> = {};
    const cookies = list.setCookies();
    if (cookies.length > 0) json['set-cookie'] = cookies;
    const flat = list.sorted();
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string;
      if (name !== 'set-cookie') json[name] = flat[i + 1] as string;
    }
    return json;
  }

  /** Bun: number of header lines. */
  get count(): number {
    if (!(#list in this)) throw illegalInvocation();
    return this.#materialize().size;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, 'Headers', value);
  }

  declare [Symbol.iterator]: () => IterableIterator<[string, string]>;
  declare readonly [Symbol.toStringTag]: string;
}

const entries = Headers.prototype.entries;
Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: entries,
  writable: true,
  configurable: true,
});
shapeInterface(Headers, ['getAll', 'toJSON', 'count']);
defineInspect(Headers.prototype, (headers) => headers.toJSON());
registerFetchClass('Headers', Headers);

/** A new list from any HeadersInit, or the TypeError for what no header may have. */
export function convertHeaders(init: unknown): HeaderList | TypeError {
  // Copies of our own instances skip the iteration, unless somebody replaced the iterator.
  if (isOurs(init) && (init as Iterable<unknown>)[Symbol.iterator] === entries) {
    return listOf(init).copy();
  }
  const list = new HeaderList();
  return fillHeaders(list, init) ?? list;
}

/** A new list from any HeadersInit. */
export function headerListFrom(init: unknown): HeaderList {
  const list = convertHeaders(init);
  if (list instanceof HeaderList) return list;
  throw list;
}

/** Headers over a list that the caller hands over. */
export function headersFromList(list: HeaderList, guard: number = HeadersGuard.None): Headers {
  return adoptList(list, guard);
}

/** Headers over a source: `get` and `has` go straight to it, anything else reads it whole once. */
export function headersFromSource(source: HeaderSource): Headers {
  return adoptSource(source);
}

/** The list behind our Headers (reads a source whole). */
export function headerListOf(headers: Headers): HeaderList {
  return listOf(headers);
}

export function isFastHeaders(value: unknown): value is Headers {
  return isOurs(value);
}

// SPDX-License-Identifier: MIT
//
// CookieMap: the cookies of a request and what a handler changed about them, as `Bun.CookieMap`
// (behaviours 18.1, 18.2, 18.6). Changed cookies come first; a deletion is a change as well: an
// expired cookie that hides what the request had under its name.

import { invalidArgument, missingArguments } from '../errors.js';
import { defineInspect, shapeInterface } from '../fetch/interface-shape.js';
import { Cookie, cookieAccess } from './cookie.js';
import { parseCookieHeader } from './cookie-header.js';
import {
  checkedName,
  type CookieInit,
  type CookieStoreDeleteOptions,
  toText,
} from './cookie-init.js';

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function pairsOfList(list: readonly unknown[]): string[] {
  const pairs: string[] = [];
  for (const pair of list) {
    if (!Array.isArray(pair)) {
      throw new TypeError('Expected each element to be an array of two strings');
    }
    if (pair.length !== 2) throw new TypeError('Expected arrays of exactly two strings');
    pairs.push(`${pair[0] as string}`, `${pair[1] as string}`);
  }
  return pairs;
}

/** Names and values of what the constructor takes. Only a Cookie field is percent-decoded. */
function readInit(init: unknown): string[] {
  if (init === undefined || init === null) return [];
  if (typeof init === 'string') return parseCookieHeader(init);
  if (Array.isArray(init)) return pairsOfList(init);
  if (typeof init !== 'object') throw new TypeError('Invalid initializer type');
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(init)) pairs.push(name, `${value as string}`);
  return pairs;
}

// Ways past the private fields, for requests; set by the class's static block.
let access: {
  copy(map: CookieMap): CookieMap;
  lines(map: CookieMap): string;
};

export class CookieMap implements Iterable<[string, string]> {
  /** Alternating names and values, as they came. Not written to: copies share it. */
  #given: readonly string[];
  /** In order of their last change; null until there is one. */
  #changed: Map<string, Cookie> | null = null;

  constructor(init?: string | readonly (readonly string[])[] | Record<string, string> | null) {
    this.#given = readInit(init);
  }

  static {
    access = {
      copy: (map) => {
        const copy = new CookieMap();
        copy.#given = map.#given;
        copy.#changed = map.#changed === null ? null : new Map(map.#changed);
        return copy;
      },
      lines: (map) => {
        let lines = '';
        if (map.#changed === null) return lines;
        for (const cookie of map.#changed.values())
          lines += `Set-Cookie: ${cookieAccess.text(cookie)}\r\n`;
        return lines;
      },
    };
  }

  /** The value of the first cookie of that name. */
  get(name: string): string | null {
    const wanted = toText(name);
    const changed = this.#changed?.get(wanted);
    if (changed !== undefined) {
      const value = cookieAccess.value(changed);
      return value === '' ? null : value;
    }
    const given = this.#given;
    for (let i = 0; i < given.length; i += 2) {
      if (given[i] === wanted) return given[i + 1] as string;
    }
    return null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  set(name: string, value: string, options?: CookieInit | null): void;
  /** The Cookie itself is kept: later changes of it count until the response is sent. */
  set(cookie: CookieInit | Cookie): void;
  set(first?: unknown, value?: unknown, options: unknown = undefined): void {
    if (arguments.length === 0) return;
    if (isObject(first)) {
      this.#change(cookieAccess.is(first) ? first : new Cookie(first as CookieInit));
    } else if (arguments.length === 1) {
      throw missingArguments('Not enough arguments');
    } else {
      const name = checkedName(toText(first));
      this.#change(new Cookie(name, value as string, options as CookieInit));
    }
  }

  /** The client is told to forget the cookie; path and domain must be those it was made with. */
  delete(name: string, options?: Omit<CookieStoreDeleteOptions, 'name'> | null): void;
  delete(options: CookieStoreDeleteOptions | Cookie): void;
  delete(first?: unknown, options: unknown = undefined): void {
    if (arguments.length === 0) return;
    const given = (isObject(first) ? first : options) as Partial<CookieStoreDeleteOptions> | null;
    const name = isObject(first) ? given?.name : first;
    if (typeof name !== 'string') throw new TypeError('Cookie name is required');
    if (given !== undefined && given !== null && !isObject(given)) {
      throw new TypeError('Options must be an object');
    }
    const { path, domain } = given ?? {};
    this.#change(new Cookie(checkedName(toText(name)), '', { path, domain, expires: 0 }));
  }

  #change(cookie: Cookie): void {
    const changed = (this.#changed ??= new Map<string, Cookie>());
    const name = cookieAccess.name(cookie);
    // What changes again moves to the end.
    changed.delete(name);
    changed.set(name, cookie);
  }

  #pairs(): [string, string][] {
    const pairs: [string, string][] = [];
    const changed = this.#changed;
    if (changed !== null) {
      for (const [name, cookie] of changed) {
        const value = cookieAccess.value(cookie);
        if (value !== '') pairs.push([name, value]);
      }
    }
    const given = this.#given;
    for (let i = 0; i < given.length; i += 2) {
      const name = given[i] as string;
      if (changed === null || !changed.has(name)) pairs.push([name, given[i + 1] as string]);
    }
    return pairs;
  }

  /** How many cookies an iteration yields. */
  get size(): number {
    return this.#pairs().length;
  }

  /** Set-Cookie values of what was changed; nothing for cookies that only came with the request. */
  toSetCookieHeaders(): string[] {
    return this.#changed === null ? [] : Array.from(this.#changed.values(), cookieAccess.text);
  }

  /** One entry a name, the first. */
  toJSON(): Record<string, string> {
    const json: Record<string, string> = {};
    for (const [name, value] of this.#pairs()) {
      if (Object.hasOwn(json, name)) continue;
      // Not an assignment: a cookie may be called __proto__.
      const shown = { value, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(json, name, shown);
    }
    return json;
  }

  // Iterators walk over the cookies of the moment they were made, so that a loop may change them.

  entries(): IterableIterator<[string, string]> {
    return this.#pairs().values();
  }

  keys(): IterableIterator<string> {
    return this.#pairs()
      .map(([name]) => name)
      .values();
  }

  values(): IterableIterator<string> {
    return this.#pairs()
      .map(([, value]) => value)
      .values();
  }

  forEach(
    callback: (value: string, name: string, map: CookieMap) => void,
    self: unknown = undefined,
  ): void {
    if (typeof callback !== 'function') {
      throw invalidArgument('Cannot call callback on a non-function');
    }
    for (const [name, value] of this.#pairs()) callback.call(self, value, name, this);
  }

  declare [Symbol.iterator]: () => IterableIterator<[string, string]>;
  declare readonly [Symbol.toStringTag]: string;
}

shapeInterface(CookieMap);
Object.defineProperty(CookieMap.prototype, Symbol.iterator, {
  value: CookieMap.prototype.entries,
  writable: true,
  configurable: true,
});
defineInspect(CookieMap.prototype, (map) => map.toJSON());

/** A map of its own with the same cookies and changes. */
export function copyCookieMap(map: CookieMap): CookieMap {
  return access.copy(map);
}

/** Complete Set-Cookie lines of the changes. */
export function setCookieLines(map: CookieMap): string {
  return access.lines(map);
}

// SPDX-License-Identifier: MIT
// The iterator object of Headers: WebIDL's "default iterator object". It looks at the live, sorted
// list at every step, so changes made during an iteration are seen as the standard says.

import { illegalInvocation } from './fetch-errors.js';

export const EntryKind = { Key: 0, Value: 1, Both: 2 } as const;

/** Flat [lower, value...] of the headers as they are now. */
export type SortedHeaders = () => readonly string[];

type Entry = string | [string, string];

class HeadersIterator {
  #sorted: SortedHeaders;
  #kind: number;
  #index = 0;

  constructor(sorted: SortedHeaders, kind: number) {
    this.#sorted = sorted;
    this.#kind = kind;
  }

  next(): IteratorResult<Entry, undefined> {
    if (!(#sorted in this)) throw illegalInvocation();
    const flat = this.#sorted();
    const at = this.#index;
    if (at >= flat.length) return { value: undefined, done: true };
    this.#index = at + 2;
    const name = flat[at] as string;
    const value = flat[at + 1] as string;
    if (this.#kind === EntryKind.Both) return { value: [name, value], done: false };
    return { value: this.#kind === EntryKind.Key ? name : value, done: false };
  }
}

const arrayIteratorPrototype = Object.getPrototypeOf([][Symbol.iterator]()) as object;
const iteratorPrototype = Object.getPrototypeOf(arrayIteratorPrototype) as object;

const prototype = HeadersIterator.prototype;
Object.setPrototypeOf(prototype, iteratorPrototype);
Reflect.deleteProperty(prototype, 'constructor');
Object.defineProperty(prototype, 'next', { enumerable: true });
Object.defineProperty(prototype, Symbol.toStringTag, {
  value: 'Headers Iterator',
  configurable: true,
});

export function headersIterator<T extends Entry>(
  sorted: SortedHeaders,
  kind: number,
): IterableIterator<T> {
  return new HeadersIterator(sorted, kind) as unknown as IterableIterator<T>;
}

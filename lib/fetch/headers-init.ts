// SPDX-License-Identifier: MIT
// HeadersInit to HeaderList: the WebIDL union conversion (sequence of pairs, or record) and the
// standard's "fill", in one pass. A response built with a literal `{ headers: {...} }` comes through
// here on every request, so the plain-object path avoids everything observable but slow.

import { invalidHeaderName, invalidHeadersInit, notByteString } from './fetch-errors.js';
import type { HeaderList } from './header-list.js';
import { headerName, type HeaderName } from './header-names.js';
import { byteString, headerValue } from './header-value.js';

const { isProxy } = process.getBuiltinModule('node:util/types');

export type HeadersInit =
  | Iterable<readonly [string, string]>
  | Iterable<readonly string[]>
  | Record<string, string | readonly string[]>
  | { [Symbol.iterator](): Iterator<[string, string]> };

const kWhere = 'Headers constructor';

/** A valid name or the error for it. */
export function checkedName(raw: unknown, where: string): HeaderName {
  const spelling = typeof raw === 'string' ? raw : `${raw as string}`;
  const name = headerName(spelling);
  if (name !== null) return name;
  for (let i = 0; i < spelling.length; i++) {
    if (spelling.charCodeAt(i) > 0xff) throw notByteString(where);
  }
  throw invalidHeaderName(where, spelling);
}

function appendPair(list: HeaderList | null, name: unknown, value: unknown): void {
  if (list === null) {
    byteString(name, kWhere);
    byteString(value, kWhere);
    return;
  }
  const checked = checkedName(name, kWhere);
  list.append(checked, headerValue(value, checked.lower, kWhere));
}

function fillFromSequence(list: HeaderList | null, sequence: Iterable<unknown>): void {
  for (const item of sequence) {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw invalidHeadersInit(kWhere);
    }
    const pair = Array.isArray(item) ? (item as unknown[]) : [...(item as Iterable<unknown>)];
    if (list === null) {
      for (const part of pair) byteString(part, kWhere);
      continue;
    }
    if (pair.length !== 2) {
      throw new TypeError(
        `${kWhere}: expected name/value pair to be length 2, found ${pair.length}.`,
      );
    }
    appendPair(list, pair[0], pair[1]);
  }
}

// WebIDL's record conversion step by step: proxies and symbol keys can watch each of them.
function fillFromExoticRecord(list: HeaderList | null, record: object): void {
  for (const key of Reflect.ownKeys(record)) {
    if (!Object.prototype.propertyIsEnumerable.call(record, key)) continue;
    if (typeof key === 'symbol') throw invalidHeadersInit(kWhere);
    appendPair(list, key, (record as Record<string, unknown>)[key]);
  }
}

function fillFromRecord(list: HeaderList | null, record: Record<string, unknown>): void {
  if (isProxy(record)) return fillFromExoticRecord(list, record);
  // for-in with a filter is three times faster than Object.keys() on a fresh literal. Symbol keys,
  // for which WebIDL throws, are not seen: looking for them would cost as much as all the rest.
  for (const key in record) {
    if (Object.hasOwn(record, key)) appendPair(list, key, record[key]);
  }
}

/**
 * Fills an empty list from any HeadersInit; throws TypeError for what is none. Without a list only
 * the WebIDL conversion is done, for callers that must report another error before a bad header.
 */
export function fillHeaders(list: HeaderList | null, init: unknown): void {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    throw invalidHeadersInit(kWhere);
  }
  const method = (init as Iterable<unknown>)[Symbol.iterator] as unknown;
  if (method === undefined) {
    fillFromRecord(list, init as Record<string, unknown>);
  } else if (method === null) {
    fillFromExoticRecord(list, init);
  } else if (typeof method !== 'function') {
    throw invalidHeadersInit(kWhere);
  } else {
    // WebIDL reads the method once; for-of over `init` itself would read it again.
    const iterate = method as () => Iterator<unknown>;
    fillFromSequence(list, { [Symbol.iterator]: () => iterate.call(init) });
  }
}

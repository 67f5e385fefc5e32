// SPDX-License-Identifier: MIT
// HeadersInit to HeaderList: the WebIDL union conversion (sequence of pairs, or record) and the
// standard's "fill", in one pass that looks like two: a bad name or value is kept until the whole
// init was converted, and for the caller to throw when it is time. A response built with a literal
// `{ headers: {...} }` comes through here on every request, so the plain-object path avoids
// everything observable but slow.

import { invalidHeaderName, invalidHeadersInit, invalidHeaderValue } from './fetch-errors.js';
import type { HeaderList } from './header-list.js';
import { headerName, type HeaderName } from './header-names.js';
import { byteString, normalizedValue } from './header-value.js';

const { isProxy } = process.getBuiltinModule('node:util/types');

export type HeadersInit =
  | Iterable<readonly [string, string]>
  | Iterable<readonly string[]>
  | Record<string, string | readonly string[]>
  | { [Symbol.iterator](): Iterator<[string, string]> };

const kWhere = 'Headers constructor';

/** A valid name or the error for it. `value` is what else there is to convert before the error. */
export function checkedName(raw: unknown, where: string, value: unknown = ''): HeaderName {
  const spelling = typeof raw === 'string' ? raw : `${raw as string}`;
  const name = headerName(spelling);
  if (name !== null) return name;
  byteString(spelling, where);
  byteString(value, where);
  throw invalidHeaderName(where, spelling);
}

/** Converts and appends one pair; what is wrong with it, or what was wrong with one before it. */
function appendPair(
  list: HeaderList,
  name: HeaderName | null,
  spelling: string,
  value: unknown,
  failure: TypeError | null,
): TypeError | null {
  const text = typeof value === 'string' ? value : `${value as string}`;
  const normalized = normalizedValue(text);
  if (name === null) {
    byteString(text, kWhere);
    return failure ?? invalidHeaderName(kWhere, spelling);
  }
  if (normalized === null) {
    byteString(text, kWhere);
    return failure ?? invalidHeaderValue(kWhere, name.lower);
  }
  list.append(name, normalized);
  return failure;
}

function fillFromSequence(list: HeaderList, sequence: Iterable<unknown>): TypeError | null {
  let failure: TypeError | null = null;
  for (const item of sequence) {
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) {
      throw invalidHeadersInit(kWhere);
    }
    const pair = Array.isArray(item) ? (item as unknown[]) : [...(item as Iterable<unknown>)];
    if (pair.length === 2) {
      const spelling = byteString(pair[0], kWhere);
      failure = appendPair(list, headerName(spelling), spelling, pair[1], failure);
      continue;
    }
    for (const part of pair) byteString(part, kWhere);
    failure ??= new TypeError(
      `${kWhere}: expected name/value pair to be length 2, found ${pair.length}.`,
    );
  }
  return failure;
}

// WebIDL's record conversion step by step: proxies and symbol keys can watch each of them.
function fillFromExoticRecord(list: HeaderList, record: object): TypeError | null {
  let failure: TypeError | null = null;
  for (const key of Reflect.ownKeys(record)) {
    if (!Object.prototype.propertyIsEnumerable.call(record, key)) continue;
    if (typeof key === 'symbol') throw invalidHeadersInit(kWhere);
    byteString(key, kWhere);
    failure = appendPair(
      list,
      headerName(key),
      key,
      (record as Record<string, unknown>)[key],
      failure,
    );
  }
  return failure;
}

function fillFromRecord(list: HeaderList, record: Record<string, unknown>): TypeError | null {
  if (isProxy(record)) return fillFromExoticRecord(list, record);
  let failure: TypeError | null = null;
  // for-in with a filter is three times faster than Object.keys() on a fresh literal. Symbol keys,
  // for which WebIDL throws, are not seen: looking for them would cost as much as all the rest.
  for (const key in record) {
    if (!Object.hasOwn(record, key)) continue;
    const name = headerName(key);
    if (name === null) byteString(key, kWhere);
    failure = appendPair(list, name, key, record[key], failure);
  }
  return failure;
}

/**
 * Fills an empty list from any HeadersInit. Throws what the WebIDL conversion throws; returns the
 * TypeError for the first name or value that no header may have, null if there is none.
 */
export function fillHeaders(list: HeaderList, init: unknown): TypeError | null {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    throw invalidHeadersInit(kWhere);
  }
  const method = (init as Iterable<unknown>)[Symbol.iterator] as unknown;
  if (method === undefined) return fillFromRecord(list, init as Record<string, unknown>);
  if (method === null) return fillFromExoticRecord(list, init);
  if (typeof method !== 'function') throw invalidHeadersInit(kWhere);
  // WebIDL reads the method once; for-of over `init` itself would read it again.
  const iterate = method as () => Iterator<unknown>;
  return fillFromSequence(list, { [Symbol.iterator]: () => iterate.call(init) });
}

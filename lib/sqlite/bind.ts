// SPDX-License-Identifier: MIT
//
// Values of a program on their way to a statement's parameters.

import type { Arguments, BoundValue } from './engine.js';

/** What may be bound to a parameter. */
export type SQLBindingValue =
  | string
  | bigint
  | NodeJS.TypedArray
  | DataView
  | ArrayBufferLike
  | number
  | boolean
  | null
  | undefined;

/** What `get`, `all`, `run` and so on take: values by position, a list of them, or values by name. */
export type SQLQueryBindings = SQLBindingValue | Record<string, SQLBindingValue>;

const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

const WRONG_TYPE = 'Binding expected string, TypedArray, boolean, number, bigint or null';
const MAX_INT64 = 2n ** 63n - 1n;

/** One value as the engines take it: whole numbers are bigints, or they would be bound as reals. */
export function bindable(value: unknown, safeIntegers: boolean): BoundValue {
  switch (typeof value) {
    case 'string':
      // One U+FFFD for a lone surrogate; the engines would make three.
      return (value as string & { toWellFormed(): string }).toWellFormed();
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case 'bigint':
      return bindableBigint(value, safeIntegers);
    case 'boolean':
      return value ? 1n : 0n;
    case 'undefined':
      return null;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw new TypeError(WRONG_TYPE);
}

function bindableBigint(value: bigint, safeIntegers: boolean): bigint {
  if (value <= MAX_INT64 && value >= -MAX_INT64 - 1n) return value;
  if (safeIntegers) throw new RangeError(`BigInt value '${value}' is out of range`);
  return BigInt.asIntN(64, value);
}

function isNamed(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Object]' || tag === '[object Arguments]';
}

/**
 * What a call's arguments give each parameter, by position. Without arguments: undefined, the values
 * of the run before stay.
 *
 * @throws Error as Bun does for a wrong number of values or, in strict mode, a name that is missing.
 */
export function valuesFor(
  parameters: readonly (string | null)[],
  given: readonly unknown[],
  isStrict: boolean,
  safeIntegers: boolean,
): BoundValue[] | undefined {
  if (given.length === 0) return undefined;
  if (parameters.length === 0) return [];
  const [first] = given;
  if (isNamed(first)) {
    return parameters.map((name, i) => bindable(valueOf(first, name, i, isStrict), safeIntegers));
  }
  const list = Array.isArray(first) ? (first as readonly unknown[]) : given;
  if (list.length === 0) return parameters.map(() => null);
  if (list.length !== parameters.length) {
    throw new Error(`SQLite query expected ${parameters.length} values, received ${list.length}`);
  }
  return Array.from(list, (value) => bindable(value, safeIntegers));
}

/** Parameters without a name are looked for by their number, from 0. */
function valueOf(
  values: Record<string, unknown>,
  name: string | null,
  position: number,
  isStrict: boolean,
): unknown {
  const bare = name === null || name.startsWith('?') ? String(position) : name.slice(1);
  const keys = isStrict ? [bare, name] : [name, bare];
  const key = keys.find((one) => one !== null && Object.hasOwn(values, one));
  if (key != null) return values[key];
  if (!isStrict) return null;
  const shown = name === null || name.startsWith('?') ? `?${position + 1}` : bare;
  throw new Error(`Missing parameter "${shown}"`);
}

/** The engines take named parameters in an object, those of a plain ? in order. */
export function argumentsFor(
  parameters: readonly (string | null)[],
  values: readonly BoundValue[],
): Arguments {
  if (parameters.every((name) => name === null)) return values;
  const named = Object.create(null) as Record<string, BoundValue>;
  const others: BoundValue[] = [];
  parameters.forEach((name, i) => {
    const value = values[i] as BoundValue;
    if (name === null) others.push(value);
    else named[name] = value;
  });
  return [named, ...others];
}

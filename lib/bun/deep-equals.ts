// SPDX-License-Identifier: MIT
//
// Bun.deepEquals: the comparison of test runners. Not strict: undefined properties, holes and classes
// do not count.

type Pairs = Map<object, Set<object>>;

/** Whether two values are alike. `strict`: also their classes, holes and undefined properties. */
export function deepEquals(a: unknown, b: unknown, strict = false): boolean {
  return isEqual(a, b, Boolean(strict), new Map());
}

function isEqual(a: unknown, b: unknown, strict: boolean, pairs: Pairs): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
  if (strict && !haveSameClass(a, b)) return false;
  // A pair that is being compared further up: cycles are alike when the rest is.
  const partners = pairs.get(a) ?? new Set();
  if (partners.has(b)) return true;
  pairs.set(a, partners.add(b));
  const result = haveSameContent(a, b, strict, pairs) && haveSameFields(a, b, strict, pairs);
  partners.delete(b);
  return result;
}

function haveSameClass(a: object, b: object): boolean {
  const classOf = (one: object): unknown => Object.getPrototypeOf(one) ?? Object.prototype;
  return classOf(a) === classOf(b);
}

function haveSameContent(a: object, b: object, strict: boolean, pairs: Pairs): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && b instanceof Error) return a.name === b.name && a.message === b.message;
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (a instanceof Map && b instanceof Map) return haveSameEntries(a, b, strict, pairs);
  if (a instanceof Set && b instanceof Set) return haveSameMembers(a, b, strict, pairs);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length;
  const [first, second] = [bytesOf(a), bytesOf(b)];
  if (first !== undefined && second !== undefined) return Buffer.compare(first, second) === 0;
  const [one, other] = [primitiveOf(a), primitiveOf(b)];
  return Object.is(one, other);
}

function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  return undefined;
}

/** What a boxed number, text or boolean holds. */
function primitiveOf(value: object): unknown {
  const isBoxed = value instanceof Number || value instanceof String || value instanceof Boolean;
  return isBoxed ? value.valueOf() : undefined;
}

function haveSameEntries(
  a: ReadonlyMap<unknown, unknown>,
  b: ReadonlyMap<unknown, unknown>,
  strict: boolean,
  pairs: Pairs,
): boolean {
  if (a.size !== b.size) return false;
  const left = new Map(b);
  for (const [key, value] of a) {
    const match = left.has(key)
      ? key
      : [...left.keys()].find(
          (other) =>
            isEqual(key, other, strict, pairs) && isEqual(value, left.get(other), strict, pairs),
        );
    if (match === undefined && !left.has(match)) return false;
    if (!isEqual(value, left.get(match), strict, pairs)) return false;
    left.delete(match);
  }
  return true;
}

function haveSameMembers(
  a: ReadonlySet<unknown>,
  b: ReadonlySet<unknown>,
  strict: boolean,
  pairs: Pairs,
): boolean {
  const asMap = (set: ReadonlySet<unknown>): Map<unknown, unknown> =>
    new Map([...set].map((member) => [member, true]));
  return haveSameEntries(asMap(a), asMap(b), strict, pairs);
}

function fieldsOf(value: object, strict: boolean): (string | symbol)[] {
  if (ArrayBuffer.isView(value)) return [];
  return Reflect.ownKeys(value).filter(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(value, key) &&
      (strict || (value as Record<string | symbol, unknown>)[key] !== undefined),
  );
}

function haveSameFields(a: object, b: object, strict: boolean, pairs: Pairs): boolean {
  const keys = fieldsOf(a, strict);
  if (keys.length !== fieldsOf(b, strict).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      isEqual(
        (a as Record<string | symbol, unknown>)[key],
        (b as Record<string | symbol, unknown>)[key],
        strict,
        pairs,
      ),
  );
}

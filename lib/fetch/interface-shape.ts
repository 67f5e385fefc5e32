// SPDX-License-Identifier: MIT
// Gives a class the shape WebIDL asks of an interface: enumerable members, a Symbol.toStringTag.
// Class syntax makes members non-enumerable, which `for in` and `Object.keys(prototype)` show.

const kInspect = Symbol.for('nodejs.util.inspect.custom');

function makeEnumerable(target: object, except: readonly string[]): void {
  for (const key of Object.getOwnPropertyNames(target)) {
    if (key === 'constructor' || key === 'prototype' || key === 'length' || key === 'name')
      continue;
    if (!except.includes(key)) Object.defineProperty(target, key, { enumerable: true });
  }
}

/** `hidden` members are extensions of ours or Bun's: they stay out of enumeration. */
export function shapeInterface(
  constructor: { readonly name: string; readonly prototype: object },
  hidden: readonly string[] = [],
): void {
  makeEnumerable(constructor.prototype, hidden);
  makeEnumerable(constructor, hidden);
  Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
    value: constructor.name,
    configurable: true,
  });
}

type Inspector = (value: unknown, options?: object) => string;

/** How console.log shows an instance: the class name and the fields a reader wants. */
export function defineInspect<T extends object>(prototype: T, fieldsOf: (self: T) => object): void {
  function inspectSelf(this: T, _depth: number, options: object, inspect: Inspector): string {
    // Node passes its own `inspect`, so that nothing has to be imported for it.
    const name = this.constructor.name;
    return `${name} ${inspect(fieldsOf(this), options)}`;
  }
  Object.defineProperty(prototype, kInspect, {
    value: inspectSelf,
    writable: true,
    configurable: true,
  });
}

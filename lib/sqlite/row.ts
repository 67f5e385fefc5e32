// SPDX-License-Identifier: MIT
//
// Rows as objects. Fields are own properties whatever the class has under that name.

import type { SqlValue } from './engine.js';

/** Any class: its constructor is not called. */
export type RowClass<T> = abstract new (...args: never[]) => T;

export class RowShape {
  readonly names: readonly string[];
  readonly #prototype: object;
  /** Names that an assignment would not make a field of. */
  readonly #isDefined: readonly boolean[] | undefined;

  constructor(names: readonly string[], prototype: object) {
    this.names = names;
    this.#prototype = prototype;
    const isDefined = names.map((name) =>
      prototype === Object.prototype ? name === '__proto__' : name in prototype,
    );
    if (isDefined.includes(true)) this.#isDefined = isDefined;
  }

  make(values: readonly SqlValue[]): object {
    const { names } = this;
    const row = (
      this.#prototype === Object.prototype ? {} : Object.create(this.#prototype)
    ) as Record<string, SqlValue>;
    if (this.#isDefined !== undefined) return this.#define(row, values);
    for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i] as SqlValue;
    return row;
  }

  #define(row: object, values: readonly SqlValue[]): object {
    this.names.forEach((name, i) => {
      Object.defineProperty(row, name, {
        value: values[i],
        writable: true,
        enumerable: true,
        configurable: true,
      });
    });
    return row;
  }
}

// SPDX-License-Identifier: MIT
//
// The `transform` option: names of columns between the database's style and the program's.

export interface ColumnTransform {
  from?: ((name: string) => string) | undefined;
  to?: ((name: string) => string) | undefined;
}

export interface Transform {
  /** A function renames what comes from the database. */
  column?: ((name: string) => string) | ColumnTransform | undefined;
  /** What undefined parameters are. */
  undefined?: unknown;
}

export interface NameTransform {
  (name: string): string;
  readonly column: ColumnTransform;
}

const upperAt = (name: string, separator: RegExp): string =>
  name.replace(separator, (_, letter: string) => letter.toUpperCase());
const camelOf = (name: string): string => upperAt(name, /_([a-z0-9])/g);
const pascalOf = (name: string): string => upperAt(camelOf(name), /^([a-z])/);
const snakeOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at: number) => (at > 0 ? '_' : '') + letter.toLowerCase());

function named(direction: 'from' | 'to', use: (name: string) => string): NameTransform {
  const transform = (name: string): string => use(name);
  return Object.assign(transform, { column: { [direction]: transform } });
}

export const toCamel = named('from', camelOf);
export const toPascal = named('from', pascalOf);
export const toKebab = named('from', (name) => name.replaceAll('_', '-'));
export const fromCamel = named('to', snakeOf);
export const fromPascal = named('to', snakeOf);
export const fromKebab = named('to', (name) => name.replaceAll('-', '_'));
export const camel = { column: { from: toCamel, to: fromCamel } };
export const pascal = { column: { from: toPascal, to: fromPascal } };
export const kebab = { column: { from: toKebab, to: fromKebab } };

export interface NameRules {
  from: ((name: string) => string) | undefined;
  to: ((name: string) => string) | undefined;
  undefinedValue: { value: unknown } | undefined;
}

export function readTransform(given: Transform | NameTransform | undefined): NameRules {
  const transform = given as Transform | undefined;
  const column = transform?.column;
  const { from, to } =
    typeof column === 'function' ? { from: column, to: undefined } : (column ?? {});
  const hasValue = transform !== undefined && Object.hasOwn(transform, 'undefined');
  const isSet = hasValue && transform.undefined !== undefined;
  return { from, to, undefinedValue: isSet ? { value: transform.undefined } : undefined };
}

// SPDX-License-Identifier: MIT
//
// Functions of the program that SQL can call: their options, and values on their way in and out.

import type { AggregateFunctions, BoundValue, FunctionSettings, SqlFunction } from './engine.js';

/** What a function gets for each argument is what a row would have there. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the program knows its arguments' types
export type SQLFunction = (...args: any[]) => unknown;

export interface FunctionOptions {
  /** Any number of arguments; otherwise as many as `fn` has parameters. */
  varargs?: boolean | undefined;
  deterministic?: boolean | undefined;
  /** Not in triggers, views and the schema. */
  directOnly?: boolean | undefined;
  /** Integers are bigints. */
  safeIntegers?: boolean | undefined;
}

export interface AggregateOptions<T> extends FunctionOptions {
  start?: T | (() => T) | undefined;
  /** The new state; undefined keeps the old one. */
  step: (accumulator: T, ...args: never[]) => T | void;
  inverse?: ((accumulator: T, ...args: never[]) => T | void) | null | undefined;
  result?: ((accumulator: T) => unknown) | null | undefined;
}

type Bindable = (value: unknown, safeIntegers: boolean) => BoundValue;
type Loose = (...args: unknown[]) => unknown;

function settingsOf(name: unknown, options: FunctionOptions): FunctionSettings {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError('Expected the name of the function to be a string that is not empty');
  }
  return {
    varargs: Boolean(options.varargs),
    deterministic: Boolean(options.deterministic),
    directOnly: Boolean(options.directOnly),
  };
}

/** Arguments as the program expects them; the result as SQLite does. */
function adapted(use: Loose, safeIntegers: boolean, settle: (value: unknown) => unknown): Loose {
  const adaptedUse: Loose = (...values) =>
    settle(
      use(
        ...values.map((value) =>
          typeof value === 'bigint' && !safeIntegers ? Number(value) : value,
        ),
      ),
    );
  return Object.defineProperty(adaptedUse, 'length', { value: use.length });
}

export function readFunction(
  name: string,
  rest: readonly unknown[],
  safeByDefault: boolean,
  bindable: Bindable,
): { settings: FunctionSettings; use: SqlFunction } {
  const [options, use] = typeof rest[0] === 'function' ? [{}, rest[0]] : rest;
  if (typeof use !== 'function') throw new TypeError('Expected the last argument to be a function');
  const given = (options ?? {}) as FunctionOptions;
  const safe = given.safeIntegers ?? safeByDefault;
  return {
    settings: settingsOf(name, given),
    use: adapted(use as Loose, safe, (value) => bindable(value, safe)),
  };
}

export function readAggregate<T>(
  name: string,
  options: AggregateOptions<T>,
  safeByDefault: boolean,
  bindable: Bindable,
): { settings: FunctionSettings; functions: AggregateFunctions } {
  if (typeof options?.step !== 'function') {
    throw new TypeError('Expected "step" to be a function');
  }
  const { start = null, step, inverse, result } = options;
  const safe = options.safeIntegers ?? safeByDefault;
  const stateful = (use: unknown): Loose => {
    const loose = use as Loose;
    const adaptedUse: Loose = (state, ...values) => {
      const next = adapted(loose.bind(undefined, state), safe, (value) => value)(...values);
      return next === undefined ? state : next;
    };
    return Object.defineProperty(adaptedUse, 'length', { value: loose.length });
  };
  return {
    settings: settingsOf(name, options),
    functions: {
      start: typeof start === 'function' ? (start as () => unknown) : () => start,
      step: stateful(step),
      inverse: inverse ? stateful(inverse) : undefined,
      result: (state) => bindable(result ? result(state as T) : state, safe),
    },
  };
}

// SPDX-License-Identifier: MIT
//
// Constructors of `req.params`: one per ordered list of names, so that V8 keeps one hidden class per
// shape (the structure cache). Instances inherit from a null-prototype object: a param named
// `constructor` or `__proto__` is plain data, and no property is there that the route did not name.

export type ParamsFactory = (...values: string[]) => object;

const prototype = Object.freeze(
  Object.defineProperty(Object.create(null) as object, Symbol.toStringTag, {
    value: 'RequestParams',
  }),
);

/** `req.params` of routes without parameters. */
export const noParams: object = Object.freeze(Object.create(prototype) as object);

const interned = new Map<string, ParamsFactory>();

/** Source of a factory: `function P(v0,v1){this["a"]=v0;this["b"]=v1}` behind `new`. */
function generate(names: readonly string[]): ParamsFactory {
  const parameters = names.map((_, i) => `v${i}`).join(',');
  const body = names
    .map((name, i) => (name === '' ? '' : `this[${JSON.stringify(name)}]=v${i};`))
    .join('');
  const make = new Function(
    'prototype',
    `function RequestParams(${parameters}){${body}}` +
      'RequestParams.prototype=prototype;' +
      `return (${parameters})=>new RequestParams(${parameters});`,
  ) as (prototype: object) => ParamsFactory;
  return make(prototype);
}

/** Same shape without code generation (`--disallow-code-generation-from-strings`). */
function assemble(names: readonly string[]): ParamsFactory {
  function RequestParams(this: Record<string, string>, values: string[]): void {
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (name === '') continue;
      const value = values[i] as string;
      Object.defineProperty(this, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
  RequestParams.prototype = prototype;
  const Params = RequestParams as unknown as new (values: string[]) => object;
  return (...values) => new Params(values);
}

/** The factory for an ordered list of names. Unnamed parameters (`/:`) take a value and drop it. */
export function paramsFactory(names: readonly string[]): ParamsFactory {
  const key = names.join('/');
  let factory = interned.get(key);
  if (factory === undefined) {
    try {
      factory = generate(names);
    } catch {
      factory = assemble(names);
    }
    interned.set(key, factory);
  }
  return factory;
}

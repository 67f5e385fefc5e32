// SPDX-License-Identifier: MIT
//
// The resolve hook as the loader thread of Node 20 wants it (module.register). Must stay free of
// imports from the library: it runs in a thread of its own.

const modules: Readonly<Record<string, string>> = {
  bun: new URL('./bun-module.js', import.meta.url).href,
  'bun:sqlite': new URL('./sqlite-module.js', import.meta.url).href,
};

interface Resolved {
  url: string;
  format?: string;
  shortCircuit?: boolean;
}

export function resolve(
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => Promise<Resolved>,
): Promise<Resolved> {
  if (!Object.hasOwn(modules, specifier)) return next(specifier, context);
  const url = modules[specifier] as string;
  return Promise.resolve({ url, format: 'module', shortCircuit: true });
}

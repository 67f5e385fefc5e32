// SPDX-License-Identifier: MIT
//
// The resolve hook as the loader thread of Node 20 wants it (module.register). Must stay free of
// imports from the library: it runs in a thread of its own.

const bunModuleUrl = new URL('./bun-module.js', import.meta.url).href;

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
  if (specifier !== 'bun') return next(specifier, context);
  return Promise.resolve({ url: bunModuleUrl, format: 'module', shortCircuit: true });
}

// SPDX-License-Identifier: MIT
//
// The resolve hook as the loader thread of Node 20 wants it (module.register). Must stay free of
// imports from the library: it runs in a thread of its own.

const modules: Readonly<Record<string, string>> = {
  bun: new URL('./bun-module.js', import.meta.url).href,
  'bun:sqlite': new URL('./sqlite-module.js', import.meta.url).href,
};

// As in ../html/module-source.ts.
const bundleModule = new URL('./html-bundle.js', import.meta.url).href;

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

interface Loaded {
  format: string;
  source?: string;
  shortCircuit?: boolean;
}

export function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const [address] = url.split(/[?#]/, 1) as [string];
  if (!/^file:.*\.html?$/i.test(address)) return next(url, context);
  const file = process.getBuiltinModule('node:url').fileURLToPath(address);
  const source =
    `import { htmlBundle } from ${JSON.stringify(bundleModule)};\n` +
    `export default htmlBundle(${JSON.stringify(file)});\n`;
  return Promise.resolve({ format: 'module', source, shortCircuit: true });
}

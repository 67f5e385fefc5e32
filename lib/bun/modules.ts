// SPDX-License-Identifier: MIT
//
// Members of Bun that Node has under other names: paths of modules and files, inspection, fetch.

import type { InspectOptions } from 'node:util';

const { createRequire } = process.getBuiltinModule('node:module');
const path = process.getBuiltinModule('node:path');
const url = process.getBuiltinModule('node:url');
const util = process.getBuiltinModule('node:util');

/** The path that `specifier` means in the folder or file `parent`; names of built-in modules as they are. */
export function resolveSync(specifier: string, parent: string): string {
  const from = parent.startsWith('file:') ? url.fileURLToPath(parent) : parent;
  // Both a folder and a file in it will do.
  for (const base of [path.join(from, 'x.js'), from]) {
    try {
      return createRequire(path.resolve(base)).resolve(specifier);
    } catch (error) {
      if (base === from) throw error;
    }
  }
  return specifier;
}

export async function resolve(specifier: string, parent: string): Promise<string> {
  return Promise.resolve(resolveSync(specifier, parent));
}

export function fileURLToPath(location: string | URL): string {
  return url.fileURLToPath(location);
}

export function pathToFileURL(file: string): URL {
  return url.pathToFileURL(file);
}

export function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return globalThis.fetch(input, init);
}

/** A value as text: as Node shows it, which is not letter by letter what Bun does. */
export const inspect = Object.assign(
  (value: unknown, options?: InspectOptions): string =>
    // Bun has double quotes.
    typeof value === 'string' ? JSON.stringify(value) : util.inspect(value, options),
  { custom: util.inspect.custom },
);

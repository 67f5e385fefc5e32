// SPDX-License-Identifier: MIT
//
// Runs an entry file and, when its default export has a `fetch` handler or routes, serves it (docs,
// "export default syntax").

import { serve, Server } from '../index.js';
import type { ServeOptions } from '../types.js';

function isServeOptions(value: unknown): value is ServeOptions {
  if (typeof value !== 'object' || value === null || value instanceof Server) return false;
  const { fetch, routes } = value as ServeOptions;
  return typeof fetch === 'function' || (typeof routes === 'object' && routes !== null);
}

export async function runProgram(url: string): Promise<void> {
  const module = (await import(url)) as { default?: unknown };
  if (!isServeOptions(module.default)) return;
  const server = serve(module.default);
  const development = server.development ? 'development ' : '';
  // One of several workers is enough to say it.
  const { BUNSERVE_WORKER = '1' } = process.env;
  if (process.stdout.isTTY && BUNSERVE_WORKER === '1')
    console.log(`Started ${development}server: ${server.url.href}`);
}

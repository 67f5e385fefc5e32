// SPDX-License-Identifier: MIT
//
// Runs an entry file and, when its default export has a `fetch` handler or routes, serves it (docs,
// "export default syntax").

import { serve, Server } from '../index.js';
import type { ServeOptions } from '../types.js';
import type { CommandLine } from './command-line.js';
import type { Environment } from './environment.js';
import { directEntry, loadDirectEntry } from './direct-entry.js';
import type * as HotPart from './hot.js';
import { installRuntime } from './install.js';
import { ModuleTracker } from './module-tracker.js';
import { keepServers } from './program-servers.js';
import { endInOrder } from './shutdown.js';

const { createRequire } = process.getBuiltinModule('node:module');
const { pathToFileURL } = process.getBuiltinModule('node:url');

/** A process that is started anew should not be waited for. */
const WATCHED_GRACE_MS = 500;

function isServeOptions(value: unknown): value is ServeOptions {
  if (typeof value !== 'object' || value === null || value instanceof Server) return false;
  const { fetch, routes } = value as ServeOptions;
  return typeof fetch === 'function' || (typeof routes === 'object' && routes !== null);
}

const shown = new Set<Server>();

async function runProgram(file: string): Promise<void> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (!isServeOptions(module.default)) return;
  const server = serve(module.default);
  // One that was reloaded is no news, and one of several workers is enough to say it.
  const { BUNSERVE_WORKER = '1' } = process.env;
  if (!process.stdout.isTTY || shown.has(server) || BUNSERVE_WORKER !== '1') return;
  shown.add(server);
  const development = server.development ? 'development ' : '';
  console.log(`Started ${development}server: ${server.url.href}`);
}

/** `isWatched`: another process ends this one when a file changes. */
export async function runFile(
  file: string,
  { hostname, mode, workers }: CommandLine,
  environment: Environment,
  isWatched: boolean,
): Promise<void> {
  const tracker = isWatched || mode === 'hot' ? new ModuleTracker() : undefined;
  const direct = tracker === undefined ? directEntry(file) : undefined;
  installRuntime(file, { tracker, isDirect: direct !== undefined });
  keepServers(hostname);
  // Workers are told by their primary.
  if (workers === undefined) endInOrder(isWatched ? WATCHED_GRACE_MS : undefined);
  if (tracker !== undefined && mode === 'hot') {
    const load = createRequire(import.meta.url);
    (load('./late/hot.js') as typeof HotPart).runHot(file, tracker, environment, runProgram);
    return;
  }
  if (tracker !== undefined) tellParent(tracker, environment);
  try {
    if (direct !== undefined) loadDirectEntry(direct);
    await runProgram(file);
  } finally {
    tracker?.drain();
  }
}

/** The process that watches is told of the files; when it is gone, nobody waits for this one. */
function tellParent(tracker: ModuleTracker, { files }: Environment): void {
  tracker.onFile = (file) => process.send?.(file);
  files.forEach(tracker.onFile);
  process.channel?.unref();
  process.on('disconnect', () => process.exit());
}

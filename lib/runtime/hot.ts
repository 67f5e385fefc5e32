// SPDX-License-Identifier: MIT
//
// `--hot`: the program's modules are loaded anew in the same process when one of their files changes.
// serve() then gives the server that is there new handlers instead of starting another; requests
// under way are finished by the old ones. A file of its own in dist/.

import { interceptServe } from '../serve.js';
import type { Server } from '../index.js';
import type { ServeOptions } from '../types.js';
import type { Environment } from './environment.js';
import { FileWatcher } from './file-watcher.js';
import { describeFailure } from './load-failure.js';
import type { ModuleTracker } from './module-tracker.js';
import { runningServers } from './program-servers.js';

const { createRequire } = process.getBuiltinModule('node:module');
const path = process.getBuiltinModule('node:path');

const IN_PACKAGE = /[\\/]node_modules[\\/]/;

/** Runs the program for good. */
export function runHot(
  file: string,
  tracker: ModuleTracker,
  environment: Environment,
  run: (file: string) => Promise<void>,
): void {
  const servers = new HotServers();
  let latest = 0;
  const load = async (): Promise<void> => {
    const generation = ++latest;
    if (generation > 1) {
      forgetCommonJs();
      tracker.nextGeneration();
      servers.begin();
    }
    watcher.hasFailed = false;
    try {
      if (generation > 1) environment.again();
      await run(file);
      if (generation === latest) servers.finish();
    } catch (error) {
      watcher.hasFailed = generation === latest;
      console.error(describeFailure(error) ?? error);
    }
    tracker.drain();
  };
  const watcher = new FileWatcher(() => void load());
  tracker.onFile = (one) => watcher.add(one);
  // The program may be mended: nothing it does wrong ends it.
  process.on('uncaughtException', (error) => console.error(error));
  process.on('unhandledRejection', (error) => console.error(error));
  for (const one of [file, ...environment.files]) watcher.add(one);
  void load();
}

/** What was required is required again; packages stay. */
function forgetCommonJs(): void {
  const { cache } = createRequire(import.meta.url);
  const home = path.dirname(import.meta.dirname) + path.sep; // of the library
  for (const name of Object.keys(cache)) {
    if (!IN_PACKAGE.test(name) && !name.startsWith(home)) {
      delete cache[name];
    }
  }
}

/** The servers of the program that is running, and which of them its next version has asked for. */
class HotServers {
  readonly #byKey = new Map<string, Server>();
  #claimed = new Map<string, number>();
  #kept = new Set<Server>();

  constructor() {
    interceptServe((next) => (options) => this.#serve(options, next));
  }

  begin(): void {
    this.#claimed = new Map();
    this.#kept = new Set();
  }

  /** Servers that the new version does not have; one that has none at all is work in progress. */
  finish(): void {
    if (this.#kept.size === 0) return;
    for (const [key, server] of this.#byKey) {
      if (this.#kept.has(server)) continue;
      this.#byKey.delete(key);
      void server.stop();
    }
  }

  #serve(options: ServeOptions, next: (options: ServeOptions) => Server): Server {
    const key = this.#keyOf(options);
    const known = this.#byKey.get(key);
    let server: Server;
    if (known !== undefined && !this.#kept.has(known) && runningServers().includes(known)) {
      server = known.reload(complete(options));
    } else {
      server = next(options);
    }
    this.#byKey.set(key, server);
    this.#kept.add(server);
    return server;
  }

  /** The id, else the address; of several with the same one, which of them. */
  #keyOf(options: ServeOptions): string {
    const { id, port, hostname, unix } = (options ?? {}) as Record<string, string | undefined>;
    const base = id ? `id ${id}` : `${unix ?? hostname ?? ''} ${port ?? ''}`;
    const count = this.#claimed.get(base) ?? 0;
    this.#claimed.set(base, count + 1);
    return `${base} ${count}`;
  }
}

/** reload() keeps what it is not given; the routes of the version before are not wanted. */
function complete(options: ServeOptions): ServeOptions {
  const { routes, static: old } = options as { routes?: unknown; static?: unknown };
  if (routes !== undefined || old !== undefined) return options;
  return Object.create(options, { routes: { value: {}, enumerable: true } }) as ServeOptions;
}

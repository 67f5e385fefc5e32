// SPDX-License-Identifier: MIT
//
// The servers of the program that the command runs: those that are there when it is told to end, and
// what the command line says for all of them.

import { interceptServe } from '../serve.js';
import type { Server } from '../index.js';
import type { ServeOptions } from '../types.js';

const running = new Set<Server>();

export function runningServers(): Server[] {
  return [...running];
}

/** `hostname`: for servers that name none. */
export function keepServers(hostname: string | undefined): void {
  const channels = process.getBuiltinModule('node:diagnostics_channel');
  channels.subscribe('bunserve:server:close', (message) => {
    running.delete((message as { server: Server }).server);
  });
  interceptServe((next) => (options) => {
    const server = next(hostname === undefined ? options : withHostname(options, hostname));
    running.add(server);
    return server;
  });
}

function withHostname(options: ServeOptions, hostname: string): ServeOptions {
  if (typeof options !== 'object' || options === null) return options;
  const { hostname: own, unix } = options as { hostname?: unknown; unix?: unknown };
  if ((own !== undefined && own !== null && own !== '') || unix) return options;
  return Object.create(options, {
    hostname: { value: hostname, enumerable: true },
  }) as ServeOptions;
}

// SPDX-License-Identifier: MIT
//
// serve(options): the entry point of the library.

import { Server } from './server/server.js';
import type { ServeOptions } from './types.js';

/**
 * Starts an HTTP server, as `Bun.serve` does.
 *
 * @throws TypeError, RangeError for bad options; system errors (`EADDRINUSE`, ...) when the address
 * cannot be bound. Nothing is left running then.
 */
export function serve<const Path extends string, Data = undefined>(
  options: ServeOptions<Path, Data>,
): Server<Data>;
/** With the type of `ws.data` given: `serve<{ user: string }>({ ... })`. */
export function serve<Data>(options: ServeOptions<string, Data>): Server<Data>;
export function serve(options: ServeOptions): Server {
  return start(options);
}

type Start = (options: ServeOptions) => Server;
let start: Start = (options) => Server.start(options);

/** @internal The command's say in what serve() does: a hostname for all, reloading in place. */
export function interceptServe(wrap: (next: Start) => Start): void {
  start = wrap(start);
}

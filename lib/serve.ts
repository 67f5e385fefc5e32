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
export function serve<const Path extends string>(options: ServeOptions<Path>): Server {
  return Server.start(options as ServeOptions);
}

// SPDX-License-Identifier: MIT
//
// A WebSocket that belongs to the library, not to the application, on a server that may have sockets of
// the application, too: it is the `data` of its ServerWebSocket, and the application's handlers do
// not hear of it.

import type { ServerWebSocket } from './server-websocket.js';

export abstract class OwnSocket {
  abstract opened(ws: ServerWebSocket<unknown>): void;
  abstract received(message: string): void;
  abstract closed(): void;
}

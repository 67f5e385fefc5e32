// SPDX-License-Identifier: MIT
// See ../late.ts.

export { Relay } from '../pubsub/relay.js';
export { upgrade } from '../server/upgrade.js';
export { OwnSocket } from '../websocket/own-socket.js';
export { WebSocketHub } from '../websocket/handlers.js';
export { readWebSocket } from '../websocket/options.js';
export { textOf } from '../websocket/payload.js';
export { publish } from '../websocket/server-websocket.js';

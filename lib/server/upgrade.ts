// SPDX-License-Identifier: MIT
//
// server.upgrade(): from a request to the call that turns its connection into a WebSocket
// (behaviours 15).

import { invalidArgument } from '../errors.js';
import { coreOf, headerBlock } from '../fetch/internal.js';
import { Headers } from '../fetch/headers.js';
import type { HeadersInit } from '../fetch/headers-init.js';
import type { Request } from '../fetch/request.js';
import { native } from '../native/binding.js';
import { UPGRADE_REFUSED } from '../native/contract.js';
import { ConnectionCore } from '../request/connection-core.js';
import type { WebSocketHub } from '../websocket/handlers.js';

export interface UpgradeOptions<T> {
  /** Further fields of the response; `Sec-WebSocket-Protocol` chooses the subprotocol. */
  headers?: HeadersInit | undefined;
  /** Becomes `ws.data`. */
  data?: T;
}

/** Fields that are the server's own business. */
const OWN_FIELDS = [
  'connection',
  'upgrade',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
];

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function readHeaders(headers: unknown): Headers | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (!isObject(headers)) {
    throw invalidArgument('upgrade options.headers must be a Headers or an object');
  }
  return new Headers(headers as HeadersInit);
}

/** The first element of a list: the server's choice, or else what the client likes best. */
function firstOf(list: string): string {
  return list.split(',', 1)[0]!.trim();
}

/**
 * Upgrades the connection of a request under way; `open` runs before this returns. False when the
 * request is no handshake, or was answered. `taken` hears that the request needs no answer (any
 * more): after a bad handshake, which the server answered itself, too.
 */
export function upgrade(
  hub: WebSocketHub,
  request: globalThis.Request | Request,
  options: unknown,
  taken: (core: ConnectionCore, status: number) => void,
): boolean {
  const given = options === undefined || options === null ? {} : options;
  if (!isObject(given)) throw invalidArgument('upgrade options must be an object');
  const { data, headers: init } = given as UpgradeOptions<unknown>;
  const headers = readHeaders(init);
  const core = coreOf(request);
  if (!(core instanceof ConnectionCore) || core.method !== 'GET') return false;
  if (core.owner.server !== hub.server || !native.requestOpen(core.handle)) return false;
  const wanted = headers?.get('sec-websocket-protocol');
  for (const name of headers === undefined ? [] : OWN_FIELDS) headers!.delete(name);
  const field = (name: string): string => core.get(name) ?? '';
  const handle = native.webSocketUpgrade(
    core.handle,
    field('upgrade'),
    field('connection'),
    field('sec-websocket-key'),
    field('sec-websocket-version'),
    field('sec-websocket-extensions'),
    firstOf(wanted ?? field('sec-websocket-protocol')),
    (headers === undefined ? '' : headerBlock(headers)) + core.cookieLines,
    headers?.has('date') ?? false,
  );
  if (handle === 0) return false;
  taken(core, handle === UPGRADE_REFUSED ? 400 : 101);
  if (handle === UPGRADE_REFUSED) return false;
  hub.open(handle, data);
  return true;
}

// SPDX-License-Identifier: MIT
//
// What connects a server's topics to those of other processes: nothing, the adapter of the `pubsub`
// option, or that of the place a worker process has. Which it is changes with reload().

import { invalidArgumentValue } from '../errors.js';
import { websocketPart } from '../late.js';
import type { Place } from '../placement.js';
import type { Relay } from '../pubsub/relay.js';
import type { PubSubAdapter } from '../pubsub/types.js';
import type { WebSocketHub } from '../websocket/handlers.js';
import type { ServerSettings } from './options.js';

type Wishes = Pick<ServerSettings, 'pubsub' | 'websocket'>;

/** Adapters tell one server of what they hear. */
export function checkFree(adapter: PubSubAdapter | null | undefined): void {
  if (adapter?.onMessage !== undefined) {
    throw invalidArgumentValue(
      'The "pubsub" adapter belongs to a server already: make another one',
    );
  }
}

export class ServerLink {
  readonly #server: object;
  readonly #native: number;
  readonly #place: Place | undefined;
  /** The program wants none, with `pubsub: null`. */
  readonly #isRefused: boolean;
  /** From the first adapter on. */
  relay: Relay | undefined;

  /** `server`: the object that channels name; `number`: the native one. */
  constructor(server: object, number: number, place: Place | undefined, wishes: Wishes) {
    this.#server = server;
    this.#native = number;
    this.#place = place;
    this.#isRefused = wishes.pubsub === null;
    this.follow(wishes, undefined);
  }

  /** Does what options ask for; `sockets` are those of the server, if it has had any. */
  follow(wishes: Wishes, sockets: WebSocketHub | undefined): void {
    const adapter = this.#adapterFor(wishes);
    if (adapter === undefined || adapter === this.relay?.adapter) return;
    void this.relay?.close();
    this.relay = new (websocketPart().Relay)(this.#server, this.#native, adapter);
    if (sockets === undefined) return;
    sockets.relay = this.relay;
    this.relay.watch();
  }

  #adapterFor({ pubsub, websocket }: Wishes): PubSubAdapter | undefined {
    if (pubsub !== undefined) return pubsub ?? undefined;
    const isWanted = websocket !== undefined && !this.#isRefused;
    return isWanted && this.relay === undefined ? this.#place?.pubsub() : undefined;
  }
}

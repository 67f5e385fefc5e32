// SPDX-License-Identifier: MIT
//
// Between the topics of one server and its `pubsub` adapter: what is published here goes out, what
// others published comes in, and a topic is subscribed to there while it has a subscriber here.
// Whatever the adapter does, publishing here neither throws nor changes.

import { native } from '../native/binding.js';
import type { PubSubAdapter, PubSubKind, PubSubState, PubSubStatus } from './types.js';

const { channel } = process.getBuiltinModule('node:diagnostics_channel');

/** Message of `bunserve:pubsub:state`. */
export interface PubSubStateMessage {
  server: object;
  state: PubSubState;
  previous: PubSubState;
}

/** Message of `bunserve:pubsub:error`: something was lost on the way to other processes. */
export interface PubSubErrorMessage {
  server: object;
  error: Error;
}

const stateChannel = channel('bunserve:pubsub:state');
const errorChannel = channel('bunserve:pubsub:error');

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

/** Topics are told apart by their UTF-8 bytes. */
function wellFormed(topic: string): string {
  return (topic as unknown as { toWellFormed(): string }).toWellFormed();
}

export class Relay {
  readonly status: PubSubStatus;
  readonly adapter: PubSubAdapter;
  readonly #server: object;
  readonly #native: number;
  /** What the adapter was told to subscribe to. */
  readonly #joined = new Set<string>();
  #state: PubSubState;
  #published = 0;
  #received = 0;
  #errors = 0;
  #lastError: Error | undefined;
  #hasWarned = false;
  #isStale = false;
  #isClosed = false;

  /** `server`: the object that messages of the channels name; `number`: the native one. */
  constructor(server: object, number: number, adapter: PubSubAdapter) {
    this.#server = server;
    this.#native = number;
    this.adapter = adapter;
    this.#state = adapter.state ?? 'open';
    adapter.onMessage = (topic, message, kind, compress) =>
      this.#deliver(topic, message, kind, compress);
    adapter.onError = (error) => this.#failed(error);
    adapter.onState = (state) => this.#moved(state);
    this.status = this.#makeStatus();
    this.#ask(() => adapter.open?.());
  }

  #makeStatus(): PubSubStatus {
    const read = <T>(get: () => T): PropertyDescriptor => ({ get, enumerable: true });
    return Object.defineProperties({} as PubSubStatus, {
      state: read(() => this.#state),
      topics: read(() => this.#joined.size),
      published: read(() => this.#published),
      received: read(() => this.#received),
      dropped: read(() => this.adapter.dropped ?? 0),
      errors: read(() => this.#errors),
      lastError: read(() => this.#lastError),
    });
  }

  /** Once the native server has topics: subscribes to those with subscribers, now and later. */
  watch(): void {
    native.serverWatchTopics(this.#native);
    this.#update();
  }

  /** A socket subscribed, unsubscribed or closed. What that means is found out once for a turn. */
  changed(): void {
    if (this.#isStale || this.#isClosed) return;
    this.#isStale = true;
    queueMicrotask(() => this.#update());
  }

  #update(): void {
    this.#isStale = false;
    if (this.#isClosed) return;
    const { adapter } = this;
    for (const topic of new Set(native.serverTakeTopics(this.#native))) {
      const isWanted = native.serverSubscribers(this.#native, topic) > 0;
      if (isWanted === this.#joined.has(topic)) continue;
      if (isWanted) {
        this.#joined.add(topic);
        this.#ask(() => adapter.subscribe(topic));
      } else {
        this.#joined.delete(topic);
        this.#ask(() => adapter.unsubscribe(topic));
      }
    }
  }

  /** To the subscribers in other processes. */
  publish(topic: string, message: string | Uint8Array, compress: boolean): void {
    // Nobody can be subscribed to a topic without a name.
    if (this.#isClosed || topic === '') return;
    // An answer may come before the turn ends; this process must hear it then.
    if (this.#isStale) this.#update();
    this.#published += 1;
    const kind = typeof message === 'string' ? 'text' : 'binary';
    this.#ask(() => this.adapter.publish(wellFormed(topic), message, kind, compress));
  }

  #deliver(
    topic: string,
    message: string | Uint8Array,
    kind: PubSubKind,
    compress: boolean | undefined,
  ): void {
    if (this.#isClosed) return;
    this.#received += 1;
    try {
      const payload = kind === 'text' ? asText(message) : asBytes(message);
      native.serverPublish(this.#native, 0, topic, payload, compress === true);
    } catch (error) {
      this.#failed(error);
    }
  }

  #ask(action: () => void | Promise<void>): void {
    try {
      const result = action();
      if (typeof result === 'object') result.then(undefined, (error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(thrown: unknown): void {
    const error = toError(thrown);
    this.#errors += 1;
    this.#lastError = error;
    if (errorChannel.hasSubscribers) {
      const message: PubSubErrorMessage = { server: this.#server, error };
      errorChannel.publish(message);
    } else if (!this.#hasWarned) {
      // Somebody should know; once for each time that the link is lost.
      this.#hasWarned = true;
      process.emitWarning(`pub/sub with other processes: ${error.message}`, {
        type: 'PubSubWarning',
        code: (error as NodeJS.ErrnoException).code ?? 'ERR_BUNSERVE_PUBSUB',
        detail: 'Subscribers of this process are served as before.',
      });
    }
  }

  #moved(state: PubSubState): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    if (state === 'open') this.#hasWarned = false;
    const message: PubSubStateMessage = { server: this.#server, state, previous };
    if (stateChannel.hasSubscribers) stateChannel.publish(message);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.adapter.close();
    } catch (error) {
      this.#failed(error);
    }
    this.#moved('closed');
    const { adapter } = this;
    adapter.onMessage = adapter.onError = adapter.onState = undefined;
  }
}

function asText(message: string | Uint8Array): string {
  return typeof message === 'string' ? message : Buffer.from(message).toString();
}

function asBytes(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? Buffer.from(message) : message;
}

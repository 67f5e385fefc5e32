// SPDX-License-Identifier: MIT
//
// NATS, by the connection that the program made (nats, @nats-io/transport-node). It is shared: our
// subscriptions are on it beside the program's own.

import { invalidArgument, pubSubError } from '../errors.js';
import { LinkAdapter, type LinkOptions } from './link-adapter.js';
import type { Packet } from './outbox.js';
import type { PubSubAdapter } from './types.js';

interface Subscription {
  unsubscribe(): void;
}

interface Message {
  data: Uint8Array;
}

interface Status {
  type: string;
  error?: unknown;
  data?: unknown;
}

/** A connection made by `connect()` of a NATS client. */
export interface NatsConnection {
  publish(subject: string, data: Uint8Array): unknown;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: Message) => void },
  ): Subscription;
  flush(): Promise<void>;
  status(): AsyncIterable<unknown>;
  closed(): Promise<void | Error>;
  isClosed(): boolean;
  reconnect?(): Promise<void>;
  readonly info?: { max_payload?: number } | undefined;
}

const DEFAULT_PAYLOAD = 1024 * 1024;
/** Longer subjects are hashed: a server refuses commands of more than 4,096 bytes. */
const LONGEST_NAME = 200;
const METHODS = ['publish', 'subscribe', 'flush', 'status', 'closed', 'isClosed'] as const;

/** A topic as one token of a subject, in which dots, stars and blanks mean something. */
function tokenOf(topic: string): string {
  const token = topic.replace(/[^A-Za-z0-9_-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  if (token.length <= LONGEST_NAME) return token;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `=sha256=${createHash('sha256').update(topic).digest('hex')}`;
}

class NatsAdapter extends LinkAdapter {
  readonly #connection: NatsConnection;
  readonly #subscriptions = new Map<string, Subscription>();
  #events: (AsyncIterable<unknown> & { stop?: () => void }) | undefined;

  constructor(connection: NatsConnection, options: LinkOptions) {
    super(options, { prefix: 'bunserve', prefixPattern: /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/ });
    const given = connection as unknown as Record<string, unknown> | null | undefined;
    if (METHODS.some((name) => typeof given?.[name] !== 'function')) {
      throw invalidArgument('nats() expects a connection: await connect() of a NATS client');
    }
    this.#connection = connection;
  }

  protected override connect(): void {
    const closed = (error: unknown): void => {
      const reason = error instanceof Error ? error.message : 'it was closed';
      const cure = 'make it with maxReconnectAttempts: -1';
      this.over(pubSubError('CLOSED', `The NATS connection is gone (${reason}); ${cure}`, error));
    };
    this.#connection.closed().then(closed, closed);
    this.#watch().catch((error: unknown) => this.fail(error));
    // It may be between two servers just now.
    this.#connection.flush().then(
      () => this.up(),
      (error: unknown) => this.down(error),
    );
  }

  async #watch(): Promise<void> {
    this.#events = this.#connection.status();
    for await (const status of this.#events) {
      if (this.isClosed) return;
      const { type, error, data } = status as Status;
      if (type === 'disconnect') this.down(new Error('The connection to NATS was lost'));
      else if (type === 'reconnect') this.up();
      else if (type === 'error') this.#refused(error ?? data);
    }
  }

  #refused(error: unknown): void {
    this.fail(error instanceof Error ? error : new Error(`NATS: ${String(error)}`));
  }

  protected override stuck(): void {
    this.#connection.reconnect?.().catch((error: unknown) => this.fail(error));
  }

  protected override disconnect(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (!this.#connection.isClosed()) subscription.unsubscribe();
    }
    this.#subscriptions.clear();
    this.#events?.stop?.();
  }

  protected override transmit(packets: Packet[]): Promise<unknown> {
    for (const { channel, parts } of packets) {
      for (const part of parts) this.#connection.publish(channel, part);
    }
    // The server has answered a PING that followed.
    return this.#connection.flush();
  }

  protected override join(channel: string): void {
    // The client subscribes again by itself.
    if (this.#subscriptions.has(channel)) return;
    const callback = (error: Error | null, message: Message): void => {
      if (error === null) this.receive(channel, message.data);
      else this.#refused(error);
    };
    this.#subscriptions.set(channel, this.#connection.subscribe(channel, { callback }));
  }

  protected override part(channel: string): void {
    this.#subscriptions.get(channel)?.unsubscribe();
    this.#subscriptions.delete(channel);
  }

  protected override channelOf(topic: string): string {
    return `${this.prefix}.${tokenOf(topic)}`;
  }

  protected override limit(): number {
    return this.#connection.info?.max_payload ?? DEFAULT_PAYLOAD;
  }
}

/** By NATS subjects; messages larger than the server takes go in parts. */
export function nats(connection: NatsConnection, options: LinkOptions = {}): PubSubAdapter {
  return new NatsAdapter(connection, options);
}

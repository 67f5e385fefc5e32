// SPDX-License-Identifier: MIT
//
// Redis, by the client that the program made with ioredis or node-redis. Two connections of our own
// are made like it, one that subscribes and one that publishes: neither may keep a queue or send
// anything twice, as the client itself does for commands.

import { invalidArgument } from '../errors.js';
import { LinkAdapter, pauseBefore, type LinkOptions } from './link-adapter.js';
import type { Packet } from './outbox.js';
import type { PubSubAdapter } from './types.js';

/** A client of ioredis (`new Redis()`) or node-redis (`createClient()`). */
export interface RedisClient {
  duplicate(): unknown;
}

interface ConnectionEvents {
  ready(): void;
  lost(error: unknown): void;
  message(channel: string, bytes: Uint8Array): void;
}

interface Connection {
  isReady(): boolean;
  start(): void;
  publish(channel: string, bytes: Uint8Array): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  stop(): unknown;
}

interface IoRedis {
  status: string;
  isCluster?: boolean;
  duplicate(overrides: object): IoRedis;
  connect(): Promise<unknown>;
  disconnect(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
  publish(channel: string, message: Uint8Array): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
}

interface NodeRedis {
  isReady: boolean;
  options?: { socket?: object };
  duplicate(overrides: object): NodeRedis;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  destroy?(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
  publish(channel: string, message: Uint8Array): Promise<unknown>;
  subscribe(channel: string, listener: MessageListener, asBuffers: true): Promise<unknown>;
  unsubscribe(channel: string, listener: MessageListener, asBuffers: true): Promise<unknown>;
}

type MessageListener = (message: Uint8Array, channel: Uint8Array) => void;

const LOST = 'The connection to Redis was lost';

function ioRedisConnection(client: IoRedis, events: ConnectionEvents): Connection {
  const redis = client.duplicate({
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: pauseBefore,
    keyPrefix: '',
    keepAlive: 10_000,
  });
  redis.on('ready', () => events.ready());
  redis.on('error', (error: Error) => events.lost(error));
  redis.on('close', () => events.lost(new Error(LOST)));
  redis.on('messageBuffer', (channel: Buffer, message: Buffer) =>
    events.message(channel.toString(), message),
  );
  return {
    isReady: () => redis.status === 'ready',
    start: () => void redis.connect().catch(() => undefined), // 'error' has told
    publish: (channel, bytes) => redis.publish(channel, bytes),
    subscribe: (channel) => redis.subscribe(channel),
    unsubscribe: (channel) => redis.unsubscribe(channel),
    stop: () => redis.disconnect(),
  };
}

function nodeRedisConnection(client: NodeRedis, events: ConnectionEvents): Connection {
  const redis = client.duplicate({
    disableOfflineQueue: true,
    socket: { ...client.options?.socket, reconnectStrategy: pauseBefore },
  });
  redis.on('ready', () => events.ready());
  redis.on('error', (error: Error) => {
    if (!redis.isReady) events.lost(error);
  });
  redis.on('reconnecting', () => events.lost(new Error(LOST)));
  redis.on('end', () => events.lost(new Error(LOST)));
  const listener: MessageListener = (message, channel) =>
    events.message(Buffer.from(channel).toString(), message);
  return {
    isReady: () => redis.isReady,
    start: () => void redis.connect().catch((error: unknown) => events.lost(error)),
    publish: (channel, bytes) => redis.publish(channel, bytes),
    // The client subscribes again by itself; asking for what it has is no command.
    subscribe: (channel) => redis.subscribe(channel, listener, true),
    unsubscribe: (channel) => redis.unsubscribe(channel, listener, true),
    stop: () => (redis.destroy === undefined ? redis.disconnect() : redis.destroy()),
  };
}

type Connect = (events: ConnectionEvents) => Connection;

/** How to connect as the client does. */
function connectorOf(client: unknown): Connect {
  const given = client as Partial<IoRedis & NodeRedis> | null | undefined;
  if (typeof given?.duplicate === 'function' && given.isCluster !== true) {
    if (typeof given.isReady === 'boolean') {
      return (events) => nodeRedisConnection(given as NodeRedis, events);
    }
    if (typeof given.status === 'string') {
      return (events) => ioRedisConnection(given as IoRedis, events);
    }
  }
  throw invalidArgument(
    'redis() expects a client made by ioredis (new Redis()) or node-redis (createClient()); of a ' +
      'cluster, a client of one of its nodes: messages reach all of them',
  );
}

/** No message is too long before this; Redis itself refuses strings over 512 MiB. */
const LONGEST = 512 * 1024 * 1024;

class RedisAdapter extends LinkAdapter {
  readonly #connect: Connect;
  #publisher: Connection | undefined;
  #subscriber: Connection | undefined;
  /** Counts pairs of connections: one that was given up tells nothing any more. */
  #pair = 0;

  constructor(client: RedisClient, options: LinkOptions) {
    super(options, { prefix: 'bunserve:' });
    this.#connect = connectorOf(client);
  }

  protected override connect(): void {
    this.#pair += 1;
    const pair = this.#pair;
    const events: ConnectionEvents = {
      ready: () => {
        if (pair !== this.#pair) return;
        if (this.#publisher?.isReady() === true && this.#subscriber?.isReady() === true) this.up();
      },
      lost: (error) => {
        if (pair === this.#pair) this.down(error);
      },
      message: (channel, bytes) => {
        if (pair === this.#pair) this.receive(channel, bytes);
      },
    };
    this.#publisher = this.#connect(events);
    this.#subscriber = this.#connect(events);
    this.#publisher.start();
    this.#subscriber.start();
  }

  /** TCP would take a quarter of an hour to find out. */
  protected override stuck(): void {
    this.#pair += 1;
    this.disconnect().catch(() => undefined);
    this.down(new Error('Redis does not answer'));
    this.connect();
  }

  protected override async disconnect(): Promise<void> {
    // Both at once: others may have their places a moment later.
    await Promise.all([this.#publisher?.stop(), this.#subscriber?.stop()]);
  }

  protected override transmit(packets: Packet[]): Promise<unknown> {
    const publisher = this.#publisher as Connection;
    return Promise.all(
      packets.flatMap(({ channel, parts }) =>
        parts.map((part) => publisher.publish(channel, part)),
      ),
    );
  }

  protected override join(channel: string): unknown {
    return this.#subscriber?.subscribe(channel);
  }

  protected override part(channel: string): unknown {
    return this.#subscriber?.unsubscribe(channel);
  }

  protected override channelOf(topic: string): string {
    return this.prefix + topic;
  }

  protected override limit(): number {
    return LONGEST;
  }
}

/**
 * By Redis' PUBLISH and SUBSCRIBE. The client is for its settings: its own connection is not used,
 * and stays open when the server ends.
 */
export function redis(client: RedisClient, options: LinkOptions = {}): PubSubAdapter {
  return new RedisAdapter(client, options);
}

// SPDX-License-Identifier: MIT
//
// Between the processes of a node:cluster: a worker talks to the primary, where cluster() was called,
// too.

import { notSupported, pubSubError } from '../errors.js';
import { ClusterHub, isHubMessage, type HubMessage } from './cluster-hub.js';
import { LinkAdapter, type LinkOptions } from './link-adapter.js';
import { nodeCluster } from './node-cluster.js';
import type { Packet } from './outbox.js';
import type { PubSubAdapter } from './types.js';

export type ClusterOptions = LinkOptions;

/** A primary that says nothing for so long does not know us. */
const ANSWER_MS = 5_000;
const NO_LIMIT = 2 ** 31;

type Send = (message: object, callback: (error: Error | null) => void) => boolean;
type Said =
  | { op: 'hello' | 'bye' }
  | { op: 'join' | 'part'; channels: string[] }
  | { op: 'publish'; items: [string, string | Uint8Array][] };

abstract class ClusterAdapter extends LinkAdapter {
  protected readonly id = process.getBuiltinModule('node:crypto').randomUUID();

  constructor(options: ClusterOptions) {
    super(options, { prefix: 'bunserve:' });
  }

  protected override channelOf(topic: string): string {
    return this.prefix + topic;
  }

  protected override limit(): number {
    return NO_LIMIT;
  }

  protected heard(channel: string, part: string | Uint8Array): void {
    this.receive(channel, typeof part === 'string' ? Buffer.from(part, 'base64') : part);
  }
}

class WorkerAdapter extends ClusterAdapter {
  #takesBytes = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #onMessage = (message: unknown): void => this.#hear(message);
  readonly #onDisconnect = (): void =>
    this.over(pubSubError('CLOSED', 'The primary process is gone'));

  protected override connect(): void {
    process.on('message', this.#onMessage);
    process.on('disconnect', this.#onDisconnect);
    this.#say({ op: 'hello' }).catch((error: unknown) => this.down(error));
    this.#timer = setTimeout(() => {
      const cure = 'call cluster() of bunserve/pubsub there';
      this.down(pubSubError('NO_PRIMARY', `The primary process does not answer: ${cure}`));
    }, ANSWER_MS);
    this.#timer.unref();
  }

  #hear(message: unknown): void {
    if (!isHubMessage(message) || message.id !== this.id) return;
    if (message.op === 'ready') {
      clearTimeout(this.#timer);
      this.#takesBytes = message.bytes;
      this.up();
    } else if (message.op === 'messages') {
      for (const [channel, part] of message.items) this.heard(channel, part);
    }
  }

  #say(said: Said): Promise<void> {
    const message = { bunservePubSub: 1, id: this.id, ...said } satisfies HubMessage;
    return new Promise((resolve, reject) => {
      (process.send as unknown as Send).call(process, message, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  protected override async disconnect(): Promise<void> {
    clearTimeout(this.#timer);
    process.off('message', this.#onMessage);
    process.off('disconnect', this.#onDisconnect);
    if (process.connected) await this.#say({ op: 'bye' });
  }

  protected override transmit(packets: Packet[]): Promise<void> {
    const items: [string, string | Uint8Array][] = [];
    for (const { channel, parts } of packets) {
      for (const part of parts) {
        items.push([channel, this.#takesBytes ? part : Buffer.from(part).toString('base64')]);
      }
    }
    return this.#say({ op: 'publish', items });
  }

  protected override joinAll(channels: readonly string[]): Promise<void> {
    return this.#say({ op: 'join', channels: [...channels] });
  }

  protected override join(channel: string): Promise<void> {
    return this.joinAll([channel]);
  }

  protected override part(channel: string): Promise<void> {
    return this.#say({ op: 'part', channels: [channel] });
  }
}

class PrimaryAdapter extends ClusterAdapter {
  readonly #hub = ClusterHub.get();

  protected override connect(): void {
    this.#hub.enter(
      this.id,
      undefined,
      (channel, part) => this.heard(channel, part),
      () => undefined,
    );
    this.up();
  }

  protected override disconnect(): void {
    this.#hub.leave(this.id);
  }

  protected override transmit(packets: Packet[]): Promise<void> {
    const { settings } = nodeCluster();
    const asBytes = settings.serialization === 'advanced';
    for (const { channel, parts } of packets) {
      for (const part of parts) {
        const sent = asBytes ? part : Buffer.from(part).toString('base64');
        this.#hub.publish(this.id, channel, sent);
      }
    }
    return Promise.resolve();
  }

  protected override join(channel: string): void {
    this.#hub.join(this.id, [channel]);
  }

  protected override part(channel: string): void {
    this.#hub.part(this.id, [channel]);
  }
}

/**
 * Between the processes of a node:cluster, without anything else. The primary passes messages on
 * once it has called this, too, whether it serves or not. `bunserve --workers` needs no call.
 */
export function cluster(options: ClusterOptions = {}): PubSubAdapter {
  const { isPrimary } = nodeCluster();
  if (isPrimary) return new PrimaryAdapter(options);
  if (typeof process.send !== 'function') {
    throw notSupported('cluster() in a worker thread', 'Publish in the main thread.');
  }
  return new WorkerAdapter(options);
}

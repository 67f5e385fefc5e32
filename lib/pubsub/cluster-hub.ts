// SPDX-License-Identifier: MIT
//
// The primary process of a node:cluster, as the place where its workers' messages meet. It passes
// them on unread to those that subscribed. A worker that does not read loses messages; the others do
// not wait for it.

import { nodeCluster } from './node-cluster.js';
import { Outbox, type Packet } from './outbox.js';

/** What processes say to each other. `id`: the adapter it is from, or for. */
export type HubMessage = { bunservePubSub: 1; id: string } & (
  | { op: 'hello' | 'bye' }
  | { op: 'join' | 'part'; channels: string[] }
  | { op: 'publish' | 'messages'; items: [channel: string, part: string | Uint8Array][] }
  /** Answers `hello`; bytes may be sent as they are, or else as base64. */
  | { op: 'ready'; bytes: boolean }
);

export function isHubMessage(message: unknown): message is HubMessage {
  return typeof message === 'object' && message !== null && 'bunservePubSub' in message;
}

type Part = string | Uint8Array;
export type Deliver = (channel: string, part: Part) => void;

interface Member {
  worker: object | undefined;
  channels: Set<string>;
  deliver: Deliver;
  end(): void;
}

interface Worker {
  send(message: object, callback: (error: Error | null) => void): boolean;
}

const LIMITS = { maxMessages: 100_000, maxBytes: 16 * 1024 * 1024, batchBytes: 1024 * 1024 };
const HUB = Symbol.for('bunserve.pubsub.hub');

export class ClusterHub {
  readonly #members = new Map<string, Member>();
  readonly #channels = new Map<string, Set<Member>>();

  /** The hub of this process, whichever copy of the package asks. */
  static get(): ClusterHub {
    const store = globalThis as { [HUB]?: ClusterHub };
    return (store[HUB] ??= new ClusterHub());
  }

  private constructor() {
    const cluster = nodeCluster();
    cluster.on('message', (worker, message: unknown) => {
      if (isHubMessage(message)) this.#hear(worker as unknown as Worker, message);
    });
    // Whichever comes first.
    for (const event of ['disconnect', 'exit'] as const) {
      cluster.on(event, (worker: object) => {
        for (const [id, member] of this.#members) if (member.worker === worker) this.leave(id);
      });
    }
  }

  #hear(worker: Worker, message: HubMessage): void {
    const { id } = message;
    switch (message.op) {
      case 'hello':
        this.#welcome(worker, id);
        return;
      case 'join':
        this.join(id, message.channels);
        return;
      case 'part':
        this.part(id, message.channels);
        return;
      case 'publish':
        for (const [channel, part] of message.items) this.publish(id, channel, part);
        return;
      case 'bye':
        this.leave(id);
        return;
      default:
    }
  }

  #welcome(worker: Worker, id: string): void {
    const { settings } = nodeCluster();
    const bytes = settings.serialization === 'advanced';
    const send = (message: HubMessage): Promise<void> =>
      new Promise((resolve, reject) => {
        worker.send(message, (error) => (error ? reject(error) : resolve()));
      });
    const transmit = (packets: Packet<Part>[]): Promise<void> => {
      const items = packets.flatMap(({ channel, parts }) =>
        parts.map((part): [string, Part] => [channel, part]),
      );
      return send({ bunservePubSub: 1, id, op: 'messages', items });
    };
    // Its own adapter tells of what fails on the way to this process; the rest is a slow worker.
    const outbox = new Outbox<Part>(LIMITS, transmit, (error) => this.#complain(error));
    const deliver: Deliver = (channel, part) =>
      outbox.push({ channel, parts: [part], size: part.length });
    this.enter(id, worker, deliver, () => outbox.end());
    void send({ bunservePubSub: 1, id, op: 'ready', bytes }).catch(() => undefined);
    outbox.open();
  }

  #complain(error: Error): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_BUNSERVE_PUBSUB_DROPPED') return;
    process.emitWarning(`A worker does not take its messages. ${error.message}`, {
      type: 'PubSubWarning',
      code,
    });
  }

  enter(id: string, worker: object | undefined, deliver: Deliver, end: () => void): void {
    this.leave(id);
    this.#members.set(id, { worker, channels: new Set(), deliver, end });
  }

  join(id: string, channels: readonly string[]): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    for (const channel of channels) {
      member.channels.add(channel);
      const members = this.#channels.get(channel);
      if (members === undefined) this.#channels.set(channel, new Set([member]));
      else members.add(member);
    }
  }

  part(id: string, channels: Iterable<string>): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    for (const channel of channels) {
      member.channels.delete(channel);
      const members = this.#channels.get(channel);
      members?.delete(member);
      if (members?.size === 0) this.#channels.delete(channel);
    }
  }

  leave(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.part(id, [...member.channels]);
    this.#members.delete(id);
    member.end();
  }

  publish(from: string, channel: string, part: Part): void {
    const sender = this.#members.get(from);
    for (const member of this.#channels.get(channel) ?? []) {
      if (member !== sender) member.deliver(channel, part);
    }
  }
}

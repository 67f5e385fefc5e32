// SPDX-License-Identifier: MIT
// A backplane in this process, which can be told to fail, and servers with sockets on it.
import { once } from 'node:events';
import {
  serve,
  type PubSubAdapter,
  type PubSubKind,
  type ServeOptions,
  type Server,
  type ServerWebSocket,
} from 'bunserve';
import WebSocket from 'ws';
import { outsideOfTests } from '../../helpers/with-server.js';

type Message = string | Uint8Array;

/** Everybody who is on it. */
export class Bus {
  readonly adapters = new Set<BusAdapter>();
}

export class BusAdapter implements PubSubAdapter {
  readonly calls: string[] = [];
  readonly topics = new Set<string>();
  failure: 'none' | 'throw' | 'reject' = 'none';
  onMessage: PubSubAdapter['onMessage'];
  onError: PubSubAdapter['onError'];
  onState: PubSubAdapter['onState'];

  constructor(readonly bus: Bus) {
    bus.adapters.add(this);
  }

  #ask(call: string): Promise<void> | undefined {
    this.calls.push(call);
    if (this.failure === 'throw') throw new Error(`cannot ${call}`);
    return this.failure === 'reject' ? Promise.reject(new Error(`cannot ${call}`)) : undefined;
  }

  publish(topic: string, message: Message, kind: PubSubKind, compress?: boolean) {
    const result = this.#ask(`publish ${topic}`);
    for (const other of this.bus.adapters) {
      if (other !== this && other.topics.has(topic)) {
        other.onMessage?.(topic, message, kind, compress);
      }
    }
    return result;
  }

  subscribe(topic: string): Promise<void> | void {
    this.topics.add(topic);
    return this.#ask(`subscribe ${topic}`);
  }

  unsubscribe(topic: string): Promise<void> | void {
    this.topics.delete(topic);
    return this.#ask(`unsubscribe ${topic}`);
  }

  close(): Promise<void> | void {
    this.bus.adapters.delete(this);
    return this.#ask('close');
  }
}

export interface Peer {
  readonly server: Server;
  /** A client, open; `?topics=a,b` are subscribed to by then. */
  readonly connect: (topics?: string) => Promise<WebSocket>;
  /** The server's ends of the clients, in order. */
  readonly sockets: ServerWebSocket<unknown>[];
}

/** A server whose clients command it: `+topic`, `-topic`, `topic message`. */
export function startPeer(pubsub: PubSubAdapter | undefined, options: object = {}): Peer {
  const sockets: ServerWebSocket<unknown>[] = [];
  const server = outsideOfTests(() =>
    serve({
      port: 0,
      hostname: '127.0.0.1',
      development: false,
      pubsub,
      fetch(req, self) {
        const topics = new URL(req.url).searchParams.get('topics') ?? '';
        return self.upgrade(req, { data: topics as never }) ? undefined : new Response('no');
      },
      websocket: {
        open(ws) {
          sockets.push(ws as ServerWebSocket<unknown>);
          for (const topic of (ws.data as unknown as string).split(',')) {
            if (topic !== '') ws.subscribe(topic);
          }
        },
        message(ws, message) {
          const text = String(message);
          if (text.startsWith('+')) ws.subscribe(text.slice(1));
          else if (text.startsWith('-')) ws.unsubscribe(text.slice(1));
          else ws.publish(text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1));
          ws.send('done');
        },
      },
      ...options,
    } as ServeOptions),
  );
  const connect = async (topics = ''): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${server.port}/?topics=${topics}`);
    await once(client, 'open');
    return client;
  };
  return { server, connect, sockets };
}

/** Sends a command and waits until it was done. */
export async function command(client: WebSocket, text: string): Promise<void> {
  const done = once(client, 'message');
  client.send(text);
  await done;
}

/** The next message: its text, or its bytes. */
export async function next(client: WebSocket): Promise<string | Buffer> {
  const [data, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
  return isBinary ? data : data.toString();
}

/** Resolves when `check` is true. */
export async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 1));
}

// SPDX-License-Identifier: MIT
// A PostgreSQL that vanishes without a word, as behind a network that is gone: the connection that
// listens sends nothing of its own, and has to ask now and then.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { PubSubAdapter } from 'bunserve';
import { postgres } from 'bunserve/pubsub';
import { startPostgres, type Postgres } from '../../helpers/postgres.js';
import { until } from './bus.js';

const require = createRequire(import.meta.url);

/** Passes bytes on, until it is told to keep quiet about the connections that there are. */
class Line {
  readonly #server = createServer((near) => this.#pass(near));
  #pairs: [Socket, Socket][] = [];

  constructor(readonly path: string) {}

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  #pass(near: Socket): void {
    const far = connect(this.path);
    this.#pairs.push([near, far]);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
  }

  silence(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#pairs.flat()) socket.destroy();
  }
}

interface Client {
  end(): unknown;
  on?(event: string, listener: () => void): void;
}

const clients: Record<string, (port: number) => Client> = {
  'postgres.js': (port) => {
    const make = require('postgres') as (options: object) => Client;
    return make({ host: '127.0.0.1', port, username: 'tester', database: 'postgres', max: 1 });
  },
  'node-postgres': (port) => {
    const { Pool } = require('pg') as { Pool: new (options: object) => Client };
    const pool = new Pool({ host: '127.0.0.1', port, user: 'tester', database: 'postgres' });
    pool.on?.('error', () => undefined);
    return pool;
  },
};

describe('a listener whose server is silent', () => {
  let daemon: Postgres;
  beforeAll(async () => {
    daemon = await startPostgres();
  });
  afterAll(() => daemon.stop());

  test.each(Object.keys(clients))('%s: is given up, and listens again', async (kind) => {
    const line = new Line(new URL(daemon.url).searchParams.get('path') as string);
    const port = await line.open();
    const used: Client[] = [];
    const adapters: PubSubAdapter[] = [];
    const adapter = (): PubSubAdapter => {
      const client = clients[kind]!(port);
      used.push(client);
      const made = postgres(client as never, { answerTimeout: 1 });
      adapters.push(made);
      return made;
    };
    try {
      const listener = adapter();
      const states: string[] = [];
      const errors: string[] = [];
      const heard: string[] = [];
      listener.onState = (state) => void states.push(state);
      listener.onError = (error) => void errors.push(error.message);
      listener.onMessage = (_, message) => void heard.push(String(message));
      void listener.subscribe('news');
      await until(() => states.includes('open'));
      line.silence();
      await until(() => states.lastIndexOf('open') > 0);
      expect(states).toEqual(['open', 'down', 'open']);
      expect(errors).toEqual(['The connection to PostgreSQL was lost']);
      const other = adapter();
      void other.publish('news', 'back', 'text');
      await until(() => heard.length > 0);
      expect(heard).toEqual(['back']);
    } finally {
      for (const made of adapters) await made.close();
      line.close();
      for (const client of used) await client.end();
    }
  });
});

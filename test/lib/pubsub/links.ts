// SPDX-License-Identifier: MIT
// Every kind of link beside the real server behind it, by the names the tests have for them.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { PubSubAdapter } from 'bunserve';
import { nats, postgres, redis, type LinkOptions } from 'bunserve/pubsub';
import { SQL } from '#lib/sql/index.js';
import { startNats, startRedis, type Daemon } from '../../helpers/daemon.js';
import { startPostgres } from '../../helpers/postgres.js';

const require = createRequire(import.meta.url);

/** The server of one kind, and adapters by clients of their own. */
export interface Backplane {
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly adapter: (options?: LinkOptions) => Promise<PubSubAdapter>;
  /** Closes the clients and ends the server. */
  readonly stop: () => Promise<void>;
}

type End = () => unknown;
type Make = (ends: End[], options?: LinkOptions) => Promise<PubSubAdapter>;

function backplane(daemon: Omit<Daemon, 'pause' | 'resume'>, make: Make): Backplane {
  const ends: End[] = [];
  return {
    kill: daemon.kill,
    start: daemon.start,
    adapter: (options) => make(ends, options),
    stop: async () => {
      await Promise.all(ends.map((end) => end()));
      await daemon.stop();
    },
  };
}

interface Client {
  on(event: string, listener: () => void): void;
  disconnect(): void;
  destroy(): void;
  connect(): Promise<void>;
}

async function ioredis(): Promise<Backplane> {
  const { Redis } = require('ioredis') as { Redis: new (path: string) => Client };
  const daemon = await startRedis();
  return backplane(daemon, (ends, options) => {
    const client = new Redis(daemon.address);
    client.on('error', () => undefined);
    ends.push(() => client.disconnect());
    return Promise.resolve(redis(client as never, options));
  });
}

async function nodeRedis(): Promise<Backplane> {
  const { createClient } = require('redis') as { createClient: (options: object) => Client };
  const daemon = await startRedis();
  return backplane(daemon, async (ends, options) => {
    const client = createClient({ socket: { path: daemon.address } });
    client.on('error', () => undefined);
    await client.connect();
    ends.push(() => client.destroy());
    return redis(client as never, options);
  });
}

interface NatsModule {
  connect(options: object): Promise<{ close(): Promise<void> }>;
}

const natsBy = (name: string) => async (): Promise<Backplane> => {
  const { connect } = require(name) as NatsModule;
  const daemon = await startNats();
  return backplane(daemon, async (ends, options) => {
    const connection = await connect({
      servers: daemon.address,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    ends.push(() => connection.close());
    return nats(connection as never, options);
  });
};

type PostgresDaemon = Pick<Daemon, 'address' | 'kill' | 'start' | 'stop'> & { socket: string };

/** `socket` is a path. */
async function postgresDaemon(): Promise<PostgresDaemon> {
  const { url, kill, start, stop } = await startPostgres();
  const socket = new URL(url).searchParams.get('path') as string;
  return { socket, address: url, kill, start, stop };
}

async function postgresJs(): Promise<Backplane> {
  const connect = require('postgres') as (options: object) => { end(options: object): unknown };
  const daemon = await postgresDaemon();
  return backplane(daemon, (ends, options) => {
    const { socket: path } = daemon;
    const sql = connect({ path, username: 'tester', database: 'postgres', max: 2, onnotice() {} });
    ends.push(() => sql.end({ timeout: 0 }));
    return Promise.resolve(postgres(sql as never, options));
  });
}

async function bunSql(): Promise<Backplane> {
  const daemon = await postgresDaemon();
  return backplane(daemon, (ends, options) => {
    const sql = new SQL(daemon.address);
    ends.push(() => sql.close({ timeout: 0 }));
    return Promise.resolve(postgres(sql as never, options));
  });
}

async function nodePostgres(): Promise<Backplane> {
  const { Pool } = require('pg') as {
    Pool: new (options: object) => { on(event: string, f: () => void): void; end(): unknown };
  };
  const daemon = await postgresDaemon();
  return backplane(daemon, (ends, options) => {
    const host = dirname(daemon.socket);
    const pool = new Pool({ host, user: 'tester', database: 'postgres', max: 3 });
    pool.on('error', () => undefined);
    ends.push(() => pool.end());
    return Promise.resolve(postgres(pool as never, options));
  });
}

export const links: Readonly<Record<string, () => Promise<Backplane>>> = {
  ioredis,
  'node-redis': nodeRedis,
  nats: natsBy('nats'),
  '@nats-io/transport-node': natsBy('@nats-io/transport-node'),
  'postgres.js': postgresJs,
  'SQL of the module bun': bunSql,
  'node-postgres': nodePostgres,
};

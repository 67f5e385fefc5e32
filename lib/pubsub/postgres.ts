// SPDX-License-Identifier: MIT
//
// PostgreSQL's LISTEN and NOTIFY, by the program's own postgres.js or node-postgres. NOTIFY goes
// through its pool, many messages in a statement; listening needs a connection that stays, which is
// made like those of the pool (postgres.js), or taken from it (node-postgres).

import { invalidArgument, missingPeer } from '../errors.js';
import { requirePeer } from '../peer.js';
import { LinkAdapter, pauseBefore, type LinkOptions } from './link-adapter.js';
import type { Packet } from './outbox.js';
import type { PubSubAdapter } from './types.js';

/** `postgres()` of postgres.js, `new SQL()` of the module bun, or `new Pool()` of node-postgres. */
export type PostgresClient = PostgresJs | PostgresPool;

export interface PostgresJs {
  unsafe(query: string, parameters?: never[]): unknown;
  readonly options: object;
}

export interface PostgresPool {
  connect(): Promise<unknown>;
  query(text: string, values: never[]): unknown;
}

interface PoolClient {
  on(event: string, listener: (...args: never[]) => void): unknown;
  query(text: string): Promise<unknown>;
  release(destroy: boolean): void;
}

interface OwnSql {
  unsafe(query: string): Promise<unknown>;
  end(options: { timeout: number }): Promise<void>;
}

interface ListenerEvents {
  notified(channel: string, payload: string): void;
  lost(): void;
}

/** A connection that listens. */
interface Listener {
  query(text: string): Promise<unknown>;
  stop(): unknown;
}

/** What differs between the clients. */
interface Driver {
  connect(events: ListenerEvents): Promise<Listener>;
  query(text: string, values: string[]): Promise<unknown>;
}

/** A payload is shorter than 8,000 bytes, and text: base64 of this many. */
const LONGEST_PART = Math.floor(7999 / 4) * 3;
const NOTIFY =
  'select pg_notify(c, p) from unnest(string_to_array($1, $3), string_to_array($2, $3)) as t(c, p)';
/** Statements of one round trip. */
const CHUNK = 500;

function postgresJsDriver(sql: PostgresJs): Driver {
  const unsafe = sql.unsafe as (text: string, values: string[]) => Promise<unknown>;
  return {
    query: (text, values) => unsafe(text, values),
    async connect(events) {
      type Make = (options: object) => OwnSql;
      const module = requirePeer('postgres') as Make | { default: Make } | undefined;
      if (module === undefined) throw missingPeer('postgres(sql)', 'postgres');
      const make = typeof module === 'function' ? module : module.default;
      let isConnected = false;
      const own = make({
        ...connectionOptions(sql.options as SqlOptions),
        max: 1,
        idle_timeout: null,
        max_lifetime: null,
        fetch_types: false,
        onclose: () => {
          if (!isConnected) return;
          // Or it would connect again for what it has not sent yet.
          void Promise.resolve(listener.stop()).catch(() => undefined);
          events.lost();
        },
        onnotify: (channel: string, payload: string) => events.notified(channel, payload),
      });
      const listener: Listener = {
        query: (text) => own.unsafe(text),
        stop: () => {
          isConnected = false;
          return own.end({ timeout: 0 });
        },
      };
      try {
        await listener.query('select 1');
      } catch (error) {
        void Promise.resolve(listener.stop()).catch(() => undefined);
        throw error;
      }
      isConnected = true;
      return listener;
    },
  };
}

/** What postgres.js understands of its own options, or of those that the module bun shows. */
interface SqlOptions {
  adapter?: string;
  hostname?: string;
  tls?: unknown;
  path?: string;
}

function connectionOptions(options: SqlOptions): object {
  if (options.adapter === undefined) return options;
  const { hostname = '', tls, path } = options;
  return {
    ...options,
    // URLs have IPv6 addresses in brackets, sockets have not.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    ssl: path === undefined ? tls : false,
    onnotice: () => undefined,
  };
}

function poolDriver(pool: PostgresPool): Driver {
  const query = pool.query.bind(pool) as (text: string, values: string[]) => Promise<unknown>;
  return {
    query,
    async connect(events) {
      const client = (await pool.connect()) as PoolClient;
      let isReleased = false;
      const release = (): void => {
        if (!isReleased) client.release(true);
        isReleased = true;
      };
      const lost = (): void => {
        if (isReleased) return;
        release();
        events.lost();
      };
      client.on('error', lost);
      client.on('end', lost);
      client.on('notification', ({ channel, payload }: { channel: string; payload?: string }) =>
        events.notified(channel, payload ?? ''),
      );
      return { query: (text) => client.query(text), stop: release };
    },
  };
}

function driverOf(client: unknown): Driver {
  const given = client as (Partial<PostgresJs & PostgresPool> & { totalCount?: unknown }) | null;
  if (typeof given?.unsafe === 'function' && typeof given.options === 'object') {
    const { adapter = 'postgres' } = given.options as SqlOptions;
    if (adapter === 'postgres') return postgresJsDriver(given as PostgresJs);
  }
  if (typeof given?.connect === 'function' && given.totalCount !== undefined) {
    return poolDriver(given as PostgresPool);
  }
  throw invalidArgument(
    'postgres() expects the sql of postgres.js (postgres(url)) or of the module bun (new SQL(url)), ' +
      'or a Pool of node-postgres',
  );
}

class PostgresAdapter extends LinkAdapter {
  readonly #driver: Driver;
  #listener: Listener | undefined;
  #retry: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;
  #hears = false;

  constructor(client: PostgresClient, options: LinkOptions) {
    // A channel is an identifier of at most 63 bytes; the hash takes 41 with its underscore.
    super(options, { prefix: 'bunserve', prefixPattern: /^[a-z_][a-z0-9_]{0,21}$/ });
    this.#driver = driverOf(client);
  }

  protected override connect(): void {
    void this.#listen(0);
  }

  async #listen(attempt: number): Promise<void> {
    const events: ListenerEvents = {
      notified: (channel, payload) => {
        this.#hears = true;
        this.receive(channel, Buffer.from(payload, 'base64'));
      },
      lost: () => {
        this.#listener = undefined;
        this.down(new Error('The connection to PostgreSQL was lost'));
        this.#listenLater(0);
      },
    };
    try {
      const listener = await this.#driver.connect(events);
      this.#listener = listener;
      if (this.isClosed) await listener.stop();
      else {
        this.#checkLater(listener, events);
        this.up();
      }
    } catch (error) {
      this.down(error);
      this.#listenLater(attempt + 1);
    }
  }

  /** Who only listens sends nothing, and would not notice that the other side has vanished. */
  #checkLater(listener: Listener, events: ListenerEvents): void {
    this.#after(() => void this.#checkNow(listener, events));
  }

  async #checkNow(listener: Listener, events: ListenerEvents): Promise<void> {
    this.#hears = false;
    let isLost = false;
    const lose = (): void => {
      if (this.#listener !== listener) return;
      isLost = true;
      void Promise.resolve(listener.stop()).catch(() => undefined);
      events.lost();
    };
    const late = (): void => {
      // It is busy telling us what was published.
      if (this.#hears) this.#after(late);
      else lose();
      this.#hears = false;
    };
    this.#after(late);
    try {
      await listener.query('select 1');
    } catch {
      lose();
    }
    if (!isLost && this.#listener === listener) this.#checkLater(listener, events);
  }

  #after(action: () => void): void {
    clearTimeout(this.#check);
    if (this.isClosed) return;
    this.#check = setTimeout(action, this.answerMs);
    this.#check.unref();
  }

  #listenLater(attempt: number): void {
    if (this.isClosed) return;
    this.#retry = setTimeout(() => void this.#listen(attempt), pauseBefore(attempt));
    this.#retry.unref();
  }

  protected override async disconnect(): Promise<void> {
    clearTimeout(this.#retry);
    clearTimeout(this.#check);
    await this.#listener?.stop();
  }

  protected override transmit(packets: Packet[]): Promise<unknown> {
    const channels: string[] = [];
    const payloads: string[] = [];
    for (const { channel, parts } of packets) {
      for (const part of parts) {
        channels.push(channel);
        payloads.push(Buffer.from(part).toString('base64'));
      }
    }
    return this.#driver.query(NOTIFY, [channels.join(), payloads.join(), ',']);
  }

  protected override async joinAll(channels: readonly string[]): Promise<void> {
    for (let at = 0; at < channels.length; at += CHUNK) {
      const names = channels.slice(at, at + CHUNK);
      await this.#listener?.query(names.map((name) => `listen "${name}"`).join(';'));
    }
  }

  protected override join(channel: string): unknown {
    return this.#listener?.query(`listen "${channel}"`);
  }

  protected override part(channel: string): unknown {
    return this.#listener?.query(`unlisten "${channel}"`);
  }

  protected override channelOf(topic: string): string {
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(topic).digest('hex');
    return `${this.prefix}_${hash.slice(0, 40)}`;
  }

  protected override limit(): number {
    return LONGEST_PART;
  }
}

/**
 * By NOTIFY. A message of more than 5,983 bytes goes in parts, in one statement. Needs connections
 * to the server itself: a pooler in transaction mode cannot listen.
 */
export function postgres(client: PostgresClient, options: LinkOptions = {}): PubSubAdapter {
  return new PostgresAdapter(client, options);
}

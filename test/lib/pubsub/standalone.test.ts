// SPDX-License-Identifier: MIT
// Adapters without a server: what is wrong with their arguments, and that a script which publishes
// ends by itself, with the message sent.
import { createRequire } from 'node:module';
import type { PubSubAdapter } from 'bunserve';
import { cluster, nats, postgres, redis } from 'bunserve/pubsub';
import { SQL } from '#lib/sql/index.js';
import { startRedis } from '../../helpers/daemon.js';
import { runProgram, startProgram } from '../process/program.js';

const require = createRequire(import.meta.url);

describe('arguments', () => {
  const { Cluster } = require('ioredis') as {
    Cluster: new (nodes: object[], options: object) => { disconnect(): void };
  };

  test('what is no client', () => {
    const group = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
    for (const wrong of [undefined, null, 'redis://', {}, { duplicate: 1 }, group]) {
      expect(() => redis(wrong as never)).toThrow(/^redis\(\) expects a client made by ioredis/);
    }
    for (const wrong of [undefined, null, 'nats://', {}, { publish() {} }]) {
      expect(() => nats(wrong as never)).toThrow(/^nats\(\) expects a connection/);
    }
    const sqlite = new SQL(':memory:');
    for (const wrong of [undefined, null, 'postgres://', {}, { query() {} }, sqlite]) {
      expect(() => postgres(wrong as never)).toThrow(
        /^postgres\(\) expects the sql of postgres\.js/,
      );
    }
    group.disconnect();
  });

  test('options', () => {
    for (const name of ['maxQueueBytes', 'maxQueueMessages']) {
      for (const value of [0, -1, 1.5, '1', NaN, null]) {
        expect(() => cluster({ [name]: value } as never)).toThrow(
          expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
        );
      }
    }
    for (const prefix of ['', 'with space', 1, null]) {
      expect(() => cluster({ prefix } as never)).toThrow(/^The "prefix" option must be a string/);
    }
    const pool = { connect() {}, query() {}, totalCount: 0 };
    expect(() => postgres(pool as never, { prefix: 'a'.repeat(23) })).toThrow(/"prefix"/);
    expect(() => postgres(pool as never, { prefix: 'A' })).toThrow(/"prefix"/);
  });
});

const HEAD = (address: string): string => `
  import { Redis } from 'ioredis';
  import { redis } from 'bunserve/pubsub';
  const client = new Redis(${JSON.stringify(address)}, { lazyConnect: true });
`;

test('a script publishes, closes and ends', async () => {
  const daemon = await startRedis();
  const listener = startProgram(`${HEAD(daemon.address)}
    const bus = redis(client);
    bus.onMessage = (...message) => report(message.map((part) => part instanceof Uint8Array ? [...part] : part));
    bus.onState = (state) => { if (state === 'open') report('open'); };
    bus.subscribe('news');
    setInterval(() => {}, 1e9);
  `);
  try {
    expect(await listener.next()).toBe('open');
    const ending = await runProgram(`${HEAD(daemon.address)}
      const bus = redis(client);
      bus.publish('news', 'text', 'text');
      bus.publish('other', 'text', 'text');
      bus.publish('news', new Uint8Array([1, 2]), 'binary', true);
      await bus.close();
      bus.publish('news', 'too late', 'text');
      report(bus.state);
    `);
    expect(ending).toMatchObject({ code: 0, signal: null, stdout: '"closed"\n', stderr: '' });
    expect(await listener.next()).toEqual(['news', 'text', 'text', false]);
    expect(await listener.next()).toEqual(['news', [1, 2], 'binary', true]);
  } finally {
    listener.kill();
    await daemon.stop();
  }
});

test.each(['ioredis', 'node-redis'])('%s: a Redis that hangs is given up', async (kind) => {
  const daemon = await startRedis();
  const client = makeClient(kind, daemon.address);
  const [one, two] = [0, 1].map(() => redis(client as never, { answerTimeout: 3 })) as [
    PubSubAdapter,
    PubSubAdapter,
  ];
  const states: string[] = [];
  const errors: string[] = [];
  const heard: string[] = [];
  const becomes = (state: string): Promise<void> =>
    new Promise((resolve) => {
      one.onState = (now) => {
        states.push(now);
        if (now === state) resolve();
      };
    });
  one.onError = (error) => errors.push(error.message);
  two.onMessage = (_, message) => heard.push(String(message));
  try {
    void two.subscribe('news');
    const isOpen = becomes('open');
    void one.subscribe('news');
    await isOpen;
    while (two.state !== 'open') await new Promise((resolve) => setTimeout(resolve, 1));
    daemon.pause();
    const isDown = becomes('down');
    void one.publish('news', 'swallowed', 'text');
    await isDown;
    void one.publish('news', 'waits', 'text');
    const isBack = becomes('open');
    daemon.resume();
    await isBack;
    while (!heard.includes('waits')) await new Promise((resolve) => setTimeout(resolve, 1));
    // What was on the way when it hung may have arrived after all, but once.
    expect(heard.filter((message) => message === 'swallowed').length).toBeLessThanOrEqual(1);
    expect(states).toEqual(['open', 'down', 'open']);
    expect(errors).toEqual(
      expect.arrayContaining([
        '1 messages were lost: the link does not answer',
        'Redis does not answer',
      ]),
    );
  } finally {
    await Promise.all([one.close(), two.close()]);
    await daemon.stop();
  }
});

/** One that never connects itself. */
function makeClient(kind: string, path: string): object {
  if (kind === 'ioredis') {
    const { Redis } = require('ioredis') as { Redis: new (path: string, o: object) => object };
    return new Redis(path, { lazyConnect: true });
  }
  const { createClient } = require('redis') as { createClient: (options: object) => object };
  return createClient({ socket: { path } });
}

test('a server without Redis serves, says so once, and ends', async () => {
  const ending = await runProgram(`${HEAD('/nowhere/socket')}
    import { serve } from 'bunserve';
    const server = serve({ port: 0, hostname: '127.0.0.1', pubsub: redis(client), fetch: () => new Response('ok'),
      websocket: { message() {} } });
    server.publish('news', 'nobody gets it');
    process.once('warning', async (warning) => {
      report([warning.name, warning.code, (await (await fetch(server.url)).text()), server.pubsub.state]);
      await server.stop();
      report(server.pubsub.state);
    });
  `);
  expect(ending).toMatchObject({ code: 0, signal: null });
  const lines = ending.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([['PubSubWarning', 'ENOENT', 'ok', 'connecting'], 'closed']);
  expect(ending.stderr.match(/PubSubWarning: /g)).toHaveLength(1);
});

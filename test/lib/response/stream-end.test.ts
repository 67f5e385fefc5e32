// SPDX-License-Identifier: MIT
// Streams that do not reach their end: failing sources, clients that leave or do not read, stopping
// servers (behaviours 9.6-9.10, 9.12). The process survives all of it, silently but for stderr.
import { Response } from 'bunserve';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  connectTo,
  exchange,
  gate,
  get,
  withClient,
  withErrorLog,
  withServer,
} from '../../helpers/with-server.js';
import { SlowReader } from './slow-reader.js';

type Body = ConstructorParameters<typeof Response>[0];

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => process.on('unhandledRejection', onUnhandled));
afterEach(async () => {
  await nextTurn();
  expect(unhandled.splice(0)).toEqual([]);
});
afterAll(() => process.off('unhandledRejection', onUnhandled));

const failure = new Error('from the source');

const failing: [string, boolean, () => unknown][] = [
  ['start() rejects', false, () => new ReadableStream({ start: () => Promise.reject(failure) })],
  [
    'pull() throws',
    false,
    () =>
      new ReadableStream({
        pull() {
          throw failure;
        },
      }),
  ],
  [
    'an error right behind a chunk',
    false,
    () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue('a');
          controller.error(failure);
        },
      }),
  ],
  [
    'an error in the middle',
    true,
    () => {
      let count = 0;
      return new ReadableStream({
        async pull(controller) {
          await nextTurn();
          if (count++ === 1) throw failure;
          controller.enqueue('part');
        },
      });
    },
  ],
  [
    'a generator that throws',
    true,
    () =>
      async function* () {
        yield 'part';
        await nextTurn();
        throw failure;
      },
  ],
  [
    'an iterator that throws',
    true,
    () => ({
      [Symbol.asyncIterator]() {
        let count = 0;
        return {
          async next() {
            await nextTurn();
            if (count++ === 1) throw failure;
            return { value: 'part', done: false };
          },
        };
      },
    }),
  ],
  [
    'a Node stream that is destroyed',
    true,
    () =>
      new Readable({
        read() {
          this.push('part');
          setImmediate(() => this.destroy(failure));
        },
      }),
  ],
];

test.each(failing)('%s: no end of the body, and it is reported', async (_name, isLate, make) => {
  let handled = 0;
  await withErrorLog(async (log) => {
    const options = {
      fetch: () => new Response(make() as Body),
      error: () => {
        handled++;
        return new Response('never');
      },
    };
    await withServer(options, (server) =>
      withClient(server, async (client) => {
        await client.write(get('/') + get('/behind'));
        await client.untilEnd();
        const received = Buffer.concat(client.received).toString('latin1');
        // A reset, which a client that is still reading may see as a bare end.
        expect(client.messages).toEqual([]);
        expect(received).not.toContain('0\r\n\r\n');
        if (!isLate) expect(received).toBe('');
        expect(server.pendingRequests).toBe(0);
        // Others are served as before.
        expect((await exchange(server, get('/'), 1)).length).toBeLessThan(2);
      }),
    );
    expect(log).toContainEqual([failure]);
  });
  expect(handled).toBe(0);
});

test.each([[5], [null], [undefined], [{}], [new Blob(['x'])], [[1]], [true]])(
  'a chunk that is %p breaks the response off and cancels the source',
  async (chunk) => {
    const reasons: unknown[] = [];
    const fetch = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await nextTurn();
            controller.enqueue(chunk);
          },
          cancel: (reason) => void reasons.push(reason),
        }),
      );
    await withErrorLog((log) =>
      withServer({ fetch }, (server) =>
        withClient(server, async (client) => {
          await client.write(get('/'));
          await client.untilEnd();
          expect(client.messages).toEqual([]);
          const message = 'write() expects a string, ArrayBufferView, or ArrayBuffer';
          expect(reasons).toMatchObject([{ name: 'TypeError', message }]);
          expect(log).toEqual([[reasons[0]]]);
        }),
      ),
    );
  },
);

interface Watched {
  body: unknown;
  cancelled: Promise<unknown>;
}

/** Sources that go on for ever, and how each hears that it should not. */
const endless: [string, () => Watched][] = [
  [
    'a stream',
    () => {
      const heard = gate<unknown>();
      const body = new ReadableStream({
        async pull(controller) {
          await nextTurn();
          try {
            controller.enqueue('tick');
          } catch {
            // Cancelled while it waited.
          }
        },
        cancel: (reason) => heard.open((reason as Error).name),
      });
      return { body, cancelled: heard.promise };
    },
  ],
  [
    'a stream that never has anything',
    () => {
      const heard = gate<unknown>();
      const body = new ReadableStream({
        pull: () => gate().promise,
        cancel: (reason) => heard.open((reason as Error).name),
      });
      return { body, cancelled: heard.promise };
    },
  ],
  [
    'a generator',
    () => {
      const heard = gate<unknown>();
      const body = async function* () {
        try {
          for (;;) {
            await nextTurn();
            yield 'tick';
          }
        } finally {
          heard.open('AbortError');
        }
      };
      return { body, cancelled: heard.promise };
    },
  ],
  [
    'a Node stream',
    () => {
      const heard = gate<unknown>();
      const body = new Readable({
        read() {
          setImmediate(() => this.push('tick'));
        },
        destroy(error, done) {
          heard.open('AbortError');
          done(error);
        },
      });
      return { body, cancelled: heard.promise };
    },
  ],
  [
    'a Node stream that never has anything',
    () => {
      const heard = gate<unknown>();
      const body = new Readable({
        read: () => undefined,
        destroy(error, done) {
          heard.open('AbortError');
          done(error);
        },
      });
      return { body, cancelled: heard.promise };
    },
  ],
];

describe.each(endless)('%s', (_name, make) => {
  test.each(['destroy', 'halfClose', 'stop'] as const)('ends with the client: %s', async (way) => {
    const watched = make();
    const started = gate();
    const aborted = gate<unknown>();
    const fetch = (incoming: Request) => {
      incoming.signal.addEventListener('abort', () => aborted.open(undefined));
      started.open();
      return new Response(watched.body as Body);
    };
    await withErrorLog(async (log) => {
      await withServer({ fetch: fetch as never }, async (server) => {
        const client = await connectTo(server);
        await client.write(get('/'));
        await started.promise;
        if (way === 'stop') await server.stop(true);
        else client[way]();
        expect(await watched.cancelled).toBe('AbortError');
        await aborted.promise;
        await nextTurn();
        expect(server.pendingRequests).toBe(0);
        client.destroy();
      });
      expect(log).toEqual([]);
    });
  });
});

test('cancel() is not called for a stream that ended by itself', async () => {
  let cancels = 0;
  let aborts = 0;
  const fetch = (incoming: Request) => {
    incoming.signal.addEventListener('abort', () => aborts++);
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await nextTurn();
          controller.enqueue('x');
          controller.close();
        },
        cancel: () => void cancels++,
      }),
    );
  };
  await withServer({ fetch: fetch as never }, async (server) => {
    await exchange(server, get('/'));
    await nextTurn();
  });
  expect([cancels, aborts]).toEqual([0, 0]);
});

test('a cancel() that throws hurts nobody', async () => {
  const heard = gate();
  const fetch = () =>
    new Response(
      new ReadableStream({
        pull: () => gate().promise,
        cancel() {
          heard.open();
          throw failure;
        },
      }),
    );
  await withErrorLog(async (log) => {
    await withServer({ fetch }, async (server) => {
      const client = await connectTo(server);
      await client.write(get('/'));
      while (client.received.length === 0) await nextTurn();
      client.destroy();
      await heard.promise;
      await nextTurn();
    });
    expect(log).toEqual([[failure]]);
  });
});

test.each(['stream', 'generator', 'direct write loop'])(
  'a client that does not read stops the producer: %s',
  async (kind) => {
    const piece = new Uint8Array(64 * 1024).fill(0x2e);
    const total = 512;
    let made = 0;
    let resumed = gate();
    const more = (): boolean => {
      resumed.open();
      resumed = gate();
      return ++made <= total;
    };
    const body =
      kind === 'stream'
        ? () =>
            new ReadableStream({
              pull(controller) {
                if (more()) controller.enqueue(piece);
                else controller.close();
              },
            })
        : kind === 'generator'
          ? () =>
              async function* () {
                while (more()) yield piece;
              }
          : () =>
              async function* (): AsyncGenerator<unknown, void, { write: unknown }> {
                const sink = (yield '') as unknown as {
                  write(chunk: Uint8Array): number;
                  flush(wait: true): Promise<number>;
                };
                while (more()) if (sink.write(piece) < 0) await sink.flush(true);
              };
    await withServer({ fetch: () => new Response(body() as Body) }, async (server) => {
      const reader = await SlowReader.begin(server, get('/', 'Connection: close'));
      // The producer stands still once it was not asked for many turns.
      for (let last = -1, turns = 0; turns < 200; turns++) {
        await nextTurn();
        if (made !== last) turns = 0;
        last = made;
      }
      expect(made * piece.length).toBeLessThan(16 * 1024 * 1024);
      const { messages, fault } = await reader.untilClosed();
      expect(fault).toBeNull();
      expect(messages[0]?.body.length).toBe(total * piece.length);
    });
  },
);

test('a producer that is always ready leaves others their turn', async () => {
  const stop = gate();
  let isStopped = false;
  void stop.promise.then(() => (isStopped = true));
  const fetch = (incoming: { url: string }) =>
    new URL(incoming.url).pathname === '/'
      ? new Response(async function* () {
          while (!isStopped) yield 'x';
        })
      : new Response('other');
  await withServer({ fetch }, async (server) => {
    const response = await globalThis.fetch(server.url);
    const drained = response.arrayBuffer();
    expect((await exchange(server, get('/other')))[0]?.body.toString()).toBe('other');
    stop.open();
    await drained;
  });
});

test('a graceful stop waits for the stream', async () => {
  const held = gate();
  const fetch = () =>
    new Response(async function* () {
      yield 'a';
      await held.promise;
      yield 'b';
    });
  await withServer({ fetch }, (server) =>
    withClient(server, async (client) => {
      await client.write(get('/'));
      while (client.received.length === 0) await nextTurn();
      const stopped = server.stop();
      held.open();
      await stopped;
      await client.untilEnd();
      expect(client.messages[0]?.body.toString()).toBe('ab');
    }),
  );
});

// SPDX-License-Identifier: MIT
// Clients that leave while their response is on its way, what else is known of a request meanwhile,
// and the order of events around an abort.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Request, Response, type ServeOptions, type Server } from 'bunserve';
import { LARGE, SlowReader } from '../response/slow-reader.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  startServer,
  withServer,
} from '../../helpers/with-server.js';

const large = Buffer.alloc(LARGE, 'x');

/** Every way in which a handler comes to a large response. */
const handlers: [string, (req: globalThis.Request) => Response | Promise<Response>][] = [
  ['bytes', () => new Response(large)],
  ['a string', () => new Response('x'.repeat(LARGE))],
  ['a Blob', () => new Response(new Blob([large]))],
  ['async bytes', async () => (await Promise.resolve(), new Response(large))],
];

function aborted(req: globalThis.Request): Promise<unknown> {
  return new Promise((resolve) => req.signal.addEventListener('abort', resolve));
}

/** A client that has the first bytes of a large response, and the request. */
async function sending(
  handler: (req: globalThis.Request) => Response | Promise<Response>,
  look: (req: globalThis.Request) => void = () => undefined,
): Promise<[Server, SlowReader, globalThis.Request]> {
  const inside = gate<globalThis.Request>();
  const fetch = (req: globalThis.Request): unknown => {
    look(req);
    inside.open(req);
    return handler(req);
  };
  const server = startServer({ fetch: fetch as NonNullable<ServeOptions['fetch']> });
  const client = await SlowReader.begin(server, get('/'));
  return [server, client, await inside.promise];
}

describe.each(handlers)('%s', (_, handler) => {
  test('a client that leaves in the middle', async () => {
    let fired: Promise<unknown> | undefined;
    const [server, client, req] = await sending(handler, (seen) => {
      fired = aborted(seen);
    });
    expect([req.signal.aborted, server.pendingRequests]).toEqual([false, 1]);
    client.destroy();
    await fired;
    expect(req.signal.reason).toMatchObject({ name: 'AbortError' });
    await server.stop();
    expect(server.pendingRequests).toBe(0);
  });

  test('the signal is first read when the client has left', async () => {
    const [server, client, req] = await sending(handler);
    client.destroy();
    await server.stop();
    expect(req.signal.aborted).toBe(true);
  });

  test('stop(true)', async () => {
    let fired: Promise<unknown> | undefined;
    const [server, client, req] = await sending(handler, (seen) => {
      fired = aborted(seen);
    });
    const stopped = server.stop(true);
    expect(req.signal.aborted).toBe(true);
    await Promise.all([fired, stopped]);
    client.destroy();
  });

  test('a client that takes all of it', async () => {
    let count = 0;
    const [server, client, req] = await sending(handler, (seen) => {
      seen.signal.addEventListener('abort', () => count++);
    });
    const { messages } = await client.finish();
    expect(messages[0]?.body.length).toBe(LARGE);
    client.destroy();
    await server.stop(true);
    expect([req.signal.aborted, count]).toEqual([false, 0]);
  });
});

describe('a stream', () => {
  /** A client that has the first piece of a stream that goes on for ever. */
  async function streaming(): Promise<[Server, SlowReader, globalThis.Request, Promise<unknown>]> {
    const cancelled = gate<unknown>();
    const [server, client, req] = await sending(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue('first'),
            pull: () => new Promise(() => undefined),
            cancel: cancelled.open,
          }),
        ),
      (seen) => void seen.signal,
    );
    return [server, client, req, cancelled.promise];
  }

  test('a client that leaves in the middle', async () => {
    const [server, client, req, cancelled] = await streaming();
    const fired = aborted(req);
    client.destroy();
    await Promise.all([fired, cancelled]);
    await server.stop();
    expect(server.pendingRequests).toBe(0);
  });

  test('stop(true)', async () => {
    const [server, client, req, cancelled] = await streaming();
    const fired = aborted(req);
    await Promise.all([server.stop(true), fired, cancelled]);
    client.destroy();
  });
});

test('address and timeout of a request are there until its response has left', async () => {
  const [server, client, req] = await sending(() => new Response(large));
  expect(server.requestIP(req)).toMatchObject({ family: 'IPv4' });
  server.timeout(req, 0);
  await client.finish();
  expect(server.requestIP(req)).toBeNull();
  expect(() => server.timeout(req, 0)).not.toThrow();
  client.destroy();
  await server.stop(true);
});

test('a response that comes when nobody is there any more', async () => {
  const [entered, answer] = [gate<globalThis.Request>(), gate<Response>()];
  const server = startServer({ fetch: (req) => (entered.open(req), answer.promise) });
  const client = await connectTo(server);
  await client.write(get('/'));
  const req = await entered.promise;
  client.destroy();
  await server.stop();
  answer.open(new Response('late'));
  await answer.promise;
  expect(req.signal.aborted).toBe(true);
});

test('the signal is aborted before the pending read rejects', async () => {
  const order: unknown[] = [];
  const done = gate();
  const entered = gate();
  const server = startServer({
    async fetch(req) {
      req.signal.addEventListener('abort', () => order.push('abort'));
      entered.open();
      await req.text().catch((error: Error) => order.push(error.name, req.signal.aborted));
      done.open();
      return new Response('to nobody');
    },
  });
  const client = await connectTo(server);
  await client.write(post('/', 'abcdef').slice(0, -3));
  await entered.promise;
  client.destroy();
  await done.promise;
  await server.stop();
  expect(order).toEqual(['abort', 'AbortError', true]);
});

test('during the event the request is over', async () => {
  const seen = gate<unknown[]>();
  const entered = gate();
  const server = startServer({
    fetch(req, self) {
      req.signal.addEventListener('abort', (event) => {
        seen.open([event.isTrusted, self.requestIP(req), self.pendingRequests]);
        self.timeout(req, 5);
      });
      entered.open();
      return gate<Response>().promise;
    },
  });
  const client = await connectTo(server);
  await client.write(get('/'));
  await entered.promise;
  client.destroy();
  expect(await seen.promise).toEqual([true, null, 1]);
  await server.stop();
});

test('copies of a request follow it', async () => {
  const fired: string[] = [];
  const entered = gate<AbortSignal[]>();
  const server = startServer({
    routes: {
      '/': (req) => {
        const copies = { clone: req.clone(), copy: new Request(req), again: req.clone().clone() };
        for (const [name, { signal }] of Object.entries(copies)) {
          signal.addEventListener('abort', () => fired.push(name));
        }
        entered.open([req, ...Object.values(copies)].map(({ signal }) => signal));
        return gate<Response>().promise;
      },
    },
  });
  const client = await connectTo(server);
  await client.write(get('/'));
  const signals = await entered.promise;
  const all = new Promise((resolve) => signals[0]?.addEventListener('abort', resolve));
  client.destroy();
  await all;
  await server.stop();
  expect(fired.sort()).toEqual(['again', 'clone', 'copy']);
  expect(signals.map(({ aborted: is, reason }) => [is, (reason as Error).name])).toEqual(
    signals.map(() => [true, 'AbortError']),
  );
});

test('listeners see the stores of whoever asked for the signal', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: Record<string, string | undefined> = {};
  const entered = gate();
  let waiting = 3;
  const listen = (req: globalThis.Request, name: string): void => {
    req.signal.addEventListener('abort', () => (seen[name] = storage.getStore()));
    if (--waiting === 0) entered.open();
  };
  const server = startServer({
    routes: {
      '/run': (req) => storage.run('ran', () => (listen(req, 'run'), gate<Response>().promise)),
      '/enter': (req) => {
        storage.enterWith('entered');
        listen(req, 'enter');
        return gate<Response>().promise;
      },
      '/async': (req) =>
        storage.run('later', async () => {
          await req.text();
          listen(req, 'async');
          return gate<Response>().promise;
        }),
    },
  });
  const clients = await Promise.all(
    ['/run', '/enter', '/async'].map(async (path) => {
      const client = await connectTo(server);
      await client.write(get(path));
      return client;
    }),
  );
  await entered.promise;
  for (const client of clients) client.destroy();
  await server.stop();
  expect(seen).toEqual({ run: 'ran', enter: 'entered', async: 'later' });
});

test('a signal that was asked for keeps nothing of an answered request', async () => {
  const collected = gate();
  const registry = new FinalizationRegistry<void>(() => collected.open());
  const fetch = (req: globalThis.Request): Response => {
    registry.register(req, undefined);
    req.signal.addEventListener('abort', () => undefined);
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    await exchange(server, get('/').repeat(200), 200);
    await Promise.race([collected.promise, collect(() => exchange(server, get('/')))]);
  });
});

/** Lets the collector run until it has found something, at most so many times. */
async function collect(work: () => Promise<unknown>): Promise<never> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 400; i++) {
    await work();
    gc();
  }
  throw new Error('nothing was collected');
}

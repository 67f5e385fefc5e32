// SPDX-License-Identifier: MIT
// The diagnostics channels: what is told, in which order, and that it changes nothing.
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { Response, serve, type RequestEndMessage, type ServeOptions, type Server } from 'bunserve';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  text,
  withErrorLog,
  withServer,
} from '../../helpers/with-server.js';

type Told = [event: string, message: Record<string, unknown>];

/** Runs `use` with everything that the channels tell, in order. */
async function listening<T>(names: string[], use: (told: Told[]) => Promise<T>): Promise<T> {
  const told: Told[] = [];
  const listeners = names.map((name) => {
    const listener = (message: unknown): void => {
      told.push([name, message as Record<string, unknown>]);
    };
    subscribe(`bunserve:${name}`, listener);
    return [`bunserve:${name}`, listener] as const;
  });
  try {
    return await use(told);
  } finally {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
  }
}

const all = ['server:listen', 'server:close', 'request:start', 'request:error', 'request:end'];
const pathOf = (message: Record<string, unknown>): string =>
  new URL((message['request'] as Request).url).pathname;

test('a request, from the listening server to the closed one', async () => {
  await listening(all, async (told) => {
    let request: unknown;
    let server: Server | undefined;
    const response = new Response('hi', { status: 201 });
    const fetch = (req: globalThis.Request): Response => {
      request = req;
      expect(told.at(-1)?.[0]).toBe('request:start');
      return response;
    };
    await withServer({ fetch }, async (each) => {
      server = each;
      await exchange(each, get('/'));
    });
    expect(told.map(([event]) => event)).toEqual([
      'server:listen',
      'request:start',
      'request:end',
      'server:close',
    ]);
    for (const [, message] of told) expect(message['server']).toBe(server);
    expect(told[1]?.[1]['request']).toBe(request);
    expect(told[2]?.[1]).toMatchObject({ request, response, status: 201, aborted: false });
  });
});

const failing: [string, ServeOptions, number, string[]][] = [
  ['throws', { fetch: () => fail('x') }, 500, ['x']],
  ['rejects', { fetch: () => Promise.reject(new Error('x')) }, 500, ['x']],
  [
    'handled',
    { fetch: () => fail('x'), error: () => new Response('y', { status: 418 }) },
    418,
    ['x'],
  ],
  ['error() throws', { fetch: () => fail('x'), error: () => fail('y') }, 500, ['x']],
  ['the page', { fetch: () => fail('x'), development: true }, 500, ['x']],
  ['no Response', { fetch: () => undefined }, 204, []],
  ['native', { fetch: () => new globalThis.Response('x', { status: 202 }) }, 202, []],
  ['async', { fetch: async () => (await Promise.resolve(), new Response('x')) }, 200, []],
];

function fail(message: string): never {
  throw new Error(message);
}

test.each(failing)(
  'each request starts once and ends once: %s',
  async (_, options, status, errors) => {
    await withErrorLog(() =>
      listening(['request:start', 'request:error', 'request:end'], async (told) => {
        await withServer(options, async (server) => {
          const messages = await exchange(server, get('/1') + get('/2'), 2);
          expect(messages.map((message) => message.status)).toEqual([status, status]);
        });
        const events = ['request:start', ...errors.map(() => 'request:error'), 'request:end'];
        expect(told.map(([event]) => event)).toEqual([...events, ...events]);
        expect(told.map(([, message]) => pathOf(message))).toEqual([
          ...events.map(() => '/1'),
          ...events.map(() => '/2'),
        ]);
        const thrown = told.filter(([event]) => event === 'request:error');
        expect(thrown.map(([, { error }]) => (error as Error).message)).toEqual([
          ...errors,
          ...errors,
        ]);
        expect(told.at(-1)?.[1]).toMatchObject({ status, aborted: false });
      }),
    );
  },
);

test('a client that leaves', async () => {
  await listening(['request:end'], async (told) => {
    const entered = gate();
    const ended = gate<RequestEndMessage>();
    const listener = (message: unknown): void => ended.open(message as RequestEndMessage);
    subscribe('bunserve:request:end', listener);
    const options: ServeOptions = { fetch: () => (entered.open(), gate<Response>().promise) };
    await withServer(options, async (server) => {
      const client = await connectTo(server);
      await client.write(get('/'));
      await entered.promise;
      client.destroy();
      expect(await ended.promise).toMatchObject({ aborted: true, status: 0, response: undefined });
    });
    unsubscribe('bunserve:request:end', listener);
    expect(told).toHaveLength(1);
  });
});

test('a body that is still under way ends the request when it has left', async () => {
  await listening(['request:end'], async (told) => {
    const body = new Uint8Array(4_000_000);
    await withServer({ fetch: () => new Response(body) }, async (server) => {
      const [message] = await exchange(server, get('/'));
      expect(message?.body).toHaveLength(body.length);
    });
    expect(told.map(([, { aborted }]) => aborted)).toEqual([false]);
  });
});

test.each([
  ['before its first byte', false, 0],
  ['in the middle', true, 200],
])('a body that fails %s: the error, then a request that was cut', async (_, isLate, status) => {
  const failure = new Error('from the body');
  const body = async function* () {
    if (isLate) {
      yield 'part';
      await turn();
    }
    throw failure;
  };
  await withErrorLog(() =>
    listening(['request:error', 'request:end'], async (told) => {
      await withServer({ fetch: () => new Response(body) }, async (server) => {
        const client = await connectTo(server);
        await client.write(get('/'));
        await client.untilEnd();
        client.destroy();
      });
      expect(told.map(([event]) => event)).toEqual(['request:error', 'request:end']);
      expect(told[0]?.[1]).toMatchObject({ error: failure });
      expect(told[1]?.[1]).toMatchObject({ status, aborted: true });
    }),
  );
});

test('a store entered by a subscriber is the handler’s, across its body, and no other’s', async () => {
  const storage = new AsyncLocalStorage<string>();
  const enter = (message: unknown): void =>
    storage.enterWith(pathOf(message as Record<string, unknown>));
  subscribe('bunserve:request:start', enter);
  try {
    const fetch = async (request: globalThis.Request): Promise<Response> => {
      const first = storage.getStore();
      await request.text();
      return Response.json([first, storage.getStore()]) as never;
    };
    await withServer({ fetch }, async (server) => {
      const messages = await exchange(server, post('/1', 'x') + get('/2') + post('/3', 'y'), 3);
      expect(messages.map((message) => JSON.parse(text(message)) as unknown)).toEqual([
        ['/1', '/1'],
        ['/2', '/2'],
        ['/3', '/3'],
      ]);
    });
  } finally {
    unsubscribe('bunserve:request:start', enter);
  }
  await withServer({ fetch: () => new Response(String(storage.getStore())) }, async (server) => {
    expect(text((await exchange(server, get('/')))[0])).toBe('undefined');
  });
});

test('subscribers that come and go in the middle', async () => {
  const listener = (): void => undefined;
  const fetch = (request: globalThis.Request): Response => {
    if (request.url.endsWith('/on')) subscribe('bunserve:request:end', listener);
    else unsubscribe('bunserve:request:end', listener);
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    const messages = await exchange(server, (get('/on') + get('/off')).repeat(3), 6);
    expect(messages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(server.pendingRequests).toBe(0);
  });
  expect(channel('bunserve:request:end').hasSubscribers).toBe(false);
});

test('a server that cannot listen says nothing', async () => {
  await listening(['server:listen', 'server:close'], async (told) => {
    await withServer({ fetch: () => new Response('x') }, async (server) => {
      const before = told.length;
      const options = { port: server.port as number, hostname: '127.0.0.1' };
      expect(() => serve({ ...options, fetch: () => new Response('y') })).toThrow();
      await exchange(server, get('/'));
      expect(told).toHaveLength(before);
    });
  });
});

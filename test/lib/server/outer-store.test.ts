// SPDX-License-Identifier: MIT
// serve() and reload() inside AsyncLocalStorage.run(): handlers see the stores of the place where
// they were given, requests nothing of each other. Where no store is entered, nothing is wrapped.
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { Response, serve, type BunRequest, type ServeOptions, type Server } from 'bunserve';
import { handlerBinder } from '#lib/router/bound-handler.js';
import {
  bodyOf,
  connectTo,
  exchange,
  gate,
  get,
  outsideOfTests,
  post,
  text,
  withErrorLog,
} from '../../helpers/with-server.js';

const storage = new AsyncLocalStorage<string>();
const other = new AsyncLocalStorage<number>();
const store = (): Response => new Response(String(storage.getStore()));

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(true))));

function started<const Path extends string>(options: ServeOptions<Path>): Server {
  // Here, and not where other tests start theirs.
  const server = serve({ port: 0, hostname: '127.0.0.1', development: false, ...options });
  servers.push(server as Server);
  return server;
}

/** A server that is started with the store `outer`. */
function outer<const Path extends string>(options: ServeOptions<Path>): Server {
  return storage.run('outer', () => started(options));
}

test('every kind of handler sees it, also behind one another', async () => {
  const server = outer({
    routes: {
      '/route': store,
      '/method': { GET: store },
      '/async/:id': async () => (await turn(), store()),
      '/fail': () => {
        throw new Error('x');
      },
    },
    fetch: store,
    error: store,
  });
  for (const path of ['/route', '/method', '/async/1', '/fail', '/fetch']) {
    const messages = await exchange(server, get(path).repeat(3), 3);
    expect([path, messages.map(text)]).toEqual([path, ['outer', 'outer', 'outer']]);
  }
});

test('several stores, and `this` and the arguments', async () => {
  const server = other.run(5, () =>
    outer({
      routes: {
        '/:id': function (request, self) {
          const facts = [this === self, request.params.id, storage.getStore(), other.getStore()];
          return Response.json(facts) as never;
        },
      },
    }),
  );
  expect(JSON.parse(await bodyOf(server, '/x'))).toEqual([true, 'x', 'outer', 5]);
});

test('a store that was entered for good', async () => {
  const server = await new Promise<Server>((resolve) => {
    setImmediate(() => {
      storage.enterWith('entered');
      resolve(started({ fetch: store }));
    });
  });
  expect(await bodyOf(server)).toBe('entered');
});

test('what one request enters is not there for the next, whatever its connection', async () => {
  const seen: unknown[] = [];
  const server = outer({
    routes: {
      '/:id': async (request: BunRequest<'/:id'>) => {
        seen.push(storage.getStore());
        storage.enterWith(request.params.id);
        await turn();
        return store();
      },
    },
  });
  const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
  const behind = await exchange(server, ids.map((id) => get(`/${id}`)).join(''), ids.length);
  const beside = await Promise.all(ids.map((id) => bodyOf(server, `/${id}`)));
  expect(behind.map(text)).toEqual(ids);
  expect(beside).toEqual(ids);
  expect(seen).toEqual(Array(2 * ids.length).fill('outer'));
  expect(storage.getStore()).toBeUndefined();
});

test('bodies, streams and aborts', async () => {
  const aborted = gate<unknown>();
  const server = outer({
    routes: {
      '/body': async (request) => new Response((await request.text()) + storage.getStore()),
      '/stream': () =>
        new Response(async function* () {
          yield `${storage.getStore()} `;
          await turn();
          yield storage.getStore();
        } as never),
      '/wait': (request) => {
        request.signal.addEventListener('abort', () => aborted.open(storage.getStore()));
        return gate<Response>().promise;
      },
    },
  });
  const client = await connectTo(server);
  await client.write(post('/body', 'abcdef').slice(0, -3));
  await client.write('def');
  await client.untilMessages(1);
  expect(text(client.messages[0])).toBe('abcdefouter');
  expect(await bodyOf(server, '/stream')).toBe('outer outer');
  await client.write(get('/wait'));
  while (server.pendingRequests === 0) await turn();
  client.destroy();
  expect(await aborted.promise).toBe('outer');
});

test('reload() gives its handlers the stores of its own place, the others keep theirs', async () => {
  const server = outer({ routes: { '/route': store }, fetch: store });
  server.reload({ routes: { '/route': store } });
  expect([await bodyOf(server, '/route'), await bodyOf(server)]).toEqual(['undefined', 'outer']);
  storage.run('later', () => server.reload({ routes: { '/route': store } }));
  expect([await bodyOf(server, '/route'), await bodyOf(server)]).toEqual(['later', 'outer']);
});

test('server.fetch() calls the handler with its own store', async () => {
  const server = outer({ fetch: store });
  const answer = (): Promise<string> => server.fetch('/').then((response) => response.text());
  expect([await answer(), await storage.run('caller', answer)]).toEqual(['outer', 'outer']);
});

test('a server that is started by a handler', async () => {
  let inner: Server | undefined;
  const server = started({
    fetch: () => {
      inner = storage.run('inner', () => started({ fetch: store }));
      return store();
    },
  });
  expect(await bodyOf(server)).toBe('undefined');
  expect(await bodyOf(inner as Server)).toBe('inner');
});

test('a subscriber of request:start may enter another store on top', async () => {
  const enter = (): void => other.enterWith(7);
  subscribe('bunserve:request:start', enter);
  try {
    const both = (): Response => new Response([storage.getStore(), other.getStore()].join());
    const server = outer({ routes: { '/route': both }, fetch: both });
    const requests = get('/route') + get('/') + get('/route');
    expect((await exchange(server, requests, 3)).map(text)).toEqual(Array(3).fill('outer,7'));
  } finally {
    unsubscribe('bunserve:request:start', enter);
  }
  expect(channel('bunserve:request:start').hasSubscribers).toBe(false);
});

test('a handler that throws is the error handler’s, which has a store of its own', async () => {
  const fail = (): never => {
    throw new Error(String(storage.getStore()));
  };
  const server = outer({ fetch: fail });
  storage.run('later', () =>
    server.reload({ error: (error) => new Response(`${error.message} ${storage.getStore()}`) }),
  );
  expect(await withErrorLog(() => bodyOf(server))).toBe('outer later');
});

describe('binding', () => {
  const handler = (): void => undefined;

  const isBound = (): boolean => handlerBinder()(handler) !== handler;

  test('without a store the handler stays what it is', () => {
    const seen = outsideOfTests(() => [
      isBound(),
      storage.run('x', () => 'run'),
      isBound(),
      storage.run(undefined as never, isBound),
    ]);
    expect(seen).toEqual([false, 'run', false, false]);
  });

  test.each([['text'], [0], [''], [false], [null], [Object.create(null)], [new Map()]])(
    'with the store %p it does not',
    (value) => {
      const any = new AsyncLocalStorage<unknown>();
      expect(outsideOfTests(() => [any.run(value, isBound), isBound()])).toEqual([true, false]);
    },
  );
});

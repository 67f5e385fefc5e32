// SPDX-License-Identifier: MIT
// server.fetch(): the handler without the network. Routes and `error` are not consulted.
import { Response, type Server } from 'bunserve';
import { rejectionOf, startServer, withServer } from '../../helpers/with-server.js';

interface Seen {
  url: string;
  method: string;
  body: string;
  self: boolean;
  others: number;
}

/** A server whose handler tells what it was called with. */
function echo(): Server {
  const server: Server = startServer({
    routes: { '/route': new Response('never') },
    async fetch(this: unknown, request: Request, ...others: unknown[]) {
      const { url, method } = request;
      const seen = { url, method, body: await request.text() };
      return Response.json({ ...seen, self: this === server, others: others.length }) as never;
    },
    error: () => new Response('never'),
  });
  return server;
}

async function seen(server: Server, ...args: Parameters<Server['fetch']>): Promise<Seen> {
  return (await (await server.fetch(...args)).json()) as Seen;
}

describe('targets', () => {
  let server: Server;
  beforeAll(() => {
    server = echo();
  });
  afterAll(() => server.stop(true));

  test.each(['/p?q=1', 'p', '/route', 'http://other.example/x'])('%s', async (target) => {
    const url = new URL(target, server.url).href;
    expect(await seen(server, target)).toEqual({
      url,
      method: 'GET',
      body: '',
      self: true,
      others: 0,
    });
    expect((await server.fetch(target)).url).toBe(url);
  });

  test('a Request', async () => {
    const request = new Request('http://a.example/y', { method: 'POST', body: 'text' });
    const expected = { url: 'http://a.example/y', method: 'POST', body: 'text' };
    expect(await seen(server, request)).toMatchObject(expected);
  });

  test('init with a URL', async () => {
    const init = { method: 'PUT', body: 'text' };
    expect(await seen(server, '/x', init)).toMatchObject(init);
  });

  test.each([
    [5, 'Number'],
    [null, 'Null'],
    [undefined, 'Undefined'],
    [{}, 'Object'],
    [new URL('http://a/'), 'Object'],
    [Symbol('x'), 'Symbol'],
    [true, 'Boolean'],
  ])('not %p', async (target, kind) => {
    expect(await rejectionOf(server.fetch(target as never))).toEqual({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: `fetch() expects a string, but received ${kind}`,
    });
  });

  test('not an empty string', async () => {
    const message = 'fetch() URL must not be a blank string.';
    expect(await rejectionOf(server.fetch(''))).toEqual({ name: 'Error', message });
  });
});

describe('results', () => {
  test('exceptions reject', async () => {
    const boom = new Error('boom');
    const error = (): Response => new Response('never');
    const throwing = {
      fetch: () => {
        throw boom;
      },
      error,
    };
    await withServer(throwing, async (server) => {
      await expect(server.fetch('/')).rejects.toBe(boom);
    });
    await withServer({ fetch: () => Promise.reject(boom), error }, async (server) => {
      await expect(server.fetch('/')).rejects.toBe(boom);
    });
  });

  test.each([undefined, null])('%p is no response', async (value) => {
    await withServer({ fetch: () => value as undefined }, async (server) => {
      const message = 'fetch() returned an empty value';
      expect(await rejectionOf(server.fetch('/'))).toEqual({ name: 'Error', message });
    });
  });

  test('without a handler', async () => {
    await withServer({ routes: { '/': new Response('x') } }, async (server) => {
      const message = 'fetch() requires the server to have a fetch handler';
      expect(await rejectionOf(server.fetch('/'))).toEqual({ name: 'Error', message });
    });
  });

  test('the newest handler, also after stop()', async () => {
    const server = startServer({ fetch: () => new Response('old') });
    server.reload({ fetch: () => new Response('new') });
    expect(await (await server.fetch('/')).text()).toBe('new');
    await server.stop();
    expect(await (await server.fetch('/')).text()).toBe('new');
  });
});

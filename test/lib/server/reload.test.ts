// SPDX-License-Identifier: MIT
// reload(): what is replaced, what stays, and which requests see it.
import { Response, type ServeOptions, type Server } from 'bunserve';
import {
  bodyOf,
  connectTo,
  exchange,
  gate,
  get,
  startServer,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

const say = (word: string) => (): Response => new Response(word);

async function bodies(server: Server, ...paths: string[]): Promise<string[]> {
  const messages = await exchange(server, paths.map((path) => get(path)).join(''), paths.length);
  return messages.map((message) => `${message.status} ${text(message)}`);
}

test('fetch, routes and error are replaced', async () => {
  const before = { routes: { '/a': say('route 1') }, fetch: say('fetch 1'), error: say('error 1') };
  await withServer(before, async (server) => {
    expect(await bodies(server, '/a', '/b')).toEqual(['200 route 1', '200 fetch 1']);
    const fail = (): Response => {
      throw new Error('x');
    };
    const routes = { '/b': new Response('static 2'), '/c/:id': say('route 2') };
    expect(server.reload({ routes, fetch: fail, error: say('error 2') })).toBe(server);
    expect(await bodies(server, '/a', '/b', '/c/1')).toEqual([
      '200 error 2',
      '200 static 2',
      '200 route 2',
    ]);
  });
});

test('what is not given stays', async () => {
  const before = {
    routes: { '/a': say('route'), '/s': new Response('static') },
    fetch: say('fetch'),
  };
  await withServer(before, async (server) => {
    const all = ['200 route', '200 static', '200 fetch'];
    for (const options of [{}, { fetch: null }, { fetch: undefined, routes: undefined }]) {
      server.reload(options as ServeOptions);
      expect(await bodies(server, '/a', '/s', '/x')).toEqual(all);
    }
    server.reload({ fetch: say('fetch 2') });
    expect(await bodies(server, '/a', '/s', '/x')).toEqual([
      '200 route',
      '200 static',
      '200 fetch 2',
    ]);
    server.reload({ routes: {} });
    expect(await bodies(server, '/a', '/s')).toEqual(['200 fetch 2', '200 fetch 2']);
  });
});

test('without a fetch handler an emptied table answers 404', async () => {
  await withServer({ routes: { '/a': say('a') } }, async (server) => {
    server.reload({ routes: {} });
    expect(await bodies(server, '/a')).toEqual(['404 ']);
    server.reload({ fetch: say('fetch') });
    expect(await bodies(server, '/a')).toEqual(['200 fetch']);
  });
});

test('the old name of routes', async () => {
  const at = (time: string): ServeOptions => ({
    static: { '/api/time': new Response(time) },
    fetch: () => new Response('404!', { status: 404 }),
  });
  await withServer(at('1'), async (server) => {
    expect(await bodies(server, '/api/time', '/')).toEqual(['200 1', '404 404!']);
    server.reload(at('2'));
    expect(await bodies(server, '/api/time', '/')).toEqual(['200 2', '404 404!']);
  });
});

test('address, id and mode do not change', async () => {
  await withServer({ fetch: say('1'), id: 'one' }, async (server) => {
    const { port, url } = server;
    const others = { port: 1, hostname: 'nowhere.invalid', id: 'two', development: true };
    server.reload({ ...others, fetch: say('2') });
    expect([server.port, server.id, server.development]).toEqual([port, 'one', false]);
    expect(server.url).toBe(url);
    expect(await bodyOf(server)).toBe('2');
  });
});

test('a request under way keeps its handler, the next on its connection gets the new one', async () => {
  const [entered, answer] = [gate(), gate<Response>()];
  const old = (): Promise<Response> => (entered.open(), answer.promise);
  await withServer({ routes: { '/a/:x': old } }, async (server) => {
    const client = await connectTo(server);
    await client.write(get('/a/1') + get('/a/1'));
    await entered.promise;
    server.reload({
      routes: { '/a/:y': (req) => new Response(`new ${JSON.stringify(req.params)}`) },
    });
    expect(await bodyOf(server, '/a/2')).toBe('new {"y":"2"}');
    answer.open(new Response('old'));
    await client.untilMessages(2);
    expect(client.messages.map(text)).toEqual(['old', 'new {"y":"1"}']);
    client.destroy();
  });
});

test('from inside a handler, ten times on one connection', async () => {
  let round = 0;
  const step = (): ServeOptions => {
    const name = String(++round);
    return {
      fetch(_, server) {
        server.reload(step());
        return new Response(name);
      },
    };
  };
  await withServer(step(), async (server) => {
    const messages = await exchange(server, get('/').repeat(10), 10);
    expect(messages.map(text)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });
});

test('a large static response under way outlives its table', async () => {
  const body = Buffer.alloc(8 * 1024 * 1024, 'a');
  await withServer({ routes: { '/': new Response(body) } }, async (server) => {
    const client = await connectTo(server);
    await client.write(get('/') + get('/'));
    await client.untilMessages(0);
    server.reload({ routes: { '/': new Response('small') } });
    server.reload({ routes: {} });
    server.reload({ routes: { '/': new Response('last') } });
    await client.untilMessages(2);
    expect([body.length, 4]).toContain(client.messages[0]?.body.length);
    expect(client.reader.fault).toBeNull();
    client.destroy();
  });
});

describe('refusals change nothing', () => {
  const invalid = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  test.each([
    [null, 'Bun.serve expects an object'],
    [5, 'Bun.serve expects an object'],
    [{ fetch: 5 }, 'Expected fetch() to be a function'],
    [{ error: 5 }, 'Expected error to be a function'],
    [
      { fetch: say('new'), routes: { x: say('x') } },
      'Invalid route "x". Path must start with \'/\'',
    ],
    [{ fetch: say('new'), error: 'x' }, 'Expected error to be a function'],
  ])('%p', async (options, message) => {
    await withServer({ fetch: say('old') }, async (server) => {
      const reload = (): Server => server.reload(options as ServeOptions);
      expect(thrownBy(reload)).toEqual({ ...invalid, message });
      expect(await bodyOf(server)).toBe('old');
    });
  });

  test('no argument', async () => {
    const server = startServer({ fetch: say('x') });
    expect(thrownBy(() => server.reload(...([] as unknown as [ServeOptions])))).toEqual({
      name: 'TypeError',
      code: 'ERR_MISSING_ARGS',
      message: "Not enough arguments to 'reload'. Expected 1, got 0.",
    });
    await server.stop();
  });
});

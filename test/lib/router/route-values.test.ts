// SPDX-License-Identifier: MIT
// What may stand in `routes`, what becomes of it, and the texts for what may not.
import { BunRequest, Response, serve, type Routes, type ServeOptions } from 'bunserve';
import {
  bodyOf,
  exchange,
  get,
  request,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

const say = (word: string) => (): Response => new Response(word);
const fetch = say('fetch');

function refusal(routes: unknown): Record<string, unknown> {
  const options = { port: 0, hostname: '127.0.0.1', development: false, fetch, routes };
  return thrownBy(() => void serve(options as ServeOptions).stop(true));
}

const invalid = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const accepted = { name: 'nothing thrown' };

describe('refused', () => {
  test.each([5, null, 'x', true])('routes: %p', (routes) => {
    const { message, ...rest } = refusal(routes);
    expect(rest).toEqual(invalid);
    expect(message).toMatch(/^Bun\.serve\(\) expects 'routes' to be an object shaped like:\n/);
    expect(message).toMatch(/\nLearn more at https:\/\/bun\.com\/docs\/api\/http$/);
  });

  test.each([
    ['null', null],
    ['true', true],
    ['a string', 'text'],
    ['a number', 5],
    ['a Promise', Promise.resolve(new Response('x'))],
    ['an empty object', {}],
    ['a list', []],
    ['a lower-case method', { get: fetch }],
    ['an unknown method', { FOO: fetch }],
    ['a Date', new Date(0)],
  ])('as a value: %s', (_, value) => {
    const { message, ...rest } = refusal({ '/x': value });
    expect(rest).toEqual(invalid);
    expect(message).toMatch(
      /^'routes' expects a Record<string, Response \| HTMLBundle \| \{\[method: string\]: \(req: BunRequest\) => Response\|Promise<Response>\}>\n/,
    );
    expect(message).toMatch(/\nSee https:\/\/bun\.com\/docs\/api\/http for more information\.$/);
  });

  test.each([
    ['foo', 'Invalid route "foo". Path must start with \'/\''],
    ['*', 'Invalid route "*". Path must start with \'/\''],
    ['/é', 'Invalid route "/é". Please encode all non-ASCII characters in the path.'],
  ])('as a key: %s', (key, message) => {
    expect(refusal({ [key]: fetch })).toEqual({ ...invalid, message });
  });

  test.each([
    ['/:1', 'Route parameter names cannot start with a number.'],
    ['/a/:x/:x', 'Support for duplicate route parameter names is not yet implemented.'],
  ])('as a pattern: %s', (key, message) => {
    expect(refusal({ [key]: fetch })).toEqual({
      name: 'TODOError',
      message:
        `${message}\n\n` +
        'If you run into this, please file an issue and we will add support for it.',
    });
  });

  test('nothing of a refused table is served', async () => {
    await withServer({ fetch }, async (server) => {
      const routes = { '/good': say('good'), '/bad': 5 } as never;
      expect(() => server.reload({ routes })).toThrow(TypeError);
      expect(await bodyOf(server, '/good')).toBe('fetch');
    });
  });
});

test.each([
  ['undefined', { '/x': undefined }],
  ['an empty key', { '': fetch }],
  ['unknown methods beside known ones', { '/x': { FOO: fetch, GET: fetch } }],
  ['values of methods that are none', { '/x': { GET: 5, POST: 'x', PUT: false, PATCH: null } }],
])('ignored: %s', async (_, routes) => {
  expect(refusal(routes)).toEqual(accepted);
  await withServer({ routes, fetch } as never, async (server) => {
    expect(await bodyOf(server, '/y')).toBe('fetch');
  });
});

test('handlers get the request and the server, which is also their `this`', async () => {
  const seen: unknown[] = [];
  function handler(this: unknown, ...args: unknown[]): Response {
    seen.push([this, args.length, args[0] instanceof BunRequest, args[1]]);
    return new Response('x');
  }
  const options = { routes: { '/f': handler, '/m': { GET: handler } }, fetch: handler };
  await withServer(options as never, async (server) => {
    for (const path of ['/f', '/m', '/']) await bodyOf(server, path);
    expect(seen).toEqual([
      [server, 2, true, server],
      [server, 2, true, server],
      [server, 2, false, server],
    ]);
  });
});

test('a function answers every method, a method object its own', async () => {
  const routes = {
    '/any': (req: Request) => new Response(req.method),
    '/some': { GET: say('get'), POST: new Response('static post'), PUT: say('put') },
  };
  const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'PURGE'];
  await withServer({ routes, fetch }, async (server) => {
    const ask = async (path: string): Promise<string[]> => {
      const requests = methods.map((method) => request(method, path, '')).join('');
      return (await exchange(server, requests, methods.length)).map(text);
    };
    expect(await ask('/any')).toEqual(methods);
    const others = Array<string>(5).fill('fetch');
    expect(await ask('/some')).toEqual(['get', 'static post', 'put', ...others]);
  });
});

test('HEAD is answered by GET unless it has an entry', async () => {
  const routes = {
    '/get': { GET: () => new Response('12345') },
    '/both': { GET: say('x'), HEAD: () => new Response(null, { headers: { 'x-head': 'own' } }) },
    '/head': { HEAD: say('x') },
  };
  await withServer({ routes }, async (server) => {
    const paths = ['/get', '/both', '/head'];
    const requests = paths.map((path) => request('HEAD', path, '')).join('') + get('/head');
    const methodOf = (index: number): string => (index < 3 ? 'HEAD' : 'GET');
    const [fromGet, own, only, none] = await exchange(server, requests, 4, { methodOf });
    expect(fromGet?.headers).toContainEqual(['content-length', '5']);
    expect(own?.headers).toContainEqual(['x-head', 'own']);
    expect([only?.status, none?.status]).toEqual([200, 404]);
  });
});

test('false hides the wider routes too', async () => {
  const routes = {
    '/a/off': false,
    '/a/*': say('wildcard'),
    '/b/:id': false,
    '/b/on': say('exact'),
    '/*': say('all'),
  } as const;
  await withServer({ routes, fetch }, async (server) => {
    const paths = ['/a/off', '/a/on', '/b/1', '/b/on', '/c'];
    const answers = await Promise.all(paths.map((path) => bodyOf(server, path)));
    expect(answers).toEqual(['fetch', 'wildcard', 'fetch', 'exact', 'all']);
  });
  await withServer({ routes: { '/off': false, '/*': say('all') } }, async (server) => {
    const [message] = await exchange(server, get('/off'));
    expect(message?.status).toBe(404);
  });
});

test('`static` is the old name; it is ignored beside `routes`', async () => {
  const old = {
    '/s': new Response('static'),
    '/f/:id': (req: BunRequest) => new Response(JSON.stringify(req.params)),
  };
  await withServer({ static: old as never, fetch }, async (server) => {
    expect(await bodyOf(server, '/s')).toBe('static');
    expect(await bodyOf(server, '/f/1')).toBe('{"id":"1"}');
  });
  for (const routes of [{}, { '/r': say('route') }] as Routes<string>[]) {
    await withServer({ static: old as never, routes, fetch }, async (server) => {
      expect(await bodyOf(server, '/s')).toBe('fetch');
    });
  }
});

test('params: no prototype, one value per name, more than eight of them', async () => {
  const names = Array.from({ length: 65 }, (_, i) => `p${i}`);
  let params: object = {};
  const keep = (req: { params: object }): Response => ((params = req.params), new Response('x'));
  const many = `/${names.map((name) => `:${name}`).join('/')}`;
  const routes = { [many]: keep, '/o/:constructor/:__proto__': keep, '/none': keep };
  await withServer({ routes } as never, async (server) => {
    await bodyOf(server, `/${names.map((_, i) => `v${i}`).join('/')}`);
    expect({ ...params }).toEqual(Object.fromEntries(names.map((name, i) => [name, `v${i}`])));
    await bodyOf(server, '/o/a/b');
    expect(Object.entries(params)).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
    expect('toString' in params).toBe(false);
    expect(Object.prototype.toString.call(params)).toBe('[object RequestParams]');
    await bodyOf(server, '/none');
    expect(Object.keys(params)).toEqual([]);
  });
});

// SPDX-License-Identifier: MIT
// Which route answers: precedence, backtracking, wildcards, slashes, disabled routes, method
// objects that fall through. The table app answers with the pattern that won and its params.
import { call, get, post, type DifferentialCase } from '../case.js';
import type { DivergenceId } from '../divergences.js';

type Params = Readonly<Record<string, string>>;

/** [target, winning pattern, params]. */
const WINNERS: readonly (readonly [string, string, Params])[] = [
  ['/', '/', {}],
  ['/p/exact', '/p/exact', {}],
  ['/p/x', '/p/:id', { id: 'x' }],
  ['/p/x/y', '/p/*', {}],
  ['/p/', '/p/*', {}],
  ['/p//', '/p/*', {}],
  ['/p/*', '/p/:id', { id: '*' }],
  ['/p/:id', '/p/:id', { id: ':id' }],
  ['/p/exac', '/p/:id', { id: 'exac' }],
  ['/p/exactly', '/p/:id', { id: 'exactly' }],
  ['/p/ex%61ct', '/p/:id', { id: 'exact' }],

  ['/bt/a/b/d', '/bt/a/b/d', {}],
  ['/bt/a/b/c', '/bt/a/:x/c', { x: 'b' }],
  ['/bt/a/b/e', '/bt/a/*', {}],
  ['/bt/a/b/z', '/bt/a/*', {}],
  ['/bt/a/', '/bt/a/*', {}],
  ['/bt/a', '/bt/*', {}],
  ['/bt/q/b/e', '/bt/:y/b/e', { y: 'q' }],
  ['/bt/q/b/x', '/bt/*', {}],
  ['/bt/q', '/bt/*', {}],

  ['/deep/x/y/z', '/deep/x/y/z', {}],
  ['/deep/x/y/q', '/deep/x/y/:c', { c: 'q' }],
  ['/deep/x/q/z', '/deep/x/:b/:c', { b: 'q', c: 'z' }],
  ['/deep/q/y/z', '/deep/:a/y/z', { a: 'q' }],
  ['/deep/q/y/w', '/deep/:a/:b/:c', { a: 'q', b: 'y', c: 'w' }],

  ['/w/', '/w/*', {}],
  ['/w/a', '/w/*', {}],
  ['/w/a/b/c', '/w/*', {}],
  ['/w//', '/w/*', {}],
  ['/w/?q', '/w/*', {}],
  ['/w2/a', '/w2/*', {}],
  ['/w2/a/', '/w2/a/*', {}],
  ['/w2/a/b', '/w2/a/*', {}],
  ['/w2/b', '/w2/*', {}],
  ['/suffix/', '/suffix/*name', {}],
  ['/suffix/a/b', '/suffix/*name', {}],
  ['/star/a*', '/star/a*', {}],

  ['/slash', '/slash', {}],
  ['/slashed/', '/slashed/', {}],
  ['/both', '/both', {}],
  ['/both/', '/both/', {}],
  ['/dbl//x', '/dbl//x', {}],
  ['/Case', '/Case', {}],

  ['/users/1', '/users/:id', { id: '1' }],
  ['/users/1/posts/2', '/users/:id/posts/:post', { id: '1', post: '2' }],
  ['/users/1/files/a/b', '/users/:id/files/*', { id: '1' }],
  ['/users/1?id=2', '/users/:id', { id: '1' }],
  ['/users/1?x=/posts/2', '/users/:id', { id: '1' }],
  ['/users/a%2Fposts%2Fb', '/users/:id', { id: 'a/posts/b' }],
  ['/users/..', '/users/:id', { id: '..' }],
  ['/users/.', '/users/:id', { id: '.' }],
  ['/same/1', '/same/:y', { y: '1' }],

  ['/ext/1.json', '/ext/:id.json', { 'id.json': '1.json' }],
  ['/ext/1', '/ext/:id.json', { 'id.json': '1' }],
  ['/two/a-b', '/two/:a-:b', { b: 'a-b' }],
  ['/noname/x', '/noname/:', {}],
  ['/literal/%20x', '/literal/%20x', {}],
  ['/_-~.!$&/x', '/_-~.!$&/x', {}],
  ['/dots/..', '/dots/..', {}],
  ['/dots/.', '/dots/:v', { v: '.' }],

  ['/off/other', '/off/*', {}],
  ['/off/a/b', '/off/*', {}],
  ['/narrow/yes', '/narrow/:v', { v: 'yes' }],

  ['/m/get', 'GET /m/get', {}],
  ['/m/post', '/m/:any', { any: 'post' }],
  ['/m/unknown', 'GET /m/unknown', {}],
  ['/mm/x', 'GET /mm/x', {}],
  ['/head/both', 'GET /head/both', {}],
];

/** Targets that no route takes. */
const MISSES: readonly string[] = [
  '//',
  '/nowhere',
  '/w',
  '/wa',
  '/W/a',
  '/slash/',
  '/slashed',
  '/case',
  '/dbl/x',
  '/users',
  '/users/',
  '/users//',
  '/users/1/',
  '/users/1/posts',
  '/users/1/files',
  '/%75sers/1',
  '/mid/a/c',
  '/mid/*/c',
  '/star/abc',
  '/star/a',
  '/colon/v1',
  '/literal/%20X',
  '/literal/a%20b',
  '/query',
  '/query?x=1',
  '/off/secret',
  '/off/a/inner',
  '/narrow/no',
  '/gone',
  '/nothing',
  '/dots/../p/exact',
  '/./p/exact',
  '/deep/x/y',
  '/deep/x/y/z/',
  '/mm/x/y',
];

/** [method, target, winning pattern]. */
const METHODS: readonly (readonly [string, string, string])[] = [
  ['POST', '/p/exact', '/p/exact'],
  ['OPTIONS', '/p/exact', '/p/exact'],
  ['PURGE', '/p/exact', '/p/exact'],
  ['PROPFIND', '/w/a', '/w/*'],
  ['PUT', '/m/get', '/m/:any'],
  ['POST', '/m/get', '/m/:any'],
  ['POST', '/m/post', 'POST /m/post'],
  ['OPTIONS', '/m/options', 'OPTIONS /m/options'],
  ['POST', '/mm/x', 'POST /mm/x'],
  ['PUT', '/mm/x', 'PUT /mm/:y'],
  ['PATCH', '/mm/x', 'PATCH /mm/:y'],
  ['DELETE', '/mm/x', 'DELETE /mm/*'],
  ['DELETE', '/mm/a/b', 'DELETE /mm/*'],
  ['PUT', '/mm/a/b', 'fetch'],
  ['PROPFIND', '/mm/x', 'fetch'],
  ['OPTIONS', '/mm/x', 'fetch'],
  ['GET', '/head/only', 'fetch'],
  ['POST', '/head/get', 'fetch'],
  ['GET', '/mt/x', 'GET /mt/x'],
  ['POST', '/mixed', 'POST /mixed'],
  ['PUT', '/mixed', 'fetch'],
];

const winners = WINNERS.map(([target, route, params]): DifferentialCase => ({
  name: `${target} is taken by ${route}`,
  app: 'router',
  send: get(target),
  gives: '200 open',
  saw: { route, params },
}));

const misses = MISSES.map((target): DifferentialCase => ({
  name: `${target} is taken by no route`,
  app: 'router',
  send: get(target),
  gives: '200 open',
  saw: { route: 'fetch', hasParams: false },
}));

const methods = METHODS.map(([method, target, route]): DifferentialCase => ({
  name: `${method} ${target} goes to ${route}`,
  app: 'router',
  send: method === 'POST' ? post(target, '') : call(method, target),
  gives: '200 open',
  saw: { route },
}));

/** A pattern, whether Bun takes it, and whether we do. */
const PATTERNS: readonly (readonly [string, boolean, boolean, DivergenceId?])[] = [
  ['/:x/b', true, true],
  ['/:x/:y', true, true],
  ['/:x:y', true, true],
  ['/:x/:x', false, false],
  ['/:1', false, false],
  ['/:1-:x', false, false],
  ['/v:1', false, true, 'param-name-rules'],
  ['/:x/b:x', false, true, 'param-name-rules'],
  ['/:x/*:x', false, true, 'param-name-rules'],
  ['/:x-:1', true, false, 'param-name-rules'],
  ['/:x/:a:x', true, false, 'param-name-rules'],
  ['/a'.repeat(256), true, true],
  ['/a'.repeat(257), true, false, 'path-segments'],
];

// The pattern comes in the target's query: apps are sent as text and see nothing of this file.
const patternRules = PATTERNS.map(([pattern, bun, ours, divergence]): DifferentialCase => {
  const shown = pattern.length > 20 ? `${pattern.length / 2} segments` : pattern;
  const said = (taken: boolean): string => (taken ? 'taken' : 'refused');
  return {
    name: `is ${shown} taken as a pattern`,
    app: () => ({
      fetch: (req) => {
        const { Bun } = globalThis as unknown as {
          Bun: { serve(options: unknown): { stop(force: boolean): Promise<void> } };
        };
        const route = decodeURIComponent(req.url.slice(req.url.indexOf('?') + 1));
        try {
          const server = Bun.serve({ port: 0, routes: { [route]: () => new Response('x') } });
          return server.stop(true).then(() => new Response('taken'));
        } catch {
          return new Response('refused');
        }
      },
    }),
    send: get(`/?${encodeURIComponent(pattern)}`),
    gives: '200 open',
    body: said(bun),
    ...(divergence && { divergence, ours: { gives: '200 open', body: said(ours) } }),
  };
});

export const cases: readonly DifferentialCase[] = [
  ...winners,
  ...misses,
  ...methods,
  {
    name: 'a raw #fragment stays in the last param',
    app: 'router',
    send: get('/users/1#f'),
    gives: '200 open',
    saw: { params: { id: '1#f' } },
    divergence: 'fragment-in-target',
    ours: { gives: '400 closed' },
  },
  {
    name: 'a colon inside a segment is literal text',
    app: 'router',
    send: get('/colon/v:id'),
    gives: '200 open',
    saw: { route: '/colon/v:id', params: { id: '' } },
    divergence: 'param-inside-segment',
    ours: { gives: '200 open', saw: { route: '/colon/v:id', params: {} } },
  },
  {
    name: 'a colon inside a segment takes no value from a later param',
    app: () => ({
      routes: { '/s/pre:id/:z': (req) => Response.json({ ...req.params }) },
    }),
    send: get('/s/pre:id/q'),
    gives: '200 open',
    body: '{"id":"q","z":""}',
    divergence: 'param-inside-segment',
    ours: { gives: '200 open', body: '{"z":"q"}' },
  },
  ...patternRules,
  {
    name: 'two wildcards that differ in their suffix only',
    app: () => ({
      routes: {
        '/x/*a': () => new Response('first'),
        '/x/*b': () => new Response('second'),
      },
    }),
    send: get('/x/1'),
    gives: '200 open',
    body: 'first',
    divergence: 'wildcard-suffix-shape',
    ours: { gives: '200 open', body: 'second' },
  },
  {
    name: 'an explicit HEAD and a later GET of the same shape',
    app: () => ({
      routes: {
        '/h/:x': { HEAD: () => new Response(null, { headers: { by: 'head' } }) },
        '/h/:y': { GET: () => new Response('get') },
      },
    }),
    send: 'HEAD /h/1 HTTP/1.1\r\nHost: test\r\n\r\n',
    gives: '200 open',
    raw: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n',
    divergence: 'explicit-head',
    ours: {
      gives: '200 open',
      raw: 'HTTP/1.1 200 OK\r\nby: head\r\ncontent-length: 0\r\n\r\n',
    },
  },
  {
    name: 'absolute-form is routed by its path',
    app: 'router',
    send: get('http://test/p/exact'),
    gives: '200 open',
    saw: { route: '/p/exact' },
  },
  {
    name: 'absolute-form without a path is routed as /',
    app: 'router',
    send: get('http://test?a=b'),
    gives: '200 open',
    saw: { route: '/' },
  },
  {
    name: '/* takes what nothing narrower takes, but not what is disabled',
    app: ({ json }) => ({
      routes: {
        '/*': () => json('wild'),
        '/a': () => json('a'),
        '/off': false,
        '/get': { GET: () => json('get') },
        '/x/:y': () => json('y'),
      },
      fetch: () => json('fetch'),
    }),
    send: ['/', '//', '/b', '/a', '/a/', '/off', '/off/', '/x/', '/x/1']
      .map((t) => get(t))
      .join(''),
    gives: '200 200 200 200 200 200 200 200 200 open',
  },
  {
    name: '/* takes the methods a narrower object lacks',
    app: ({ json }) => ({
      routes: { '/*': () => json('wild'), '/get': { GET: () => json('get') } },
    }),
    send: get('/get') + call('PUT', '/get') + call('OPTIONS', '/get') + call('HEAD', '/get'),
    gives: '200 200 200 200 open',
  },
  {
    name: '/* as a method object leaves the other methods to fetch',
    app: ({ json }) => ({
      routes: { '/*': { GET: () => json('wild') } },
      fetch: () => json('fetch'),
    }),
    send: get('/a') + post('/a', '') + call('HEAD', '/a') + call('DELETE', '/a'),
    gives: '200 200 200 200 open',
  },
  {
    name: 'declaration order does not matter',
    app: ({ json }) => ({
      routes: {
        '/*': () => json('wild'),
        '/a/*': () => json('a wild'),
        '/a/:p': () => json('param'),
        '/a/b': () => json('exact'),
      },
    }),
    send: get('/a/b') + get('/a/c') + get('/a/c/d') + get('/c'),
    gives: '200 200 200 200 open',
  },
  {
    name: 'no route and no fetch is a bare 404',
    app: ({ json }) => ({ routes: { '/a': () => json('a') } }),
    send: get('/b'),
    gives: '404 open',
    strict: true,
    raw: 'HTTP/1.1 404 Not Found\r\nDate: <D>\r\nContent-Length: 0\r\n\r\n',
  },
  {
    name: 'no route and no fetch for HEAD',
    app: ({ json }) => ({ routes: { '/a': () => json('a') } }),
    send: call('HEAD', '/b'),
    gives: '404 open',
    strict: true,
  },
  {
    name: 'no method of an object and no fetch is a 404 without Allow',
    app: ({ json }) => ({ routes: { '/a': { POST: () => json('a') } } }),
    send: get('/a') + call('PUT', '/a') + call('HEAD', '/a'),
    gives: '404 404 404 open',
    strict: true,
  },
  {
    name: 'a disabled route without fetch is a 404',
    app: ({ json }) => ({ routes: { '/a': false, '/*': () => json('wild') } }),
    send: get('/a') + get('/b'),
    gives: '404 200 open',
  },
  {
    name: 'the old name `static` takes functions and params too',
    app: ({ json }) => ({
      static: { '/s': new Response('s'), '/f/:id': (req) => json(req.params) },
      fetch: () => json('fetch'),
    }),
    send: get('/s') + get('/f/1') + get('/x'),
    gives: '200 200 200 open',
  },
  {
    name: '`static` is ignored as soon as `routes` is given',
    app: ({ json }) => ({
      static: { '/s': new Response('s'), '/both': new Response('static') },
      routes: { '/both': new Response('routes') },
      fetch: () => json('fetch'),
    }),
    send: get('/s') + get('/both'),
    gives: '200 200 open',
  },
  {
    name: '`static` is ignored even beside empty `routes`',
    app: ({ json }) => ({
      static: { '/s': new Response('s') },
      routes: {},
      fetch: () => json('fetch'),
    }),
    send: get('/s'),
    gives: '200 open',
    body: '"fetch"',
  },
  {
    name: 'this is the server, in routes and in fetch',
    app: ({ json }) => ({
      routes: {
        '/r': function (this: unknown, _req, server) {
          return json(this === server);
        },
      },
      fetch: function (this: unknown, _req, server) {
        return json(this === server);
      },
    }),
    send: get('/r') + get('/f'),
    gives: '200 200 open',
    body: 'true',
  },
  {
    name: '200 routes with one prefix and one param keep apart',
    app: ({ json }) => ({
      routes: Object.fromEntries(
        Array.from({ length: 200 }, (_, i) => [`/many${i}/:id`, (): Response => json(i)]),
      ),
    }),
    send: get('/many0/x') + get('/many19/x') + get('/many199/x') + get('/many200/x'),
    gives: '200 200 200 404 open',
  },
];

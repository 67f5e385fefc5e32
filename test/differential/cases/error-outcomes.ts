// SPDX-License-Identifier: MIT
// Every way for a handler to fail, with every kind of error(): what goes out (behaviours 5.13, 10).
import type { DifferentialCase, Expectation, Snippet } from '../case.js';
import { call, get, post } from '../case.js';

/** An app whose fetch has a body given as text, and so has error(), if any. Apps travel as text. */
function app(fetch: string, error = '', more = ''): Snippet {
  const handler = error === '' ? '' : `error(thrown) { ${error} },`;
  const source = `({ json, log }) => ({ fetch: (req, server) => { ${fetch} }, ${handler} ${more} })`;
  return Object.assign(() => ({}), { toString: () => source });
}

const THROWN: Readonly<Record<string, string>> = {
  'an Error': "new Error('secret')",
  'an Error without a message': 'new Error()',
  'a string': "'secret'",
  'an empty string': "''",
  undefined: 'undefined',
  null: 'null',
  'a number': '5',
  NaN: 'NaN',
  'a bigint': '5n',
  'a symbol': "Symbol('secret')",
  'an object': "{ message: 'secret' }",
  'an object without a prototype': 'Object.create(null)',
  'a function': '() => 1',
  'a Response': "new Response('secret')",
  'a promise': "Promise.resolve(new Response('secret'))",
  'a DOMException': "new DOMException('secret', 'AbortError')",
  'an AggregateError': "new AggregateError([new Error('a')], 'secret')",
  'an Error that causes itself':
    "(() => { const e = new Error('secret'); e.cause = e; return e; })()",
  'an Error whose stack throws':
    "Object.defineProperty(new Error('secret'), 'stack', { get() { throw new Error('x'); } })",
  'an Error whose message throws':
    "Object.defineProperty(new Error(), 'message', { get() { throw new Error('x'); } })",
  'a Proxy that refuses everything':
    "new Proxy({}, new Proxy({}, { get() { throw new Error('trap'); } }))",
};

const RETURNED: Readonly<Record<string, string>> = {
  undefined: 'undefined',
  null: 'null',
  'a string': "'text'",
  'a number': '200',
  false: 'false',
  'a bigint': '5n',
  'a symbol': "Symbol('x')",
  'an object': '{ status: 200 }',
  'an array': '[]',
  'a function': "() => new Response('x')",
  'a Date': 'new Date(0)',
  'a Blob': "new Blob(['x'])",
  'the request': 'req',
  'the server': 'server',
  'a thenable': "({ then: (resolve) => resolve(new Response('x')) })",
  bytes: 'new Uint8Array(3)',
};

const ANSWERS: Readonly<Record<string, readonly [string, Expectation['gives']]>> = {
  'a Response': ["return new Response('handled', { status: 503 });", '503 open'],
  'a promise of one': [
    "return Promise.resolve(new Response('handled', { status: 503 }));",
    '503 open',
  ],
  'one later': [
    "return new Promise((done) => setTimeout(() => done(new Response('late')), 1));",
    '200 open',
  ],
  JSON: ['return Response.json({ failed: String(thrown.message) }, { status: 400 });', '400 open'],
  'a redirect': ["return Response.redirect('/sorry');", '302 open'],
  '204': ['return new Response(null, { status: 204 });', '204 open'],
  'headers of its own': [
    "return new Response('x', { headers: { 'X-A': '1', 'set-cookie': 'a=1', 'cache-control': 'no-store' } });",
    '200 open',
  ],
  'Connection: close': [
    "return new Response('x', { headers: { connection: 'close' } });",
    '200 closed',
  ],
  undefined: ['', '500 open'],
  null: ['return null;', '500 open'],
  text: ["return 'text';", '500 open'],
  'an Error': ["return new Error('again');", '500 open'],
  'a thenable': ["return { then: (done) => done(new Response('x')) };", '500 open'],
  'a promise of nothing': ['return Promise.resolve();', '500 open'],
  'Response.error()': ['return Response.error();', '500 open'],
  'a throw': ["throw new Error('second');", '500 open'],
  'the same throw': ['throw thrown;', '500 open'],
  'a rejection': ["return Promise.reject(new Error('second'));", '500 open'],
  'a late rejection': [
    "return new Promise((_, fail) => setTimeout(() => fail(new Error('second')), 1));",
    '500 open',
  ],
  'a Response with a bad field': [
    "return new Response('x', { headers: { a: 'b\\r\\nc: d' } });",
    '500 open',
  ],
  'a Response of a bad status': ["return new Response('x', { status: 1 });", '500 open'],
};

const failing: readonly DifferentialCase[] = Object.entries(THROWN).flatMap(([what, value]) => [
  {
    name: `throws ${what}`,
    app: app(`throw ${value};`),
    send: get('/') + get('/'),
    gives: '500 500 open',
    strict: true,
  },
  {
    name: `rejects with ${what}`,
    app: app(
      `return Promise.reject(${value});`,
      'return new Response(typeof thrown, { status: 418 });',
    ),
    send: get('/'),
    gives: '418 open',
  },
]);

const returning: readonly DifferentialCase[] = Object.entries(RETURNED).flatMap(([what, value]) => [
  {
    name: `returns ${what}`,
    app: app(`return ${value};`, "log('called'); return new Response('never');"),
    send: get('/'),
    gives: '204 open',
    strict: true,
  },
  ...(value.includes('then')
    ? []
    : [
        {
          name: `resolves to ${what}`,
          app: app(
            `return Promise.resolve(${value});`,
            "log('called'); return new Response('never');",
          ),
          send: get('/'),
          gives: '204 open',
        },
      ]),
]);

const answering: readonly DifferentialCase[] = Object.entries(ANSWERS).map(
  ([what, [body, gives]]) => ({
    name: `error() and ${what}`,
    app: app("throw new Error('first');", body),
    send: get('/'),
    gives,
  }),
);

export const cases: readonly DifferentialCase[] = [
  ...failing,
  ...returning,
  ...answering,
  {
    name: 'returns an Error: as if thrown',
    app: app("return new TypeError('returned');", 'return new Response(thrown.message);'),
    send: get('/'),
    gives: '200 open',
    body: 'returned',
  },
  {
    name: 'returns an Error, no error()',
    app: app("return new TypeError('returned');"),
    send: get('/'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'resolves to an Error',
    app: app(
      "return Promise.resolve(new Error('resolved'));",
      'return new Response(thrown.message);',
    ),
    send: get('/'),
    gives: '204 open',
    divergence: 'resolved-error',
    ours: { gives: '200 open', body: 'resolved' },
  },
  {
    name: 'Response.error(): what error() gets',
    app: app('return Response.error();', 'return json([thrown.name, thrown.message]);'),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'a Response sent twice: what error() gets',
    app: app(
      'return (server.once ??= new Response("once"));',
      'return json([thrown.name, thrown.code, thrown.message]);',
    ),
    send: get('/') + get('/'),
    gives: '200 200 open',
  },
  {
    name: 'error() answers HEAD without a body',
    app: app("throw new Error('x');", "return new Response('handled', { status: 503 });"),
    send: call('HEAD', '/'),
    gives: '503 open',
  },
  {
    name: 'error() after the body was read',
    app: app('return req.json();', 'return json([thrown.name]);'),
    send: post('/', '{"a":'),
    gives: '200 open',
    body: '["SyntaxError"]',
  },
  {
    name: 'error() with an unread body',
    app: app("throw new Error('x');", "return new Response('handled');"),
    send: post('/', 'x'.repeat(20_000)) + get('/'),
    gives: '200 200 open',
  },
  {
    name: 'error() once a request, in order',
    app: app(
      "return new Promise((_, fail) => setTimeout(() => fail(new Error(req.url)), req.url.endsWith('a') ? 5 : 1));",
      "log('called'); return new Response(thrown.message);",
    ),
    send: [get('/a'), { await: 1 }, get('/b')],
    gives: '200 200 open',
    logs: 2,
  },
  {
    name: 'error() may look at the server',
    app: app(
      "throw new Error('x');",
      'return json([this.pendingRequests, typeof this.stop, arguments.length]);',
    ),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'a method of a route throws',
    app: app(
      '',
      'return new Response(thrown.message);',
      "routes: { '/t/:id': { POST: (r) => { throw new Error(r.params.id); } } }",
    ),
    send: post('/t/7', 'x'),
    gives: '200 open',
    body: '7',
  },
  {
    name: 'an async route rejects',
    app: app(
      '',
      'return new Response(thrown.message);',
      "routes: { '/t': async () => { await 1; throw new Error('late'); } }",
    ),
    send: get('/t'),
    gives: '200 open',
    body: 'late',
  },
  {
    name: 'what an error says stays inside',
    app: app(
      "throw Object.assign(new Error('secret'), { code: 'SECRET', secret: process.env.HOME });",
    ),
    send: get('/', 'Accept: application/json'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'development: error() answers instead of the page',
    app: app(
      "throw new Error('x');",
      "return new Response('mine', { status: 503 });",
      'development: true',
    ),
    send: get('/'),
    gives: '503 open',
    body: 'mine',
  },
  {
    name: 'development: a page',
    app: app("throw new Error('x');", '', 'development: true'),
    send: get('/') + get('/'),
    gives: '500 500 open',
    divergence: 'error-page',
    ours: { gives: '500 500 open' },
  },
  {
    name: 'development: JSON',
    app: app("throw new RangeError('x');", '', 'development: true'),
    send: get('/', 'Accept: application/json'),
    gives: '500 open',
    divergence: 'error-page',
    ours: {
      gives: '500 open',
      saw: {
        request: {
          method: 'GET',
          url: 'http://test/',
          headers: [
            ['accept', 'application/json'],
            ['host', 'test'],
          ],
        },
      },
    },
  },
  {
    name: 'development: the path bun:info',
    app: app("return new Response('own');", '', 'development: true'),
    send: 'GET /bun:info HTTP/1.1\r\nHost: localhost\r\n\r\n',
    gives: '200 open',
    divergence: 'bun-info',
    ours: { gives: '200 open', body: 'own' },
  },
  {
    name: 'production: the path bun:info',
    app: app("return new Response('own');", '', 'development: false'),
    send: 'GET /bun:info HTTP/1.1\r\nHost: localhost\r\n\r\n',
    gives: '200 open',
    body: 'own',
  },
];

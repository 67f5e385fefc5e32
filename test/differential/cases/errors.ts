// SPDX-License-Identifier: MIT
// Handlers that throw or reject, the error callback and its own failures, always in production
// mode; and the errors a handler gets when it misuses a request body.
import { call, chunkedPost, chunks, get, post, type DifferentialCase } from '../case.js';

const PLAIN_500 =
  'HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\nDate: <D>\r\n' +
  'Content-Length: 21\r\n\r\nSomething went wrong!';

export const cases: readonly DifferentialCase[] = [
  {
    name: 'fetch throws: the exact bytes',
    app: () => ({
      fetch: () => {
        throw new Error('secret');
      },
    }),
    send: get('/'),
    gives: '500 open',
    strict: true,
    raw: PLAIN_500,
  },
  {
    name: 'fetch rejects at once',
    app: () => ({ fetch: () => Promise.reject(new Error('secret')) }),
    send: get('/'),
    gives: '500 open',
    strict: true,
    raw: PLAIN_500,
  },
  {
    name: 'fetch rejects later',
    app: () => ({
      fetch: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('secret');
      },
    }),
    send: get('/'),
    gives: '500 open',
    strict: true,
    raw: PLAIN_500,
  },
  {
    name: 'a route throws',
    app: () => ({
      routes: {
        '/t': () => {
          throw new Error('secret');
        },
      },
    }),
    send: get('/t') + get('/t'),
    gives: '500 500 open',
    strict: true,
  },
  {
    name: 'a throw answers HEAD without a body',
    app: () => ({
      fetch: () => {
        throw new Error('secret');
      },
    }),
    send: call('HEAD', '/'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'the next request after a throw is served',
    app: () => ({
      fetch: (req) => {
        if (req.url.endsWith('/bad')) throw new Error('secret');
        return new Response('fine');
      },
    }),
    send: get('/bad') + get('/good') + get('/bad') + get('/good'),
    gives: '500 200 500 200 open',
    body: 'fine',
  },
  {
    name: 'the handler throws with an unread body',
    app: () => ({
      fetch: (req) => {
        if (req.method === 'POST') throw new Error('secret');
        return new Response('fine');
      },
    }),
    send: post('/bad', 'abc') + chunkedPost('/bad', chunks('abcd', 2)) + get('/good'),
    gives: '500 500 200 open',
    body: 'fine',
  },
  {
    name: 'thrown values that are no errors',
    app: () => ({
      fetch: (req) => {
        const values: unknown[] = ['text', 5, null, undefined, {}, new Response('thrown')];
        throw values[Number(new URL(req.url).pathname.slice(1))];
      },
    }),
    send: [0, 1, 2, 3, 4, 5].map((i) => get(`/${i}`)).join(''),
    gives: '500 500 500 500 500 500 open',
  },
  {
    name: 'error() answers',
    app: () => ({
      fetch: () => {
        throw new TypeError('because');
      },
      error: (error) => new Response(String(error), { status: 418, headers: { 'x-a': '1' } }),
    }),
    send: get('/'),
    gives: '418 open',
    strict: true,
    body: 'TypeError: because',
  },
  {
    name: 'error() gets what was thrown, unchanged',
    app: ({ json }) => ({
      fetch: (req) => {
        const values: unknown[] = ['text', 5, null, undefined, false, { a: 1 }];
        throw values[Number(new URL(req.url).pathname.slice(1))];
      },
      error: (value) => json([typeof value, value ?? String(value)]),
    }),
    send: [0, 1, 2, 3, 4, 5].map((i) => get(`/${i}`)).join(''),
    gives: '200 200 200 200 200 200 open',
    body: '["object",{"a":1}]',
  },
  {
    name: 'error() gets one argument, this is the server',
    app: ({ json }) => ({
      routes: {
        '/t': (_req, server) => {
          throw server;
        },
      },
      error: function (this: unknown, ...all: unknown[]) {
        return json([all.length, all[0] === this]);
      },
    }),
    send: get('/t'),
    gives: '200 open',
    body: '[1,true]',
  },
  {
    name: 'error() may be async',
    app: () => ({
      fetch: () => {
        throw new Error('because');
      },
      error: async (error) => {
        await new Promise((resolve) => setImmediate(resolve));
        return new Response((error as Error).message, { status: 503 });
      },
    }),
    send: [get('/'), { await: 1 }, get('/')],
    gives: '503 503 open',
    body: 'because',
  },
  {
    name: 'error() after a late rejection',
    app: () => ({
      fetch: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('late');
      },
      error: (error) => new Response((error as Error).message),
    }),
    send: get('/'),
    gives: '200 open',
    body: 'late',
  },
  {
    name: 'error() throws',
    app: () => ({
      fetch: () => {
        throw new Error('first');
      },
      error: () => {
        throw new Error('second');
      },
    }),
    send: get('/') + get('/'),
    gives: '500 500 open',
    strict: true,
  },
  {
    name: 'error() rejects',
    app: () => ({
      fetch: () => {
        throw new Error('first');
      },
      error: () => Promise.reject(new Error('second')),
    }),
    send: get('/'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'error() returns undefined',
    app: () => ({
      fetch: () => {
        throw new Error('first');
      },
      error: () => undefined,
    }),
    send: get('/'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'error() returns text',
    app: () => ({
      fetch: () => {
        throw new Error('first');
      },
      error: () => 'text',
    }),
    send: get('/'),
    gives: '500 open',
    strict: true,
  },
  {
    name: 'error() gets Response.error()',
    app: () => ({
      fetch: () => Response.error(),
      error: (error) => new Response(`${typeof error}`),
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'error() is not called for a 404',
    app: ({ log, json }) => ({
      routes: { '/a': () => json('a') },
      error: (error) => {
        log(error);
        return new Response('from error');
      },
    }),
    send: get('/nowhere'),
    gives: '404 open',
  },
  {
    name: 'error() is not called for a bad request',
    app: ({ log, json }) => ({
      fetch: () => json('ok'),
      error: (error) => {
        log(error);
        return new Response('from error');
      },
    }),
    send: get('/', 'Bad Header: x'),
    gives: '400 closed',
  },

  {
    name: 'text, json, bytes and arrayBuffer of a body',
    app: ({ json }) => ({
      fetch: async (req) => {
        const path = new URL(req.url).pathname;
        if (path === '/text') return json(await req.text());
        if (path === '/json') return json(await req.json());
        if (path === '/bytes') return json([...(await req.bytes())]);
        if (path === '/blob') return json(await (await req.blob()).text());
        return json([...new Uint8Array(await req.arrayBuffer())]);
      },
    }),
    send: [
      post('/text', 'caf\xc3\xa9'),
      { await: 1 },
      post('/json', '{"a":[1,"\xc3\xa9"]}'),
      { await: 2 },
      post('/bytes', '\x00\xff'),
      { await: 3 },
      post('/buffer', '\x01\x02'),
      { await: 4 },
      post('/blob', 'blob'),
    ],
    gives: '200 200 200 200 200 open',
    body: '"blob"',
  },
  {
    name: 'a body that is no UTF-8, as text',
    app: ({ json }) => ({ fetch: async (req) => json(await req.text()) }),
    send: post('/', 'a\xff\xc3(\xed\xa0\x80b'),
    gives: '200 open',
  },
  {
    name: 'a byte order mark, as text',
    app: ({ json }) => ({ fetch: async (req) => json(await req.text()) }),
    send: post('/', '\xef\xbb\xbfabc'),
    gives: '200 open',
  },
  {
    name: 'a byte order mark, as json',
    app: ({ json }) => ({ fetch: async (req) => json(await req.json()) }),
    send: post('/', '\xef\xbb\xbf{"a":1}'),
    gives: '200 open',
  },
  ...(
    [
      ['no JSON', 'not json'],
      ['an empty body', ''],
      ['half a JSON', '{"a":'],
      ['no UTF-8', '"\xff'],
    ] as const
  ).map(([what, body]): DifferentialCase => ({
    name: `req.json() of ${what}`,
    app: ({ json }) => ({
      fetch: async (req) => {
        try {
          return json(await req.json());
        } catch (error) {
          return json([(error as Error).name, error instanceof SyntaxError]);
        }
      },
    }),
    send: post('/', body),
    gives: '200 open',
    body: '["SyntaxError",true]',
  })),
  {
    name: 'reading a body twice',
    app: ({ json }) => ({
      fetch: async (req) => {
        const before = req.bodyUsed;
        const text = await req.text();
        const after = req.bodyUsed;
        const second = await req.text().catch((error: Error) => [error.name, 'code' in error]);
        return json([before, text, after, second]);
      },
    }),
    send: post('/', 'abc'),
    gives: '200 open',
    body: '[false,"abc",true,["TypeError",true]]',
  },
  {
    name: 'the code of a second read',
    app: ({ json }) => ({
      fetch: async (req) => {
        await req.json();
        return req.arrayBuffer().then(
          () => json('read'),
          (error: Error & { code?: string }) => json([error.name, error.code, error.message]),
        );
      },
    }),
    send: post('/', '{}'),
    gives: '200 open',
    body: '["TypeError","ERR_BODY_ALREADY_USED","Body already used"]',
  },
  {
    name: 'reading the body of a GET twice',
    app: ({ json }) => ({
      fetch: async (req) => json([await req.text(), req.bodyUsed, await req.text(), req.body]),
    }),
    send: get('/'),
    gives: '200 open',
    body: '["",false,"",null]',
  },
  {
    name: 'reading an empty POST',
    app: ({ json }) => ({
      fetch: async (req) => json([req.body === null, await req.text(), req.bodyUsed]),
    }),
    send: post('/', ''),
    gives: '200 open',
  },
  {
    name: 'reading an empty chunked POST',
    app: ({ json }) => ({
      fetch: async (req) => json([await req.text(), req.bodyUsed]),
    }),
    send: chunkedPost('/', '0\r\n\r\n'),
    gives: '200 open',
  },
  {
    name: 'a body that arrives in three parts',
    app: ({ json, log }) => ({
      fetch: async (req) => {
        log('called');
        return json(await req.text());
      },
    }),
    send: [call('POST', '/', 'Content-Length: 9'), { awaitLogs: 1 }, 'one', 'two', 'end'],
    gives: '200 open',
    body: '"onetwoend"',
  },
  {
    name: 'a client that leaves in the middle of its body',
    app: ({ log }) => ({
      fetch: async (req) => {
        log('called');
        try {
          log(await req.text());
        } catch (error) {
          log((error as Error).name);
        }
        return new Response('nobody listens');
      },
    }),
    send: [`${call('POST', '/', 'Content-Length: 9')}one`, { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 2,
  },
  {
    name: 'properties of a request in fetch',
    app: ({ json }) => ({
      fetch: (req) =>
        json({
          method: req.method,
          url: req.url,
          bodyUsed: req.bodyUsed,
          cache: req.cache,
          credentials: req.credentials,
          destination: req.destination,
          integrity: req.integrity,
          mode: req.mode,
          redirect: req.redirect,
          referrer: req.referrer,
          referrerPolicy: req.referrerPolicy,
          aborted: req.signal.aborted,
          isRequest: req instanceof Request,
          hasParams: req.params !== undefined,
        }),
    }),
    send: get('/p'),
    gives: '200 open',
  },
  {
    name: 'properties of a request in a route',
    app: ({ json }) => ({
      routes: {
        '/r/:id': (req) =>
          json({
            isRequest: req instanceof Request,
            tag: Object.prototype.toString.call(req),
            constructor: req.constructor.name,
            params: req.params,
          }),
      },
    }),
    send: get('/r/1'),
    gives: '200 open',
  },
  {
    name: 'a cloned request',
    app: ({ json }) => ({
      fetch: async (req) => {
        const copy = req.clone();
        return json([await copy.text(), await req.text(), copy.url === req.url, copy.method]);
      },
    }),
    send: post('/c', 'abc'),
    gives: '200 open',
    body: '["abc","abc",true,"POST"]',
  },
];

// SPDX-License-Identifier: MIT
// Response objects as route values: bytes, the automatic ETag, conditional requests, HEAD, other
// methods, and what is deliberately ignored (Range, body limits).
import { call, chunkedPost, get, head, post, type DifferentialCase } from '../case.js';
import { evaluated } from './evaluated.js';

const TEXT_ETAG = '"d893f86a0f6b9450"';

/** Paths whose GET and HEAD are compared whole; [path, status]. */
const PAGES: readonly (readonly [string, number])[] = [
  ['/text', 200],
  ['/same', 200],
  ['/empty', 200],
  ['/null', 200],
  ['/json', 200],
  ['/bytes', 200],
  ['/utf8', 200],
  ['/latin1', 200],
  ['/own-etag', 200],
  ['/weak-etag', 200],
  ['/own-length', 200],
  ['/own-coding', 200],
  ['/own-type', 200],
  ['/own-date', 200],
  ['/headers', 200],
  ['/cookies', 200],
  ['/created', 201],
  ['/missing', 404],
  ['/no-content', 204],
  ['/teapot', 418],
  ['/redirect', 302],
  ['/redirect-308', 308],
  ['/methods', 200],
  ['/get-only', 200],
  ['/head-own', 200],
  ['/wild/a/b', 200],
  ['/param/1', 200],
  ['/large', 200],
];

/** If-None-Match values against /text; [value, status]. */
const NONE_MATCH: readonly (readonly [string, number])[] = [
  ['*', 304],
  [TEXT_ETAG, 304],
  [`W/${TEXT_ETAG}`, 304],
  [`"a", ${TEXT_ETAG}`, 304],
  [`"a",W/"b",${TEXT_ETAG}`, 304],
  [`  ${TEXT_ETAG}  `, 304],
  [`"a" , ${TEXT_ETAG} , "b"`, 304],
  ['"other"', 200],
  ['"D893F86A0F6B9450"', 200],
  ['"d893f86a0f6b9450', 200],
  ['""', 200],
  ['', 200],
  ['garbage', 200],
];

/** If-Match values against /text; [value, status]. */
const MATCH: readonly (readonly [string, number])[] = [
  ['*', 200],
  [TEXT_ETAG, 200],
  [`"a", ${TEXT_ETAG}`, 200],
  ['"other"', 412],
  [`W/${TEXT_ETAG}`, 412],
];

/** [method, path, header, status]: conditions that must not apply. */
const UNCONDITIONAL: readonly (readonly [string, string, string, number])[] = [
  ['POST', '/text', `If-None-Match: ${TEXT_ETAG}`, 200],
  ['PUT', '/text', 'If-None-Match: *', 200],
  ['GET', '/created', 'If-None-Match: *', 201],
  ['GET', '/missing', 'If-None-Match: *', 404],
  ['GET', '/redirect', 'If-None-Match: *', 302],
  ['GET', '/text', 'If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT', 200],
  ['GET', '/text', 'Range: bytes=0-1', 200],
  ['GET', '/text', 'If-Range: "x"', 200],
];

const pages = PAGES.flatMap(([path, status]) =>
  ['GET', 'HEAD'].map((method): DifferentialCase => ({
    name: `${method} ${path}`,
    app: 'static',
    send: call(method, path),
    gives: `${status} open`,
  })),
);

const noneMatch = NONE_MATCH.flatMap(([value, status]) =>
  ['GET', 'HEAD'].map((method): DifferentialCase => ({
    name: `${method} with If-None-Match ${value === '' ? '(empty)' : value}`,
    app: 'static',
    send: call(method, '/text', `If-None-Match: ${value}`),
    gives: `${status} open`,
  })),
);

const match = MATCH.map(([value, status]): DifferentialCase => ({
  name: `GET with If-Match ${value}`,
  app: 'static',
  send: get('/text', `If-Match: ${value}`),
  gives: `${status} open`,
}));

const unconditional = UNCONDITIONAL.map(([method, path, header, status]): DifferentialCase => ({
  name: `${method} ${path} ignores ${header.slice(0, 24)}`,
  app: 'static',
  send: method === 'POST' ? post(path, '', header) : call(method, path, header),
  gives: `${status} open`,
}));

export const cases: readonly DifferentialCase[] = [
  ...pages,
  ...noneMatch,
  ...match,
  ...unconditional,
  {
    name: 'the exact bytes of a text route',
    app: 'static',
    send: get('/text'),
    gives: '200 open',
    strict: true,
    raw:
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\n' +
      `etag: ${TEXT_ETAG}\r\nDate: <D>\r\nContent-Length: 6\r\n\r\nstatic`,
  },
  {
    name: 'the exact bytes of its HEAD',
    app: 'static',
    send: call('HEAD', '/text'),
    gives: '200 open',
    strict: true,
    raw:
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\n' +
      `etag: ${TEXT_ETAG}\r\nContent-Length: 6\r\n\r\n`,
  },
  {
    name: 'the exact bytes of its 304',
    app: 'static',
    send: get('/text', `If-None-Match: ${TEXT_ETAG}`),
    gives: '304 open',
    strict: true,
    raw:
      'HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain;charset=utf-8\r\n' +
      `etag: ${TEXT_ETAG}\r\n\r\n`,
  },
  {
    name: 'the order of header lines in a static route',
    app: 'static',
    send: get('/headers'),
    gives: '200 open',
    strict: true,
  },
  ...['/many', '/many-json', '/cookies'].flatMap((path) =>
    ['GET', 'HEAD'].map((method): DifferentialCase => ({
      name: `the order of many header lines: ${method} ${path}`,
      app: 'static',
      send: call(method, path),
      gives: '200 open',
      strict: true,
    })),
  ),
  {
    name: 'If-None-Match against an own ETag',
    app: 'static',
    send: get('/own-etag', 'If-None-Match: "mine"'),
    gives: '304 open',
  },
  {
    name: 'If-None-Match against an own weak ETag',
    app: 'static',
    send: get('/weak-etag', 'If-None-Match: "mine"'),
    gives: '304 open',
  },
  {
    name: 'If-None-Match: * against an empty body',
    app: 'static',
    send: get('/empty', 'If-None-Match: *'),
    gives: '200 open',
  },
  {
    name: 'If-None-Match through a method object',
    app: 'static',
    send: get('/get-only', 'If-None-Match: "0a85a95ae85c63bb"'),
    gives: '304 open',
  },
  {
    name: 'If-None-Match through a wildcard',
    app: 'static',
    send: get('/wild/x', 'If-None-Match: "a5df0669809965c5"'),
    gives: '304 open',
  },
  {
    name: 'If-None-Match with the right digits but no quotes',
    app: 'static',
    send: get('/text', 'If-None-Match: d893f86a0f6b9450'),
    gives: '304 open',
    divergence: 'etag-without-quotes',
    ours: { gives: '200 open', body: 'static' },
  },
  {
    name: 'only the first of two If-None-Match lines counts',
    app: 'static',
    send:
      get('/text', 'If-None-Match: "a"', `If-None-Match: ${TEXT_ETAG}`) +
      get('/text', `If-None-Match: ${TEXT_ETAG}`, 'If-None-Match: "a"'),
    gives: '200 304 open',
    divergence: 'condition-lines',
    ours: { gives: '304 304 open' },
  },
  {
    name: 'If-Match that fails wins over If-None-Match',
    app: 'static',
    send: get('/text', 'If-Match: "a"', `If-None-Match: ${TEXT_ETAG}`),
    gives: '412 open',
  },
  {
    name: 'a POST to a text route',
    app: 'static',
    send: post('/text', 'abc'),
    gives: '200 open',
    body: 'static',
  },
  {
    name: 'OPTIONS, DELETE and PURGE of a text route',
    app: 'static',
    send: call('OPTIONS', '/text') + call('DELETE', '/text') + call('PURGE', '/text'),
    gives: '200 200 200 open',
  },
  {
    name: 'a method object with static values',
    app: 'static',
    send: get('/methods') + post('/methods', 'x') + call('PUT', '/methods') + get('/text'),
    gives: '200 200 200 200 open',
  },
  {
    name: 'POST to a GET-only static value goes to fetch',
    app: 'static',
    send: post('/get-only', ''),
    gives: '200 open',
    saw: { route: 'fetch', method: 'POST' },
  },
  {
    name: 'a body over maxRequestBodySize is skipped, not refused',
    app: 'static',
    send: post('/text', 'x'.repeat(1000)) + get('/text'),
    gives: '200 200 open',
    body: 'static',
  },
  {
    name: 'a chunked body over maxRequestBodySize is skipped, not refused',
    app: 'static',
    send: chunkedPost('/text', `3e8\r\n${'x'.repeat(1000)}\r\n0\r\n\r\n`) + get('/text'),
    gives: '200 200 open',
    body: 'static',
  },
  {
    name: 'a GET with a body leaves the next request intact',
    app: 'static',
    send: get('/text', 'Content-Length: 5') + 'hello' + get('/json'),
    gives: '200 200 open',
    body: '{"a":1}',
  },
  {
    name: 'a body that arrives after the answer is skipped',
    app: 'static',
    send: [call('POST', '/text', 'Content-Length: 4'), { await: 1 }, `abcd${get('/json')}`],
    gives: '200 200 open',
    body: '{"a":1}',
  },
  {
    name: 'sixteen pipelined requests',
    app: 'static',
    send: Array.from({ length: 16 }, (_, i) => get(i % 2 === 0 ? '/text' : '/json')).join(''),
    gives: `${'200 '.repeat(16)}open`,
  },
  {
    name: 'a query does not matter',
    app: 'static',
    send: get('/text?a=b'),
    gives: '200 open',
    body: 'static',
  },
  {
    name: 'Connection: close from the client',
    app: 'static',
    send: get('/text', 'Connection: close'),
    gives: '200 closed',
  },
  {
    name: 'HTTP/1.0',
    app: 'static',
    send: head('GET /text HTTP/1.0'),
    gives: '200 closed',
    body: 'static',
  },
  {
    name: 'a Connection: close header of its own',
    app: 'static',
    send: get('/close'),
    gives: '200 open',
    divergence: 'static-connection-close',
    ours: { gives: '200 closed', body: 'bye' },
  },
  {
    name: 'the body is taken when the server starts',
    app: ({ json }) => {
      const bytes = new Uint8Array([97, 98]);
      const headers = new Headers({ 'x-a': '1' });
      const response = new Response(bytes, { headers });
      return {
        routes: { '/s': response },
        fetch: () => {
          bytes[0] = 122;
          response.headers.set('x-a', '2');
          return json('changed');
        },
      };
    },
    send: get('/s') + get('/change') + get('/s'),
    gives: '200 200 200 open',
    body: 'ab',
  },
  {
    name: 'one Response may serve several routes',
    app: () => {
      const shared = new Response('shared');
      return { routes: { '/a': shared, '/b': shared, '/c': { GET: shared } } };
    },
    send: get('/a') + get('/b') + get('/c') + get('/a'),
    gives: '200 200 200 200 open',
    body: 'shared',
  },
  {
    name: 'a static Blob',
    app: () => ({
      routes: {
        '/typed': new Response(new Blob(['blob'], { type: 'Text/CSS' })),
        '/untyped': new Response(new Blob(['blob'])),
      },
    }),
    send: get('/typed') + get('/untyped'),
    gives: '200 200 open',
  },
  {
    name: 'a static 500 and a static 206',
    app: () => ({
      routes: {
        '/500': new Response('broken', { status: 500 }),
        '/206': new Response('part', { status: 206 }),
        '/299': new Response('odd', { status: 299 }),
      },
    }),
    send: get('/500') + get('/206') + get('/299'),
    gives: '500 206 299 open',
  },
  {
    name: 'a static 304 and 205',
    app: () => ({
      routes: {
        '/304': new Response(null, { status: 304, headers: { etag: '"x"' } }),
        '/205': new Response(null, { status: 205 }),
      },
    }),
    send: get('/304') + get('/205'),
    gives: '304 205 open',
  },
  evaluated('Response.error()', 'return attempt({ routes: { "/": Response.error() } });'),
];

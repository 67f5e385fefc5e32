// SPDX-License-Identifier: MIT
// One route per kind of Response a handler can return; the path names the kind.
import { listening, port } from './support.mjs';

const init = (headers) => ({ headers });
const form = () => {
  const data = new FormData();
  data.append('a', '1');
  return data;
};

const many = () => ({
  headers: [
    ['x-b', '1'],
    ['set-cookie', 'a=1'],
    ['cache-control', 'no-store'],
    ['set-cookie', 'b=2'],
    ['x-a', '2'],
  ],
});

const kinds = {
  text: () => new Response('hello'),
  empty: () => new Response(''),
  null: () => new Response(null),
  nothing: () => new Response(),
  utf8: () => new Response('h\u00e9 \u2713 \ud83d\ude00'),
  'lone-surrogate': () => new Response('a\ud800b'),
  json: () => Response.json({ a: [1, null, '\u00e9'] }),
  'json-status': () => Response.json({ made: true }, { status: 201, headers: { 'x-a': '1' } }),
  'json-type': () => Response.json({}, init({ 'content-type': 'application/problem+json' })),
  'json-string': () => Response.json('text'),
  buffer: () => new Response(new Uint8Array([1, 2, 3]).buffer),
  bytes: () => new Response(new Uint8Array([1, 2, 3])),
  view: () => new Response(new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)),
  'data-view': () => new Response(new DataView(new ArrayBuffer(2))),
  node: () => new Response(Buffer.from('buffer')),
  blob: () => new Response(new Blob(['blob'], { type: 'Text/HTML' })),
  'blob-untyped': () => new Response(new Blob(['blob'])),
  'blob-mixed': () => new Response(new Blob(['a', new Uint8Array([66])])),
  'blob-typed-header': () =>
    new Response(new Blob(['b'], { type: 'text/css' }), init({ 'content-type': 'text/plain' })),
  params: () => new Response(new URLSearchParams({ a: '1', b: '\u00e9 &' })),
  form: () => new Response(form()),
  number: () => new Response(5),
  object: () => new Response({}),
  boolean: () => new Response(true),
  large: () => new Response('0123456789'.repeat(500_000)),

  type: () => new Response('x', init({ 'content-type': 'text/html' })),
  'type-case': () => new Response('x', init({ 'CONTENT-TYPE': 'Text/HTML' })),
  order: () =>
    new Response('x', init({ 'x-b': '1', 'X-A': '2', 'Cache-Control': 'no-store', server: 'me' })),
  known: () =>
    new Response(
      'x',
      init({ vary: 'accept', ETAG: '"x"', 'last-modified': 'now', allow: 'GET', 'x-custom': 'y' }),
    ),
  duplicate: () =>
    new Response('x', {
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Vary', 'a'],
      ],
    }),
  cookies: () =>
    new Response('x', {
      headers: [
        ['Set-Cookie', 'a=1; Path=/'],
        ['X-A', '1'],
        ['set-cookie', 'b=2'],
      ],
    }),
  'cookie-append': () => {
    const response = new Response('x');
    response.headers.append('Set-Cookie', 'a=1');
    response.headers.append('Set-Cookie', 'b=2');
    return response;
  },
  'cookies-json': () => Response.json([], many()),
  'cookies-json-append': () => {
    const response = Response.json([]);
    response.headers.append('set-cookie', 'a=1');
    response.headers.set('x-a', '1');
    response.headers.append('set-cookie', 'b=2');
    return response;
  },
  'cookies-json-typed': () =>
    Response.json([], {
      headers: [
        ['set-cookie', 'a=1'],
        ['content-type', 'x/y'],
        ['set-cookie', 'b=2'],
      ],
    }),
  'cookies-redirect': () => Response.redirect('/x', { ...many(), status: 303 }),
  'cookies-stream': () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue('x');
        controller.close();
      },
    });
    return new Response(body, many());
  },
  'cookies-blob': () => new Response(new Blob(['x'], { type: 'a/b' }), many()),
  'cookies-params': () => new Response(new URLSearchParams('a=1'), many()),
  'cookies-clone': () => Response.json([], many()).clone(),
  'cookies-late': (req) => {
    req.cookies.set('c', '3');
    return Response.json([], many());
  },
  'headers-object': () => new Response('x', init(new Headers({ 'X-Up': 'v' }))),
  'headers-later': () => {
    const response = new Response('x', init({ 'x-old': '1' }));
    response.headers.set('x-new', '2');
    response.headers.delete('x-old');
    return response;
  },
  latin1: () => new Response('x', init({ 'x-name': 'caf\u00e9' })),
  'empty-value': () => new Response('x', init({ 'x-empty': '' })),
  'spaced-value': () => new Response('x', init({ 'x-spaced': '  a b\t' })),
  hsts: () => new Response('x', init({ 'Strict-Transport-Security': 'max-age=1' })),
  date: () => new Response('x', init({ Date: 'Thu, 01 Jan 1970 00:00:00 GMT' })),
  'length-short': () => new Response('hello', init({ 'Content-Length': '3' })),
  'length-long': () => new Response('hello', init({ 'Content-Length': '9' })),
  'length-null': () => new Response(null, init({ 'Content-Length': '11' })),
  coding: () => new Response('hello', init({ 'Transfer-Encoding': 'chunked' })),
  close: () => new Response('bye', init({ Connection: 'close' })),
  'close-case': () => new Response('bye', init({ connection: 'CLOSE' })),
  'keep-alive': () => new Response('x', init({ Connection: 'keep-alive' })),
  'status-text': () => new Response('x', { status: 200, statusText: 'Fine' }),

  redirect: () => Response.redirect('/elsewhere'),
  'redirect-301': () => Response.redirect('https://example.org/a?b#c', 301),
  'redirect-headers': () => new Response(null, { status: 307, headers: { location: '../up' } }),
  clone: () => new Response('cloned').clone(),
  'clone-original': () => {
    const response = new Response('original');
    response.clone();
    return response;
  },
  async: async () => {
    await Promise.resolve();
    return new Response('async');
  },
  later: () => new Promise((resolve) => setImmediate(() => resolve(new Response('later')))),
  error: () => Response.error(),
};

const bodies = {
  text: () => 'text',
  empty: () => '',
  none: () => null,
  bytes: () => new Uint8Array(3),
  blob: () => new Blob(['b'], { type: 'x/y' }),
  params: () => new URLSearchParams('a=1'),
  stream: () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue('s');
        controller.close();
      },
    }),
  generator: () =>
    async function* () {
      yield 'g';
    },
};
const framings = {
  chunked: { 'Transfer-Encoding': 'chunked' },
  length: { 'Content-Length': '7' },
  both: { 'Transfer-Encoding': 'chunked', 'Content-Length': '7' },
  neither: { 'Content-Length': 'seven' },
};

const shared = new Response('shared');
const routes = { '/k/reused': () => shared };
for (const [name, make] of Object.entries(kinds)) routes[`/k/${name}`] = make;

const server = Bun.serve({
  port,
  development: false,
  routes: {
    ...routes,
    '/status/:code': (req) => new Response('body', { status: Number(req.params.code) }),
    '/bodied/:kind/:code': (req) =>
      new Response(bodies[req.params.kind](), { status: Number(req.params.code) }),
    '/framed/:kind/:framing': (req) =>
      new Response(bodies[req.params.kind](), { headers: framings[req.params.framing] }),
    '/bare/:code': (req) => new Response(null, { status: Number(req.params.code) }),
    '/typed/:code': (req) =>
      new Response(null, {
        status: Number(req.params.code),
        headers: { 'content-length': '7', 'x-a': '1' },
      }),
  },
  fetch: () => new Response('fetch', { status: 404 }),
});

listening({ ports: { '': server.port } });

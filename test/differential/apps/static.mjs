// SPDX-License-Identifier: MIT
// Response objects as route values: what is sent from memory without calling a handler.
import { json, listening, port } from './support.mjs';

const text = (body, init) => new Response(body, init);

const server = Bun.serve({
  port,
  development: false,
  maxRequestBodySize: 16,
  routes: {
    '/text': text('static'),
    '/same': text('static', { headers: { 'x-other': '1' } }),
    '/empty': text(''),
    '/null': text(null),
    '/json': Response.json({ a: 1 }),
    '/bytes': text(new Uint8Array([0, 1, 2, 255])),
    '/utf8': text('h\u00e9llo \u2713'),
    '/latin1': text('x', { headers: { 'x-name': 'caf\u00e9' } }),
    '/own-etag': text('tagged', { headers: { ETag: '"mine"' } }),
    '/weak-etag': text('tagged', { headers: { ETag: 'W/"mine"' } }),
    '/own-length': text('hello', { headers: { 'Content-Length': '3' } }),
    '/own-coding': text('hello', { headers: { 'Transfer-Encoding': 'chunked' } }),
    '/own-type': text('<p>', { headers: { 'content-type': 'text/html' } }),
    '/own-date': text('d', { headers: { Date: 'Thu, 01 Jan 1970 00:00:00 GMT' } }),
    '/headers': text('h', {
      headers: [
        ['X-B', '2'],
        ['x-a', '1'],
        ['X-B', '3'],
      ],
    }),
    '/cookies': text('c', {
      headers: [
        ['Set-Cookie', 'a=1'],
        ['X-A', '1'],
        ['Set-Cookie', 'b=2'],
      ],
    }),
    '/many': text('m', {
      headers: [
        ['z-last', '1'],
        ['Vary', 'a'],
        ['X-Mid', '2'],
        ['Server', 's'],
        ['Set-Cookie', 'a=1'],
        ['A-First', '3'],
        ['X-Mid-Not', '4'],
        ['Cache-Control', 'c'],
        ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
        ['Set-Cookie', 'b=2'],
        ['Age', '1'],
        ['b-second', '4'],
      ],
    }),
    '/many-json': Response.json([], {
      headers: [
        ['z', '1'],
        ['set-cookie', 'a=1'],
        ['etag', '"e"'],
        ['accept-ranges', 'none'],
        ['set-cookie', 'b=2'],
      ],
    }),
    '/created': text('made', { status: 201 }),
    '/missing': text('not here', { status: 404 }),
    '/no-content': text(null, { status: 204 }),
    '/teapot': text('tea', { status: 418, statusText: 'Short And Stout' }),
    '/redirect': Response.redirect('/text'),
    '/redirect-308': Response.redirect('https://example.org/x', 308),
    '/close': text('bye', { headers: { Connection: 'close' } }),
    '/methods': { GET: text('got'), POST: text('posted') },
    '/get-only': { GET: text('only get') },
    '/head-own': { GET: text('get'), HEAD: text('longer head') },
    '/wild/*': text('wild'),
    '/param/:id': text('param'),
    '/large': text('x'.repeat(300_000)),
  },
  fetch: (req) => json({ route: 'fetch', method: req.method, url: req.url }),
});

listening({ ports: { '': server.port } });

// SPDX-License-Identifier: MIT
// A request that goes on to another server with fetch(), whole and in parts: what that one sees of
// it, whatever the client said about its own connection. What clients add themselves is left out.
import { chunkedPost, chunks, get, post, type DifferentialCase, type Snippet } from '../case.js';

function proxy(forward: string): Snippet {
  const text = `({ json, Bun }) => {
    const upstream = Bun.serve({ port: 0, hostname: '127.0.0.1', development: false, fetch: async (req) => {
      const framing = req.headers.has('transfer-encoding') ? 'chunked' : req.headers.get('content-length');
      const own = [...req.headers].filter(([name]) => name.startsWith('x-'));
      return json([req.method, new URL(req.url).pathname, own, framing, req.headers.get('content-type'), await req.text()]);
    } });
    const target = new URL('/target', upstream.url).href;
    return { fetch: async (req) => {
      try {
        const response = await (${forward})(req, target);
        return new Response(await response.text(), { status: response.status });
      } catch (error) {
        return new Response(error.name, { status: 502 });
      }
    } };
  }`;
  return { toString: () => text } as unknown as Snippet;
}

const WAYS: readonly (readonly [string, string])[] = [
  ['new Request(url, req)', '(req, url) => fetch(new Request(url, req))'],
  ['fetch(url, req)', '(req, url) => fetch(url, req)'],
  [
    'method, headers and body',
    '(req, url) => fetch(url, { method: req.method, headers: req.headers, body: req.body })',
  ],
  [
    'a copy of the headers',
    `(req, url) => {
       const headers = new Headers(req.headers);
       headers.set('x-forwarded', '1');
       return fetch(url, { method: req.method, headers, body: req.body });
     }`,
  ],
  [
    'the body as a text',
    '(req, url) => req.text().then((body) => fetch(url, { method: req.method, headers: req.headers, body: body || undefined }))',
  ],
  // The standard gives a text its type, Bun's fetch() gives it none.
  [
    'another body',
    `(req, url) => {
       const headers = new Headers(req.headers);
       headers.set('content-type', 'text/y');
       return req.text().then((body) => fetch(url, { method: 'POST', headers, body: 'longer than ' + body }));
     }`,
  ],
  [
    'a form',
    `(req, url) => req.text().then((body) => fetch(url, { method: 'POST', body: new URLSearchParams({ body }) }))`,
  ],
  ['a clone', '(req, url) => fetch(new Request(url, req.clone()))'],
  [
    'another method',
    `(req, url) => {
       const headers = new Headers(req.headers);
       headers.set('content-type', 'text/y');
       return fetch(new Request(url, { method: 'PUT', headers, body: 'put' }));
     }`,
  ],
];

const REQUESTS: readonly (readonly [string, string])[] = [
  ['a GET', get('/', 'X-A: 1')],
  [
    'fields of its connection',
    get('/', 'X-A: 1', 'Connection: keep-alive', 'Keep-Alive: timeout=5'),
  ],
  ['Upgrade', get('/', 'Connection: Upgrade', 'Upgrade: h2c')],
  ['a POST', post('/', 'body', 'X-A: 1', 'Content-Type: text/x')],
];

/** Bun passes such a body on with a length when it is here already. */
const CHUNKED: readonly (readonly [string, string])[] = [
  ['a chunked POST', chunkedPost('/', chunks('body', 2), 'Content-Type: text/x')],
];

export const cases: readonly DifferentialCase[] = WAYS.flatMap(([way, forward], i) => {
  const isStreamed = [0, 1, 2, 3, 7].includes(i);
  const asked = isStreamed ? REQUESTS : [...REQUESTS, ...CHUNKED];
  return asked.map(([request, send]) => ({
    name: `${request} that goes on by ${way}`.replaceAll('/', '|'),
    app: proxy(forward),
    send,
    gives: '200 open',
  }));
});

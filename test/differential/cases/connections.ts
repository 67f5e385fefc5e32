// SPDX-License-Identifier: MIT
// What happens on one connection beyond a single message: keep-alive and close, pipelining,
// Expect, limits of a request body.
import {
  BAD_REQUEST,
  call,
  canned,
  chunkedPost,
  chunks,
  get,
  head,
  post,
  type DifferentialCase,
} from '../case.js';

const OVER_413 = canned(413, 'Request Entity Too Large');
const CHUNKED_413 = canned(413, 'Payload Too Large');

const connections: readonly DifferentialCase[] = [
  ...['close', 'Close', 'CLOSE'].map((value): DifferentialCase => ({
    name: `Connection: ${value} closes after the answer`,
    app: 'responses',
    send: get('/k/text', `Connection: ${value}`),
    gives: '200 closed',
  })),
  ...['keep-alive', 'Keep-Alive', 'upgrade', 'x-header', 'closed', ''].map(
    (value): DifferentialCase => ({
      name: `Connection: ${value === '' ? '(empty)' : value} keeps it open`,
      app: 'responses',
      send: get('/k/text', `Connection: ${value}`),
      gives: '200 open',
    }),
  ),
  ...['keep-alive, close', 'close, x-header', 'x ,close'].map((value): DifferentialCase => ({
    name: `close in a list: ${value}`,
    app: 'responses',
    send: get('/k/text', `Connection: ${value}`),
    gives: '200 closed',
  })),
  {
    name: 'close in the second of two Connection lines',
    app: 'responses',
    send: get('/k/text', 'Connection: x-header', 'Connection: close'),
    gives: '200 closed',
  },
  {
    name: 'nothing after Connection: close is answered',
    app: 'echo',
    send: get('/a', 'Connection: close') + get('/b'),
    gives: '200 closed',
  },
  {
    name: 'garbage after Connection: close is ignored',
    app: 'echo',
    send: `${get('/a', 'Connection: close')}garbage`,
    gives: '200 closed',
  },
  {
    name: 'a response that says close ends the connection',
    app: 'responses',
    send: get('/k/close') + get('/k/text'),
    gives: '200 closed',
    body: 'bye',
  },
  {
    name: 'a POST with Connection: close',
    app: 'echo',
    send: post('/f', 'abc', 'Connection: close'),
    gives: '200 closed',
    saw: { body: 'abc' },
  },
  {
    name: 'h2c upgrade is ignored',
    app: 'responses',
    send: get(
      '/k/text',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAM',
    ),
    gives: '200 open',
    body: 'hello',
  },
  {
    name: 'the HTTP/2 preface is refused',
    app: 'echo',
    send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'a TLS hello is refused',
    app: 'echo',
    send: `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\x00'.repeat(64)}\r\n\r\n`,
    gives: '400 closed',
  },
];

const pipelines: readonly DifferentialCase[] = [
  {
    name: 'three pipelined GETs',
    app: 'echo',
    send: get('/1') + get('/2') + get('/3'),
    gives: '200 200 200 open',
    saw: { url: 'http://test/3' },
  },
  {
    name: 'a hundred pipelined GETs',
    app: 'echo',
    send: Array.from({ length: 100 }, (_, i) => get(`/${i}`)).join(''),
    gives: `${'200 '.repeat(100)}open`,
    saw: { url: 'http://test/99' },
  },
  {
    name: 'pipelined GETs in single bytes',
    app: 'echo',
    send: [{ send: get('/1') + get('/2') + get('/3'), pieces: 1 }],
    gives: '200 200 200 open',
    saw: { url: 'http://test/3' },
  },
  {
    name: 'pipelined GETs in pieces of 7',
    app: 'echo',
    send: [{ send: get('/1') + get('/2') + get('/3'), pieces: 7 }],
    gives: '200 200 200 open',
    saw: { url: 'http://test/3' },
  },
  {
    name: 'a bad request after a good one',
    app: 'echo',
    send: get('/1') + head('GET /2 HTTP/1.1', 'Bad Header: 1') + get('/3'),
    gives: '200 400 closed',
  },
  {
    name: 'a pipelined request does not inherit headers',
    app: 'echo',
    send: get('/1', 'X-A: 1') + head('GET /2 HTTP/1.1'),
    gives: '200 400 closed',
  },
  {
    name: 'headers of pipelined requests do not mix',
    app: 'echo',
    send: get('/1', 'X-A: 1') + get('/2', 'X-B: 2'),
    gives: '200 200 open',
    saw: {
      headers: [
        ['host', 'test'],
        ['x-b', '2'],
      ],
    },
  },
  {
    name: 'a request behind a pending one is parked, then answered',
    app: ({ json, log }) => ({
      fetch: async (req) => {
        log(req.url);
        await new Promise((resolve) => setImmediate(resolve));
        return json(req.url);
      },
    }),
    send: get('/1') + get('/2') + get('/3'),
    gives: 'closed',
    divergence: 'parked-pipelining',
    ours: { gives: '200 200 200 open', body: '"http://test/3"' },
  },
  {
    name: 'a parked POST keeps its own body',
    app: ({ json }) => ({
      fetch: async (req) => {
        await new Promise((resolve) => setImmediate(resolve));
        return json(await req.text());
      },
    }),
    send: post('/1', 'one') + post('/2', 'two'),
    gives: 'closed',
    divergence: 'parked-pipelining',
    ours: { gives: '200 200 open', body: '"two"' },
  },
  {
    name: 'nothing parked behind Connection: close is answered',
    app: ({ json, log }) => ({
      fetch: async (req) => {
        log(req.url);
        await new Promise((resolve) => setImmediate(resolve));
        return json(req.url);
      },
    }),
    send: get('/1', 'Connection: close') + get('/2'),
    gives: '200 closed',
    body: '"http://test/1"',
  },
  {
    name: 'one request at a time on an async handler',
    app: ({ json }) => ({
      fetch: async (req) => {
        await new Promise((resolve) => setImmediate(resolve));
        return json(req.url);
      },
    }),
    send: [get('/1'), { await: 1 }, get('/2'), { await: 2 }, get('/3')],
    gives: '200 200 200 open',
    body: '"http://test/3"',
  },
];

const expectations: readonly DifferentialCase[] = [
  {
    name: 'Expect: 100-continue',
    app: 'echo',
    send: [call('POST', '/f', 'Content-Length: 3', 'Expect: 100-continue'), { await: 1 }, 'abc'],
    gives: '100 200 open',
    saw: { body: 'abc' },
  },
  {
    name: 'Expect: 100-continue, its bytes',
    app: 'echo',
    send: [
      call('POST', '/f', 'Content-Length: 3', 'Expect: 100-continue'),
      { await: 1 },
      `abc${get('/f')}`,
      { await: 3 },
    ],
    gives: '100 200 200 open',
    strict: true,
  },
  {
    name: 'Expect: 100-continue, and nobody reads the body',
    app: 'responses',
    send: call('POST', '/k/text', 'Content-Length: 3', 'Expect: 100-continue'),
    gives: '100 200 open',
    body: 'hello',
    divergence: 'expect-when-read',
    ours: { gives: '200 closed', body: 'hello' },
  },
  {
    name: 'Expect: 100-continue on a static route',
    app: 'static',
    send: call('POST', '/text', 'Content-Length: 3', 'Expect: 100-continue'),
    gives: '100 200 open',
    divergence: 'expect-when-read',
    ours: { gives: '200 closed' },
  },
  {
    name: 'Expect: 100-Continue, in another case',
    app: 'echo',
    send: [
      call('POST', '/f', 'Content-Length: 3', 'Expect: 100-Continue'),
      { awaitLogs: 1 },
      'abc',
    ],
    gives: '200 open',
    saw: { body: 'abc' },
    divergence: 'expect-in-any-case',
    ours: { gives: '100 200 open', saw: { body: 'abc' } },
  },
  {
    name: 'Expect: 100-continue with chunks',
    app: 'echo',
    send: [
      call('POST', '/f', 'Transfer-Encoding: chunked', 'Expect: 100-continue'),
      { await: 1 },
      chunks('abc', 3),
    ],
    gives: '100 200 open',
    saw: { body: 'abc' },
  },
  {
    name: 'Expect: 100-continue and the body at once',
    app: 'echo',
    send: post('/f', 'abc', 'Expect: 100-continue'),
    gives: '100 200 open',
    saw: { body: 'abc' },
    divergence: 'expect-when-read',
    ours: { gives: '200 open', saw: { body: 'abc' } },
  },
  {
    name: 'an expectation nobody knows',
    app: 'echo',
    send: post('/unlogged', 'abc', 'Expect: 200-ok'),
    gives: '200 open',
    divergence: 'expect-unknown',
    ours: { gives: '417 closed' },
  },
  {
    name: 'an expectation nobody knows, from HTTP/1.0',
    app: 'echo',
    send: head('POST /f HTTP/1.0', 'Host: test', 'Content-Length: 3', 'Expect: 200-ok') + 'abc',
    gives: '200 closed',
    saw: { body: 'abc' },
  },
  {
    name: 'an empty expectation',
    app: 'echo',
    send: post('/f', 'abc', 'Expect:'),
    gives: '200 open',
    saw: { body: 'abc' },
  },
];

const limits: readonly DifferentialCase[] = [
  {
    name: 'a body exactly at the limit',
    app: () => ({
      maxRequestBodySize: 10,
      fetch: async (req) => new Response(await req.text()),
    }),
    send: post('/f', '0123456789'),
    gives: '200 open',
    body: '0123456789',
  },
  {
    name: 'a length one over the limit',
    app: ({ log }) => ({
      maxRequestBodySize: 10,
      fetch: async (req) => {
        log('called');
        return new Response(await req.text());
      },
    }),
    send: post('/f', '0123456789a'),
    gives: '413 closed',
    raw: OVER_413,
  },
  {
    name: 'a length over the limit, before any body',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: 1000000'),
    gives: '413 closed',
    raw: OVER_413,
  },
  {
    name: 'a chunked body at the limit',
    app: () => ({
      maxRequestBodySize: 10,
      fetch: async (req) => new Response(await req.text()),
    }),
    send: chunkedPost('/f', chunks('0123456789', 3)),
    gives: '200 open',
    body: '0123456789',
  },
  {
    name: 'a chunked body over the limit',
    app: ({ log }) => ({
      maxRequestBodySize: 10,
      fetch: async (req) => {
        log('called');
        log(await req.text().catch((error: unknown) => error instanceof Error));
        return new Response('never sent');
      },
    }),
    send: [
      chunkedPost('/f', '4\r\n0123\r\n'),
      { awaitLogs: 1 },
      '4\r\n4567\r\n4\r\n89ab\r\n0\r\n\r\n',
    ],
    gives: '413 closed',
    raw: CHUNKED_413,
    logs: 2,
  },
  {
    name: 'a chunked body over the limit that comes with its head',
    app: () => ({
      maxRequestBodySize: 10,
      fetch: async (req) => new Response(await req.text()),
    }),
    send: chunkedPost('/f', chunks('0123456789a', 3)),
    gives: '413 closed',
    raw: CHUNKED_413,
  },
  {
    name: 'a limit of 0 refuses any body',
    app: ({ json }) => ({ maxRequestBodySize: 0, fetch: () => json('ok') }),
    send: post('/f', 'a'),
    gives: '413 closed',
    raw: OVER_413,
  },
  {
    name: 'a limit of 0 lets an empty body pass',
    app: ({ json }) => ({ maxRequestBodySize: 0, fetch: () => json('ok') }),
    send: post('/f', '') + get('/g'),
    gives: '200 200 open',
  },
  {
    name: 'a GET body is not counted',
    app: ({ json }) => ({ maxRequestBodySize: 4, fetch: (req) => json(req.url) }),
    send: get('/f', 'Content-Length: 6') + 'abcdef' + get('/g'),
    gives: '200 200 open',
    body: '"http://test/g"',
  },
  {
    name: '100-continue is sent even before a 413',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: 1000000', 'Expect: 100-continue'),
    gives: '100 413 closed',
    divergence: 'expect-when-read',
    ours: { gives: '413 closed' },
  },
  {
    name: 'chunk extensions of 20000 bytes',
    app: 'echo',
    send: chunkedPost('/unlogged', `3;${'e'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
    gives: '413 closed',
  },
];

export const cases: readonly DifferentialCase[] = [
  ...connections,
  ...pipelines,
  ...expectations,
  ...limits,
];

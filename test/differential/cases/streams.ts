// SPDX-License-Identifier: MIT
// Responses whose bodies come over time: framing, every kind of source, sources that fail, clients
// that leave, bodies nobody is to see, bodies that were used already, and what fetch() returned.
import { call, get, head, type DifferentialCase } from '../case.js';
import type { DivergenceId } from '../divergences.js';

type Row = readonly [kind: string, body: string, more?: Partial<DifferentialCase>];

function answered([kind, body, more]: Row): DifferentialCase {
  const path = kind.includes('/') ? `/${kind}` : `/body/${kind}`;
  return { name: kind, app: 'streams', send: get(path), gives: '200 open', body, ...more };
}

const COMPLETE: readonly Row[] = [
  ['one', 'hello'],
  ['two', 'ab'],
  ['none', ''],
  ['empties', 'x'],
  ['unicode', 'Ã©â\x82¬ð\x9f\x98\x80'],
  ['surrogate', 'aï¿½ï¿½b'],
  ['pulled', '012'],
  ['pulled-microtask', '012'],
  ['bytes', 'bytes'],
  ['bytes-pulled', '012'],
  ['views', 'aDDyb'],
  ['views-shared', 'ABCB'],
  ['teed', 'tee'],
  ['transformed', 'ab'],
  ['node-from', 'ab'],
  ['node-bytes', 'ab'],
  ['node-web', 'a'],
  ['node-pass', 'ab'],
  ['generator', 'ab'],
  ['generator-object', 'ab'],
  ['generator-empty', ''],
  ['generator-plain', '[object Generator]'],
  ['generator-sink', 'abc', { logs: 2 }],
  ['iterator', 'ij'],
  ['direct-end', 'ab', { logs: 2 }],
  ['direct-close', 'a', { logs: 1 }],
  ['direct-empty', ''],
  ['direct-microtask', 'ab'],
  ['direct-sizes', 'abcÃ©â\x82¬\0\0\0\0\0\0\0', { logs: 9 }],
  ['response/async', 'async'],
  ['response/headers-complete', 'a'],
  ['response/redirect', '', { gives: '302 open' }],
  ['response/clone', 'ab'],
  ['response/cloned', 'ab'],
];

const OVER_TIME: readonly Row[] = [
  ['later', 'abc'],
  ['later-views', 'yzABCâ\x82¬'],
  ['later-empties', 'ab'],
  ['later-end', 'a'],
  ['later-transformed', 'ab'],
  ['later-bytes', 'abc'],
  ['later-generator', 'abc'],
  ['later-iterator', 'i0i1'],
  ['later-node', 'abb'],
  ['later-sink', 'ab'],
  ['later-direct', 'abc'],
  ['later-direct-held', 'ab'],
  ['later-direct-flush', 'ab', { logs: 2 }],
  ['later-direct-wait', 'abcd', { logs: 6 }],
  ['large', 'l'.repeat(100_000)],
  ['response/headers', 'ab', { gives: '201 open' }],
  ['response/close', 'ab', { gives: '200 closed' }],
  ['response/error-later', 'error', { gives: '500 open' }],
  ['proxy/chunked', 'ab', { divergence: 'hop-by-hop', ours: { gives: '200 open', body: 'ab' } }],
];

/** Same answer, another framing or other fields. */
function differing(row: Row, divergence: DivergenceId): DifferentialCase {
  const test = answered(row);
  return { ...test, divergence, ours: { gives: test.gives, body: row[1] } };
}

const framedOtherwise = [
  differing(['alone', 'alone'], 'stream-head-at-once'),
  differing(['nothing', ''], 'stream-head-at-once'),
  differing(['medium', 'm'.repeat(300)], 'stream-length'),
];

const proxied: readonly DifferentialCase[] = [
  differing(['proxy/plain', 'afar'], 'hop-by-hop'),
  differing(['proxy/gzip', 'unpacked'], 'fetched-coding'),
  differing(['proxy/status', 'x', { gives: '418 open' }], 'hop-by-hop'),
];

const LATE = [
  ...['stream', 'controller', 'generator', 'chunk', 'chunk-null', 'chunk-blob', 'direct'],
  'direct-close',
];
const failing = [
  ...['start', 'pull', 'pull-async', 'behind-chunk', 'chunk', 'generator', 'generator-behind'].map(
    (kind) => `fails-${kind}`,
  ),
  ...['fails-direct'],
].map((kind): DifferentialCase => ({
  name: kind,
  app: 'streams',
  send: get(`/body/${kind}`) + get('/behind'),
  gives: 'closed',
}));
const breaking = LATE.map((kind): DifferentialCase => ({
  name: `breaks-${kind}`,
  app: 'streams',
  send: get(`/body/breaks-${kind}`),
  gives: 'truncated',
}));

const SENT_BEFORE =
  'TypeError ERR_BODY_ALREADY_USED Response body already used. A Response body can only be sent ' +
  'once; create a new Response for each request.';
const USED_BEFORE = 'Error ERR_STREAM_CANNOT_PIPE Stream already used, please create a new one';

const twice = [
  ...['stream', 'late', 'generator', 'text', 'bytes', 'json'].map((kind): DifferentialCase => ({
    name: `the same response twice: ${kind}`,
    app: 'streams',
    send: [get(`/kept/${kind}`), { await: 1 }, get(`/kept/${kind}`)],
    gives: '200 500 open',
    body: SENT_BEFORE,
  })),
  answered(['response/used-stream', USED_BEFORE, { gives: '500 open' }]),
  answered(['response/used-text', SENT_BEFORE, { gives: '500 open' }]),
  answered(['response/used-blob', SENT_BEFORE, { gives: '500 open' }]),
  answered(['response/used-locked', USED_BEFORE, { gives: '500 open' }]),
  answered(['response/used-locked-stream', USED_BEFORE, { gives: '500 open' }]),
  answered(['response/used-cancelled', '']),
  answered(['response/used-in-part', 'rest']),
];

// No body goes out; what would have made it is told.
const withoutBody = [
  ['HEAD', ''],
  ['GET', '?status=204'],
  ['GET', '?status=304'],
  ['GET', '?status=205'],
].flatMap(([method = '', query = '']) =>
  ['watched', 'watched-bytes', 'watched-direct', 'watched-iterator', 'watched-generator'].map(
    (kind): DifferentialCase => ({
      name: `${method}${query} ${kind}`,
      app: 'streams',
      send: call(method, `/body/${kind}${query}`),
      gives: `${query.slice(-3) || 200} open`,
      logs: kind.endsWith('generator') ? 0 : 1,
    }),
  ),
);

const headOnly = ['one', 'later', 'later-generator', 'later-direct', 'node-from'].map(
  (kind): DifferentialCase => ({
    name: `HEAD ${kind}`,
    app: 'streams',
    send: call('HEAD', `/body/${kind}`),
    gives: '200 open',
  }),
);

const left = ['watched', 'watched-bytes', 'watched-generator', 'watched-iterator'].map(
  (kind): DifferentialCase => ({
    name: `a client that half-closes during ${kind}`,
    app: 'streams',
    send: [get(`/body/${kind}`), { halfClose: true }, { awaitLogs: 1 }],
    gives: 'truncated',
  }),
);

const old = ['one', 'none', 'later', 'later-generator', 'later-direct', 'large'].map(
  (kind): DifferentialCase => ({
    name: `HTTP/1.0 ${kind}`,
    app: 'streams',
    send: head(`GET /body/${kind} HTTP/1.0`, 'Host: test'),
    gives: '200 closed',
  }),
);

export const cases: readonly DifferentialCase[] = [
  ...[...COMPLETE, ...OVER_TIME].map(answered),
  ...framedOtherwise,
  ...proxied,
  ...failing,
  ...breaking,
  ...twice,
  ...withoutBody,
  ...headOnly,
  ...left,
  ...old,
  {
    name: 'one stream after the other on a connection',
    app: 'streams',
    send: [get('/body/later'), { await: 1 }, get('/body/one'), { await: 2 }, get('/body/later')],
    gives: '200 200 200 open',
    body: 'abc',
  },
  {
    name: 'a request body that goes out again',
    app: 'streams',
    send: `${call('POST', '/echo', 'Content-Length: 5')}hello`,
    gives: '200 open',
    body: 'hello',
    divergence: 'stream-length',
    ours: { gives: '200 open', body: 'hello' },
  },
];

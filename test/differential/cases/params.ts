// SPDX-License-Identifier: MIT
// Values of route params: percent-decoding as UTF-8 with U+FFFD for what is malformed, at every
// position that matters to code that decodes 16 or 32 bytes at a time.
import { call, get, type DifferentialCase } from '../case.js';

const FFFD = '\ufffd';

/** [encoded, decoded]. */
const VALUES: readonly (readonly [string, string])[] = [
  ['abc', 'abc'],
  ['a+b', 'a+b'],
  ['a%20b', 'a b'],
  ['a%2Bb', 'a+b'],
  ['%2F', '/'],
  ['%2f', '/'],
  ['a%2Fb%2Fc', 'a/b/c'],
  ['%25', '%'],
  ['%2541', '%41'],
  ['%00', '\0'],
  ['%3F%23', '?#'],
  ['%3a', ':'],
  ['%41%42%43', 'ABC'],
  ['%7F', '\x7f'],
  ['%C3%A9', '\u00e9'],
  ['%c3%a9', '\u00e9'],
  ['caf%C3%A9', 'caf\u00e9'],
  ['%E2%9C%93', '\u2713'],
  ['%F0%9F%98%80', '\ud83d\ude00'],
  ['%F0%9F%98%80%F0%9F%98%80', '\ud83d\ude00\ud83d\ude00'],
  ['%EF%BB%BFx', '\ufeffx'],
  ['%EF%BF%BD', FFFD],
  ['%E4%BD%A0%E5%A5%BD', '\u4f60\u597d'],
  ['%', FFFD],
  ['%%', FFFD + FFFD],
  ['%4', `${FFFD}4`],
  ['a%', `a${FFFD}`],
  ['a%4', `a${FFFD}4`],
  ['%zz', FFFD],
  ['%4z', FFFD],
  ['%z4', FFFD],
  ['%zzz', `${FFFD}z`],
  ['%%41', `${FFFD}1`],
  ['%FF', FFFD],
  ['%FE%FF', FFFD + FFFD],
  ['%80', FFFD],
  ['%C3', FFFD],
  ['%C3%28', `${FFFD}(`],
  ['%C3x', `${FFFD}x`],
  ['%C0%80', FFFD],
  ['%E2%82', FFFD],
  ['%E2%82x', `${FFFD}x`],
  ['%ED%A0%80', FFFD],
  ['%F4%90%80%80', FFFD],
  ['%F0%9F%98', FFFD],
  ['a%C3%A9%FFb', `a\u00e9${FFFD}b`],
  ['%C3%A9%', `\u00e9${FFFD}`],
];

const values = VALUES.map(([encoded, decoded]): DifferentialCase => ({
  name: `${encoded} decodes`,
  app: 'params',
  send: get(`/d/${encoded}`),
  gives: '200 open',
  saw: { v: decoded },
}));

/** An escape that starts at, straddles, or ends at a vector boundary. */
const boundaries = [14, 15, 16, 17, 29, 30, 31, 32, 33, 47, 63, 64].flatMap((at) =>
  (
    [
      ['%C3%A9', '\u00e9'],
      ['%zz', FFFD],
      ['%', FFFD],
    ] as const
  ).map(([encoded, decoded]): DifferentialCase => ({
    name: `${encoded} after ${at} plain bytes decodes`,
    app: 'params',
    send: get(`/d/${'a'.repeat(at)}${encoded}`),
    gives: '200 open',
    saw: { v: 'a'.repeat(at) + decoded },
  })),
);

export const cases: readonly DifferentialCase[] = [
  ...values,
  ...boundaries,
  {
    name: '64 escapes in a row decode',
    app: 'params',
    send: get(`/d/${'%C3%A9'.repeat(64)}`),
    gives: '200 open',
    saw: { v: '\u00e9'.repeat(64) },
  },
  {
    name: 'a plain value of 4000 bytes stays whole',
    app: 'params',
    send: get(`/d/${'x'.repeat(4000)}`),
    gives: '200 open',
    saw: { v: 'x'.repeat(4000) },
  },
  {
    name: 'raw UTF-8 bytes in the target decode',
    app: 'params',
    send: get('/d/caf\xc3\xa9'),
    gives: '200 open',
    saw: { v: 'caf\u00e9' },
  },
  {
    name: 'a raw byte that is no UTF-8',
    app: 'params',
    send: get('/d/a\xe9b'),
    gives: '200 open',
  },
  {
    name: 'raw UTF-8 beside an escape',
    app: 'params',
    send: get('/d/\xc3\xa9%20\xc3\xa9'),
    gives: '200 open',
    saw: { v: '\u00e9 \u00e9' },
  },
  {
    name: 'two params decode independently',
    app: 'params',
    send: get('/d2/a%20b/c%FFd'),
    gives: '200 open',
    saw: { first: 'a b', second: `c${FFFD}d` },
  },
  {
    name: 'a param before a wildcard',
    app: 'params',
    send: get('/tail/a%2Fb/x/y'),
    gives: '200 open',
    saw: { v: 'a/b' },
  },
  {
    name: 'seventy params',
    app: 'params',
    send: get(`/many/${Array.from({ length: 70 }, (_, i) => `v${i}`).join('/')}`),
    gives: '200 open',
    saw: { p0: 'v0', p64: 'v64', p69: 'v69' },
  },
  {
    name: 'a param named constructor is plain data',
    app: 'params',
    send: get('/names/a/b/c'),
    gives: '200 open',
    saw: { constructor: 'a', toString: 'b', hasOwnProperty: 'c' },
  },
  {
    name: 'keys come in the order of the pattern',
    app: 'params',
    send: get('/order/1/2/3'),
    gives: '200 open',
    body: '["zeta","alpha","mid"]',
  },
  {
    name: 'a route without params has an empty object',
    app: 'params',
    send: get('/none'),
    gives: '200 open',
    body: '{}',
  },
  {
    name: 'params may be written to',
    app: 'params',
    send: get('/write/1'),
    gives: '200 open',
    saw: { id: 'changed' },
  },
  {
    name: 'params is the same object each time',
    app: 'params',
    send: get('/twice/1'),
    gives: '200 open',
    body: 'true',
  },
  {
    name: 'the class of params',
    app: 'params',
    send: get('/shape/1'),
    gives: '200 open',
  },
  {
    name: 'params survive an await',
    app: ({ json }) => ({
      routes: {
        '/a/:x': async (req) => {
          await new Promise((resolve) => setImmediate(resolve));
          return json(req.params);
        },
      },
    }),
    send: [get('/a/1%202'), { await: 1 }, get('/a/3')],
    gives: '200 200 open',
    saw: { x: '3' },
  },
  {
    name: 'params of pipelined requests do not mix',
    app: 'params',
    send: get('/d/one') + get('/d/two') + get('/d2/three/four') + call('HEAD', '/d/five'),
    gives: '200 200 200 200 open',
  },
];

// SPDX-License-Identifier: MIT
// The request line and the header block: what is refused, what is odd but legal, and how a
// handler sees it (joining, order, case, trimming).
import {
  BAD_REQUEST,
  BAD_VERSION,
  TOO_LARGE_HEAD,
  call,
  get,
  head,
  type DifferentialCase,
} from '../case.js';

/** [what, header lines that follow Host]: refused with 400. */
const REFUSED_LINES: readonly (readonly [string, string])[] = [
  ['a name with a space', 'Bad Name: x'],
  ['a space before the colon', 'Name : x'],
  ['a tab before the colon', 'Name\t: x'],
  ['no colon', 'Name'],
  ['an empty name', ': x'],
  ['a folded line', 'A: b\r\n c'],
  ['a line folded with a tab', 'A: b\r\n\tc'],
  ['a leading space', ' A: b'],
  ['a bare CR in a value', 'A: b\rc'],
  ['a bare CR before the CRLF', 'A: b\r'],
  ['a bare LF in a value', 'A: b\nC: d'],
  ['a NUL in a value', 'A: b\x00c'],
  ['a control character in a value', 'A: b\x01c'],
  ['an escape character in a value', 'A: b\x1bc'],
  ['a vertical tab in a value', 'A: b\x0bc'],
  ['a NUL in a name', 'A\x00B: c'],
  ['a DEL in a name', 'A\x7fB: c'],
  ['a byte over 0x7f in a name', 'A\xe9: c'],
  ...[...'"(),/;<=>?@[\\]{}'].map((char): readonly [string, string] => [
    `${char} in a name`,
    `A${char}B: c`,
  ]),
];

/** [what, header line, name, value]: what the handler sees of it. */
const SEEN_LINES: readonly (readonly [string, string, string, string])[] = [
  ['no space after the colon', 'X-A:b', 'x-a', 'b'],
  ['many spaces around a value', 'X-A:   b   ', 'x-a', 'b'],
  ['tabs around a value', 'X-A:\tb\t', 'x-a', 'b'],
  ['a tab inside a value', 'X-A: b\tc', 'x-a', 'b\tc'],
  ['spaces inside a value', 'X-A: b   c', 'x-a', 'b   c'],
  ['an empty value', 'X-A:', 'x-a', ''],
  ['a value of spaces', 'X-A:    ', 'x-a', ''],
  ['a colon in a value', 'X-A: b:c', 'x-a', 'b:c'],
  ['latin-1 bytes in a value', 'X-A: caf\xe9', 'x-a', 'caf\u00e9'],
  ['UTF-8 bytes in a value', 'X-A: \xc3\xa9', 'x-a', '\u00c3\u00a9'],
  ['a byte 0x80 in a value', 'X-A: \x80', 'x-a', '\u0080'],
  ['a byte 0xff in a value', 'X-A: \xff', 'x-a', '\u00ff'],
  ['an upper-case name', 'X-UPPER: v', 'x-upper', 'v'],
  ['a one-letter name', 'A: v', 'a', 'v'],
  ['a name of every token character', "!#$%&'*+-.^_`|~09AZaz: v", "!#$%&'*+-.^_`|~09azaz", 'v'],
  ['a numeric name', '123: v', '123', 'v'],
  ['a long name', `${'N'.repeat(300)}: v`, 'n'.repeat(300), 'v'],
  ['a long value', `X-A: ${'v'.repeat(8000)}`, 'x-a', 'v'.repeat(8000)],
  ['__proto__', '__proto__: v', '__proto__', 'v'],
  ['constructor', 'constructor: v', 'constructor', 'v'],
];

/** [what, request line]: refused with 400. */
const REFUSED_REQUEST_LINES: readonly (readonly [string, string])[] = [
  ['* as the target of GET', 'GET * HTTP/1.1'],
  ['a target without a leading slash', 'GET index.html HTTP/1.1'],
  ['an ftp: target', 'GET ftp://test/ HTTP/1.1'],
  ['a ? target', 'GET ?a=b HTTP/1.1'],
  ['a // authority', 'GET test/x HTTP/1.1'],
  ['a method only', 'GET'],
  ['a space before the method', ' GET / HTTP/1.1'],
];

const VERSIONS: readonly string[] = [
  'HTTP/2.0',
  'HTTP/1.2',
  'HTTP/0.9',
  'HTTP/1.1x',
  'HTTP/1.',
  'HTTP/11',
  'HTTP/01.1',
  'http/1.1',
  'HTTPS/1.1',
  'XTTP/1.1',
];

/** [what, Host lines]: Bun dispatches these; ours refuses them. */
const BAD_HOSTS: readonly (readonly [string, readonly string[]])[] = [
  ['an empty Host', ['Host:']],
  ['a Host of spaces', ['Host:   ']],
  ['a space in Host', ['Host: a b']],
  ['a slash in Host', ['Host: a/b']],
  ['userinfo in Host', ['Host: user@test']],
  ['a ? in Host', ['Host: test?x']],
  ['a # in Host', ['Host: test#x']],
  ['a backslash in Host', ['Host: a\\b']],
  ['a port over 65535', ['Host: test:99999']],
  ['a port that is no number', ['Host: test:abc']],
  ['two ports', ['Host: test:80:81']],
  ['an open bracket', ['Host: [::1']],
  ['a list in Host', ['Host: a, b']],
  ['angle brackets in Host', ['Host: <test>']],
];

const refusedLines = REFUSED_LINES.map(([what, line]): DifferentialCase => ({
  name: `${what} is refused`,
  app: 'echo',
  send: get('/h', line),
  gives: '400 closed',
  raw: BAD_REQUEST,
}));

const seenLines = SEEN_LINES.map(([what, line, name, value]): DifferentialCase => ({
  name: `${what} is seen`,
  app: 'echo',
  send: get('/h', line),
  gives: '200 open',
  saw: {
    headers: [
      [name, value],
      ['host', 'test'],
    ].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  },
}));

const refusedRequestLines = REFUSED_REQUEST_LINES.map(([what, line]): DifferentialCase => ({
  name: `${what} is refused`,
  app: 'echo',
  send: head(line, 'Host: test'),
  gives: '400 closed',
  raw: BAD_REQUEST,
}));

const versions = VERSIONS.map((version): DifferentialCase => ({
  name: `${JSON.stringify(version)} is refused`,
  app: 'echo',
  send: head(`GET / ${version}`, 'Host: test'),
  gives: '505 closed',
  raw: BAD_VERSION,
}));

const badHosts = BAD_HOSTS.map(([what, hosts]): DifferentialCase => ({
  name: `${what} is refused`,
  app: 'echo',
  send: head('GET /h HTTP/1.1', ...hosts),
  gives: '200 open',
  divergence: 'strict-host',
  ours: { gives: '400 closed', raw: BAD_REQUEST },
}));

const goodHosts = ['test', 'TEST', 'test:8080', '127.0.0.1', '[::1]', '[::1]:81', 'a_b.c-d', 'x.'];

const acceptedHosts = goodHosts.map((host): DifferentialCase => ({
  name: `Host: ${host}`,
  app: 'echo',
  send: head('GET /h?q HTTP/1.1', `Host: ${host}`),
  gives: '200 open',
}));

export const cases: readonly DifferentialCase[] = [
  ...refusedLines,
  ...seenLines,
  ...refusedRequestLines,
  ...versions,
  ...badHosts,
  ...acceptedHosts,
  {
    name: 'no Host on HTTP/1.1',
    app: 'echo',
    send: head('GET / HTTP/1.1', 'X-A: b'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'no header at all on HTTP/1.1',
    app: 'echo',
    send: head('GET / HTTP/1.1'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'two Host lines',
    app: 'echo',
    send: head('GET /h HTTP/1.1', 'Host: one', 'Host: two'),
    gives: '200 open',
    divergence: 'strict-host',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'the same Host twice',
    app: 'echo',
    send: head('GET /h HTTP/1.1', 'Host: test', 'Host: test'),
    gives: '200 open',
    divergence: 'strict-host',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'a Host in another case',
    app: 'echo',
    send: head('GET /h HTTP/1.1', 'hOsT: test'),
    gives: '200 open',
    saw: { url: 'http://test/h', headers: [['host', 'test']] },
  },
  ...(
    [
      ['a tab between method and target', 'GET\t/ HTTP/1.1'],
      ['a tab before the version', 'GET /\tHTTP/1.1'],
      ['two spaces before the version', 'GET /  HTTP/1.1'],
      ['a space in the target', 'GET /a b HTTP/1.1'],
      ['a space inside the version', 'GET / HTTP/ 1.1'],
      ['a space after the version', 'GET / HTTP/1.1 '],
    ] as const
  ).map(([what, line]): DifferentialCase => ({
    name: what,
    app: 'echo',
    send: head(line, 'Host: test'),
    gives: '505 closed',
    raw: BAD_VERSION,
    divergence: 'request-line-separators',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  })),
  {
    name: 'two spaces before the target',
    app: 'echo',
    send: head('GET  / HTTP/1.1', 'Host: test'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'no target',
    app: 'echo',
    send: head('GET HTTP/1.1', 'Host: test'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'an empty target',
    app: 'echo',
    send: head('GET  HTTP/1.1', 'Host: test'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'an empty target, to a server with routes',
    app: 'router',
    send: head('GET  HTTP/1.1', 'Host: test'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'no version',
    app: 'echo',
    send: head('GET /', 'Host: test'),
    gives: '505 closed',
  },
  {
    name: 'one leading CRLF is ignored',
    app: 'echo',
    send: `\r\n${get('/h')}`,
    gives: '400 closed',
    divergence: 'leading-crlf',
    ours: { gives: '200 open', saw: { url: 'http://test/h' } },
  },
  {
    name: 'a CRLF between two requests is ignored',
    app: 'echo',
    send: `${get('/1')}\r\n${get('/2')}`,
    gives: '200 400 closed',
    divergence: 'leading-crlf',
    ours: { gives: '200 200 open', saw: { url: 'http://test/2' } },
  },
  {
    name: 'a DEL in a value',
    app: 'echo',
    send: get('/h', 'X-A: b\x7fc'),
    gives: '200 open',
    divergence: 'del-in-value',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'bare LF line ends throughout',
    app: 'echo',
    send: 'GET / HTTP/1.1\nHost: test\n\n',
    gives: '505 closed',
    divergence: 'bare-lf-request-line',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'a bare LF after the request line only',
    app: 'echo',
    send: 'GET / HTTP/1.1\nHost: test\r\n\r\n',
    gives: '505 closed',
    divergence: 'bare-lf-request-line',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'binary garbage',
    app: 'echo',
    send: '\x00\x01\x02\xff\xfe\r\n\r\n',
    gives: '400 closed',
  },

  {
    name: 'headers iterate sorted and lower-cased',
    app: 'echo',
    send: get('/h', 'X-Zed: 1', 'Accept: */*', 'x-a: 2', 'User-Agent: t'),
    gives: '200 open',
    saw: {
      headers: [
        ['accept', '*/*'],
        ['host', 'test'],
        ['user-agent', 't'],
        ['x-a', '2'],
        ['x-zed', '1'],
      ],
    },
  },
  {
    name: 'repeated headers are joined with a comma',
    app: 'echo',
    send: get('/h', 'X-A: 1', 'x-a: 2', 'X-A:', 'X-a: 4'),
    gives: '200 open',
  },
  {
    name: 'repeated Accept lines are joined with a comma',
    app: 'echo',
    send: get('/h', 'Accept: a', 'Accept: b'),
    gives: '200 open',
    saw: {
      headers: [
        ['accept', 'a, b'],
        ['host', 'test'],
      ],
    },
  },
  {
    name: 'repeated Cookie lines are joined with a semicolon',
    app: 'echo',
    send: get('/h', 'Cookie: a=1', 'Cookie: b=2', 'Cookie: c=3'),
    gives: '200 open',
    saw: {
      headers: [
        ['cookie', 'a=1; b=2; c=3'],
        ['host', 'test'],
      ],
    },
  },
  ...['User-Agent', 'Referer', 'Authorization', 'Content-Type', 'If-Modified-Since', 'Origin'].map(
    (name): DifferentialCase => ({
      name: `repeated ${name} lines`,
      app: 'echo',
      send: get('/h', `${name}: a`, `${name}: b`),
      gives: '200 open',
    }),
  ),
  {
    name: 'Set-Cookie in a request',
    app: 'echo',
    send: get('/h', 'Set-Cookie: a=1', 'Set-Cookie: b=2'),
    gives: '200 open',
  },
  {
    name: 'the methods of req.headers',
    app: ({ json }) => ({
      fetch: ({ headers }) =>
        json({
          get: headers.get('X-A'),
          missing: headers.get('x-none'),
          has: [headers.has('x-a'), headers.has('X-A'), headers.has('x-none')],
          keys: [...headers.keys()],
          values: [...headers.values()],
          object: Object.fromEntries(headers),
          isHeaders: headers instanceof Headers,
        }),
    }),
    send: get('/h', 'x-A: 1', 'X-B: 2'),
    gives: '200 open',
  },
  {
    name: 'req.headers.forEach',
    app: ({ json }) => ({
      fetch: ({ headers }) => {
        const seen: unknown[] = [];
        headers.forEach((value, name, all) => seen.push([name, value, all === headers]));
        return json(seen);
      },
    }),
    send: get('/h', 'X-B: 2', 'x-A: 1'),
    gives: '200 open',
  },
  {
    name: 'req.headers may be copied and changed',
    app: ({ json }) => ({
      fetch: ({ headers }) => {
        const copy = new Headers(headers);
        copy.set('x-new', '1');
        copy.delete('x-a');
        return json([[...copy], [...headers]]);
      },
    }),
    send: get('/h', 'x-A: 1'),
    gives: '200 open',
  },
  {
    name: 'req.headers is the same object each time',
    app: ({ json }) => ({ fetch: (req) => json(req.headers === req.headers) }),
    send: get('/h'),
    gives: '200 open',
    body: 'true',
  },
  {
    name: 'headers are readable after an await',
    app: ({ json }) => ({
      fetch: async (req) => {
        await new Promise((resolve) => setImmediate(resolve));
        return json([req.url, req.method, [...req.headers]]);
      },
    }),
    send: [get('/first', 'x-a: 1'), { await: 1 }, get('/second', 'x-b: 2')],
    gives: '200 200 open',
    body: '["http://test/second","GET",[["host","test"],["x-b","2"]]]',
  },

  {
    name: 'a head of 16383 bytes',
    app: 'echo',
    send: headOfSize(16_383),
    gives: '200 open',
  },
  {
    name: 'a head of 16393 bytes',
    app: 'echo',
    send: headOfSize(16_393),
    gives: '431 closed',
    raw: TOO_LARGE_HEAD,
  },
  {
    name: 'a head that never ends',
    app: 'echo',
    send: `GET / HTTP/1.1\r\nHost: test\r\nX-A: ${'v'.repeat(40_000)}`,
    gives: '431 closed',
  },
  {
    name: 'a target of 8000 bytes',
    app: 'echo',
    send: get(`/${'a'.repeat(7999)}`),
    gives: '200 open',
  },
  {
    name: 'a target of 17000 bytes',
    app: 'echo',
    send: get(`/${'a'.repeat(16_999)}`),
    gives: '431 closed',
    raw: TOO_LARGE_HEAD,
  },
  {
    name: '198 headers',
    app: ({ json }) => ({ fetch: (req) => json([...req.headers].length) }),
    send: get('/h', ...Array.from({ length: 197 }, (_, i) => `X-${i}: v`)),
    gives: '200 open',
    body: '198',
  },
  {
    name: '199 headers',
    app: 'echo',
    send: get('/h', ...Array.from({ length: 198 }, (_, i) => `X-${i}: v`)),
    gives: '431 closed',
    raw: TOO_LARGE_HEAD,
  },
  {
    name: 'a thousand cookie pairs',
    app: 'echo',
    send: get('/h', `Cookie: ${Array.from({ length: 1000 }, (_, i) => `c${i}=v`).join('; ')}`),
    gives: '200 open',
  },
  {
    name: 'an HTTP/1.0 request without Host',
    app: 'echo',
    send: head('GET /h HTTP/1.0'),
    gives: '200 closed',
    saw: { url: '/h' },
    divergence: 'http10-without-host',
    ours: { gives: '200 closed', saw: { url: 'http://localhost:<P>/h' } },
  },
  {
    name: 'an HTTP/1.0 request with Host',
    app: 'echo',
    send: head('GET /h HTTP/1.0', 'Host: test'),
    gives: '200 closed',
    saw: { url: 'http://test/h' },
  },
  {
    name: 'an OPTIONS request with many slashes',
    app: 'echo',
    send: call('OPTIONS', '///'),
    gives: '200 open',
    saw: { url: 'http://test///' },
  },
];

function headOfSize(size: number): string {
  const rest = get('/h', 'X-A: ').length;
  return get('/h', `X-A: ${'v'.repeat(size - rest)}`);
}

// SPDX-License-Identifier: MIT
// What a returned Response looks like on the wire: content types, lengths, header names and
// order, statuses and reasons, redirects, cookies, and what happens to other return values.
import { call, get, head, type DifferentialCase } from '../case.js';

/** Kinds of the responses app: [kind, status]; each is compared for GET and for HEAD. */
const KINDS: readonly (readonly [string, number])[] = [
  ['text', 200],
  ['empty', 200],
  ['null', 200],
  ['nothing', 200],
  ['utf8', 200],
  ['lone-surrogate', 200],
  ['json', 200],
  ['json-status', 201],
  ['json-type', 200],
  ['json-string', 200],
  ['buffer', 200],
  ['bytes', 200],
  ['view', 200],
  ['data-view', 200],
  ['node', 200],
  ['blob-typed-header', 200],
  ['params', 200],
  ['form', 200],
  ['number', 200],
  ['object', 200],
  ['boolean', 200],
  ['type', 200],
  ['type-case', 200],
  ['order', 200],
  ['known', 200],
  ['duplicate', 200],
  ['cookies', 200],
  ['cookie-append', 200],
  ['headers-object', 200],
  ['headers-later', 200],
  ['latin1', 200],
  ['empty-value', 200],
  ['spaced-value', 200],
  ['hsts', 200],
  ['date', 200],
  ['length-short', 200],
  ['length-long', 200],
  ['length-null', 200],
  ['coding', 200],
  ['keep-alive', 200],
  ['status-text', 200],
  ['redirect', 302],
  ['redirect-301', 301],
  ['redirect-headers', 307],
  ['clone', 200],
  ['clone-original', 200],
  ['async', 200],
  ['later', 200],
  ['error', 500],
];

/** Statuses that a body goes with; the reason phrases come from Bun's own table. */
const STATUSES: readonly number[] = [
  200, 201, 202, 203, 206, 207, 208, 226, 299, 300, 301, 302, 303, 305, 306, 307, 308, 399, 400,
  401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 420,
  421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507,
  508, 509, 510, 511, 599,
];

const kinds = KINDS.flatMap(([kind, status]) =>
  ['GET', 'HEAD'].map((method): DifferentialCase => ({
    name: `${method} ${kind}`,
    app: 'responses',
    send: call(method, `/k/${kind}`),
    gives: `${status} open`,
  })),
);

const statuses = STATUSES.map((status): DifferentialCase => ({
  name: `status ${status}`,
  app: 'responses',
  send: get(`/status/${status}`),
  gives: `${status} open`,
  body: 'body',
}));

const bodyless = [204, 205, 304].flatMap((status) =>
  ['bare', 'typed'].flatMap((form) =>
    ['GET', 'HEAD'].map((method): DifferentialCase => ({
      name: `${method} status ${status}, ${form}`,
      app: 'responses',
      send: call(method, `/${form}/${status}`),
      gives: `${status} open`,
    })),
  ),
);

const BODIES = ['text', 'empty', 'none', 'bytes', 'blob', 'params', 'stream', 'generator'];

/** A body that the status does not have, and what there is of its type. */
const dropped = [204, 205, 304].flatMap((status) =>
  BODIES.flatMap((kind) =>
    ['GET', 'HEAD'].map((method): DifferentialCase => ({
      name: `${method} status ${status} with a body of ${kind}`,
      app: 'responses',
      send: call(method, `/bodied/${kind}/${status}`),
      gives: `${status} open`,
      strict: true,
    })),
  ),
);

/** HEAD of what says how a GET would be framed; only without a body is it believed. */
const framed = BODIES.flatMap((kind) =>
  ['chunked', 'length', 'both', 'neither'].map((framing): DifferentialCase => ({
    name: `HEAD with ${framing} of the handler's own and a body of ${kind}`,
    app: 'responses',
    send: call('HEAD', `/framed/${kind}/${framing}`),
    gives: '200 open',
    strict: true,
  })),
);

/** [kind, content type of Bun, of ours]. */
const BLOBS: readonly (readonly [string, string, string | null])[] = [
  ['blob', 'text/html;charset=utf-8', 'text/html'],
  ['blob-untyped', 'text/plain;charset=utf-8', null],
  ['blob-mixed', 'application/octet-stream', null],
];

const blobs = BLOBS.flatMap(([kind, bun, ours]) => {
  const body = kind === 'blob-mixed' ? 'aB' : 'blob';
  const bytes = (type: string | null): string =>
    `HTTP/1.1 200 OK\r\n${type === null ? '' : `content-type: ${type}\r\n`}` +
    `Date: <D>\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const withBody: DifferentialCase = {
    name: `GET ${kind}`,
    app: 'responses',
    send: get(`/k/${kind}`),
    gives: '200 open',
    raw: bytes(bun),
    divergence: 'blob-content-type',
    ours: { gives: '200 open', raw: bytes(ours) },
  };
  const bodyless: DifferentialCase = {
    name: `HEAD ${kind}`,
    app: 'responses',
    send: call('HEAD', `/k/${kind}`),
    gives: '200 open',
  };
  return [withBody, bodyless];
});

const OTHER_VALUES = [
  'undefined',
  'null',
  '"text"',
  '5',
  'true',
  '{}',
  '[]',
  'new Blob(["x"])',
  'new Uint8Array(1)',
  '() => new Response("x")',
];

export const cases: readonly DifferentialCase[] = [
  ...kinds,
  ...statuses,
  ...bodyless,
  ...dropped,
  ...framed,
  ...blobs,
  {
    name: 'the exact bytes of a text response',
    app: 'responses',
    send: get('/k/text'),
    gives: '200 open',
    strict: true,
    raw:
      'HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=utf-8\r\n' +
      'Date: <D>\r\nContent-Length: 5\r\n\r\nhello',
  },
  {
    name: 'the exact bytes of a JSON response',
    app: 'responses',
    send: get('/k/json-status'),
    gives: '201 open',
    strict: true,
    raw:
      'HTTP/1.1 201 Created\r\nContent-Type: application/json;charset=utf-8\r\nx-a: 1\r\n' +
      'Date: <D>\r\nContent-Length: 13\r\n\r\n{"made":true}',
  },
  {
    name: 'the exact bytes of a redirect',
    app: 'responses',
    send: get('/k/redirect'),
    gives: '302 open',
    strict: true,
    raw: 'HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nDate: <D>\r\nContent-Length: 0\r\n\r\n',
  },
  ...[
    ...[
      'json',
      'json-append',
      'json-typed',
      'redirect',
      'stream',
      'blob',
      'params',
      'clone',
      'late',
    ],
  ].flatMap((kind) =>
    ['GET', 'HEAD'].map((method): DifferentialCase => ({
      name: `the order of header lines with cookies: ${method} ${kind}`,
      app: 'responses',
      send: call(method, `/k/cookies-${kind}`),
      gives: kind === 'redirect' ? '303 open' : '200 open',
      strict: true,
    })),
  ),
  ...['order', 'known', 'duplicate', 'cookies', 'date', 'close', 'type', 'redirect-headers'].map(
    (kind): DifferentialCase => ({
      name: `the order of header lines of ${kind}`,
      app: 'responses',
      send: get(`/k/${kind}`, 'Connection: close'),
      gives: `${kind === 'redirect-headers' ? 307 : 200} closed`,
      strict: true,
    }),
  ),
  {
    name: 'which header names get a canonical case',
    app: () => ({
      fetch: () => {
        const names =
          'accept accept-ranges access-control-allow-origin age allow alt-svc authorization ' +
          'cache-control content-disposition content-encoding content-language ' +
          'content-location content-security-policy cross-origin-opener-policy dnt etag expires ' +
          'last-modified link location origin permissions-policy pragma proxy-authenticate ' +
          'referrer-policy refresh retry-after sec-websocket-protocol server server-timing ' +
          'sourcemap strict-transport-security timing-allow-origin user-agent vary via warning ' +
          'www-authenticate x-content-type-options x-dns-prefetch-control x-frame-options ' +
          'x-powered-by x-request-id x-xss-protection';
        return new Response('x', { headers: names.split(' ').map((name) => [name, 'v']) });
      },
    }),
    send: get('/'),
    gives: '200 open',
    strict: true,
  },
  {
    name: 'a 5 MB body',
    app: 'responses',
    send: [get('/k/large'), { await: 1 }, get('/k/text')],
    gives: '200 200 open',
    body: 'hello',
  },
  {
    name: 'a request behind a 5 MB body that is still being sent',
    app: ({ log }) => ({
      fetch: (req) => {
        const { pathname } = new URL(req.url);
        if (pathname !== '/large') return new Response('hello');
        log('large');
        return new Response('x'.repeat(20_000_000));
      },
    }),
    // Nothing is read before the server has taken both requests: whether Bun closes depends on
    // whether the kernel took the whole body, which it cannot do this way.
    send: [
      { reads: false },
      get('/large') + get('/small'),
      { awaitLogs: 1 },
      { send: get('/small'), on: 1 },
      { await: 1, on: 1 },
      { reads: true },
    ],
    gives: ['truncated', '200 open'],
    log: ['large'],
    divergence: 'parked-pipelining',
    ours: { gives: ['200 200 open', '200 open'], body: 'hello', log: ['large'] },
  },
  {
    name: 'HEAD of a 5 MB body',
    app: 'responses',
    send: call('HEAD', '/k/large') + get('/k/text'),
    gives: '200 200 open',
    body: 'hello',
  },
  {
    name: 'the same Response twice',
    app: () => {
      const shared = new Response('shared');
      return { fetch: () => shared };
    },
    send: get('/') + get('/'),
    gives: '200 500 open',
    body: 'Something went wrong!',
  },
  {
    name: 'the same bodyless Response twice',
    app: () => {
      const shared = new Response(null, { status: 204 });
      return { fetch: () => shared };
    },
    send: get('/') + get('/'),
    gives: '204 204 open',
  },
  {
    name: 'a Response whose body was read',
    app: () => ({
      fetch: async () => {
        const response = new Response('read');
        await response.text();
        return response;
      },
    }),
    send: get('/'),
    gives: '500 open',
  },
  {
    name: 'Connection: close set by the handler',
    app: 'responses',
    send: get('/k/close-case') + get('/k/text'),
    gives: '200 closed',
  },
  {
    name: 'HTTP/1.0 gets the same bytes',
    app: 'responses',
    send: head('GET /k/json HTTP/1.0'),
    gives: '200 closed',
    strict: true,
  },
  {
    name: 'return values that are no Response',
    app: () => ({
      fetch: (req) => {
        const values: unknown[] = [
          undefined,
          null,
          'text',
          5,
          true,
          {},
          [],
          new Blob(['x']),
          new Uint8Array(1),
          (): Response => new Response('x'),
        ];
        return values[Number(new URL(req.url).pathname.slice(1))];
      },
    }),
    send: OTHER_VALUES.map((_, i) => get(`/${i}`)).join(''),
    gives: `${'204 '.repeat(OTHER_VALUES.length)}open`,
    strict: true,
  },
  {
    name: 'a promise of undefined',
    app: () => ({
      fetch: async () => {
        await new Promise((resolve) => setImmediate(resolve));
      },
    }),
    send: get('/'),
    gives: '204 open',
    strict: true,
  },
  {
    name: 'a route that returns undefined, with an error handler',
    app: ({ log }) => ({
      routes: { '/': () => undefined },
      error: (error) => {
        log(error);
        return new Response('from error');
      },
    }),
    send: get('/'),
    gives: '204 open',
  },
  {
    name: 'HEAD of a handler that returns undefined',
    app: () => ({ fetch: () => undefined }),
    send: call('HEAD', '/'),
    gives: '204 open',
  },
  {
    name: 'a thenable that is no promise',
    app: () => ({
      fetch: () => ({
        then: (resolve: (value: Response) => void): void => resolve(new Response('x')),
      }),
    }),
    send: get('/'),
    gives: '204 open',
  },
  {
    name: 'a Response of a subclass',
    app: () => ({
      fetch: () => {
        class Special extends Response {}
        return new Special('special', { headers: { 'x-a': '1' } });
      },
    }),
    send: get('/'),
    gives: '200 open',
    body: 'special',
  },
  {
    name: 'what a Response says of itself',
    app: ({ json }) => ({
      fetch: async () => {
        const bytes = new Uint8Array([116]);
        const response = new Response(bytes, { status: 201, statusText: 'T', headers: { a: 'b' } });
        const { status, statusText, ok, type, redirected, url, bodyUsed } = response;
        const facts = [status, statusText, ok, type, redirected, url, bodyUsed];
        const text = await response.text();
        return json([...facts, [...response.headers], text, response.bodyUsed]);
      },
    }),
    send: get('/'),
    gives: '200 open',
    body: '[201,"T",true,"default",false,"",false,[["a","b"]],"t",true]',
  },
  {
    name: 'the content type a Response says it has',
    app: ({ json }) => ({
      fetch: () => json([...new Response('text').headers]),
    }),
    send: get('/'),
    gives: '200 open',
    body: '[]',
    divergence: 'response-content-type',
    ours: { gives: '200 open', body: '[["content-type","text/plain;charset=UTF-8"]]' },
  },
  {
    name: 'statuses that Response refuses',
    app: ({ json }) => ({
      fetch: () =>
        json(
          [0, 99, 100, 103, 199, 600, 999, NaN, -1].map((status) => {
            try {
              return new Response('x', { status }).status;
            } catch (error) {
              return (error as Error).name;
            }
          }),
        ),
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'status 101',
    app: ({ json }) => ({
      fetch: () => {
        try {
          return json(new Response(null, { status: 101 }).status);
        } catch (error) {
          return json((error as Error).name);
        }
      },
    }),
    send: get('/'),
    gives: '200 open',
    body: '101',
    divergence: 'response-status-101',
    ours: { gives: '200 open', body: '"RangeError"' },
  },
  {
    name: 'header names and values that Response refuses',
    app: ({ json }) => ({
      fetch: () =>
        json(
          [
            ['a b', 'x'],
            ['', 'x'],
            ['a\r\n', 'x'],
            ['a', 'x\r\ny: z'],
            ['a', 'x\ny'],
            ['a', 'x\0'],
            ['a', '\u2713'],
            ['a:', 'x'],
            ['\u00e9', 'x'],
          ].map(([name = '', value = '']) => {
            try {
              return [...new Response('x', { headers: { [name]: value } }).headers].length;
            } catch (error) {
              return (error as Error).name;
            }
          }),
        ),
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'Response.redirect refuses a status that is no redirect',
    app: ({ json }) => ({
      fetch: () => {
        try {
          return Response.redirect('/x', 200 as 302);
        } catch (error) {
          return json((error as Error).name);
        }
      },
    }),
    send: get('/'),
    gives: '200 open',
    body: '"RangeError"',
  },
  {
    name: 'Response.redirect with a line break in its target',
    app: ({ json }) => ({
      fetch: () => {
        try {
          return Response.redirect('/x\r\nset-cookie: a=b', 302);
        } catch (error) {
          return json((error as Error).name);
        }
      },
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'Response.json of what has no JSON',
    app: ({ json }) => ({
      fetch: () => {
        try {
          return Response.json(undefined);
        } catch (error) {
          return json((error as Error).name);
        }
      },
    }),
    send: get('/'),
    gives: '200 open',
    body: '"TypeError"',
  },
];

// SPDX-License-Identifier: MIT
// From an upgrade request to the 101, and everything that is not one.
import type { DifferentialCase } from '../case.js';
import {
  DEFLATE,
  evaluated,
  FIELDS,
  frame,
  KEY,
  run,
  socket,
  text,
  upgradeRequest,
  type SocketCase,
} from './socket.js';

const { upgrade, connection, key, version } = FIELDS;
const REST = [key, version];

/** What upgrade() returns for a request with these fields. */
function asked(name: string, fields: readonly string[], more: Partial<SocketCase> = {}) {
  return socket({
    name,
    fields,
    code: {
      upgrade:
        'const r = server.upgrade(req, { data: $data }); log(r); return r ? undefined : new Response("no")',
    },
    lines: 1,
    ...more,
  });
}

/** The same, for requests that are left to the handler. */
function declined(name: string, fields: readonly string[]) {
  return asked(name, fields, { gives: '200 open' });
}

const STRICT_CONNECTION = {
  divergence: 'websocket-connection-field',
  ours: { gives: '400 closed', log: ['false'] },
} as const;

/** upgrade() with options, which are source text. */
function withOptions(name: string, options: string, more: Partial<SocketCase> = {}) {
  const code = `const r = server.upgrade(req, ${options}); log(r); return r ? undefined : new Response("no")`;
  return socket({ name, code: { upgrade: code }, lines: 1, strict: true, ...more });
}

const requests: readonly DifferentialCase[] = [
  asked('all fields', [upgrade, connection, key, version], { strict: true }),
  asked('fields in any case', [
    'UPGRADE: WebSocket',
    'connection: UPGRADE',
    `sec-websocket-key: ${KEY}`,
    'SEC-WEBSOCKET-VERSION: 13',
  ]),
  asked('Connection with more options', [upgrade, 'Connection: keep-alive, Upgrade', ...REST]),
  asked('Connection in several lines', [upgrade, 'Connection: keep-alive', connection, ...REST]),
  declined('no Upgrade', [connection, ...REST]),
  declined('another protocol', ['Upgrade: h2c', connection, ...REST]),
  asked('no Connection', [upgrade, ...REST], STRICT_CONNECTION),
  asked(
    'Connection without upgrade',
    [upgrade, 'Connection: keep-alive', ...REST],
    STRICT_CONNECTION,
  ),
  declined('a key that is no Base64', [
    upgrade,
    connection,
    `Sec-WebSocket-Key: ${'!'.repeat(24)}`,
    version,
  ]),
  declined('a key that is longer', [upgrade, connection, `Sec-WebSocket-Key: ${KEY}AAAA`, version]),
  declined('no key', [upgrade, connection, version]),
  declined('an empty key', [upgrade, connection, 'Sec-WebSocket-Key:', version]),
  declined('a short key', [upgrade, connection, 'Sec-WebSocket-Key: dGhlIHNhbXBsZQ==', version]),
  declined('a key that is 23 characters', [
    upgrade,
    connection,
    `Sec-WebSocket-Key: ${KEY.slice(1)}`,
    version,
  ]),
  socket({
    name: 'POST',
    code: { upgrade: 'const r = server.upgrade(req); log(r); return new Response("no")' },
    lines: 1,
    gives: '200 open',
    send: [],
  }),
  socket({
    name: 'a version that is not 13',
    fields: [upgrade, connection, key, 'Sec-WebSocket-Version: 8'],
    gives: '426 closed',
    raw: 'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n\r\n',
  }),
  socket({
    name: 'no version',
    fields: [upgrade, connection, key],
    gives: '426 closed',
  }),
  socket({
    name: 'an empty version',
    fields: [upgrade, connection, key, 'Sec-WebSocket-Version:'],
    gives: '426 closed',
  }),
  socket({
    name: 'two versions',
    fields: [upgrade, connection, key, 'Sec-WebSocket-Version: 8, 13'],
    gives: '426 closed',
  }),
  asked('HTTP/1.0', Object.values(FIELDS)),
];

const options: readonly DifferentialCase[] = [
  withOptions('no options', 'undefined'),
  withOptions('empty options', '{}'),
  withOptions('null', 'null'),
  withOptions('headers null', '{ headers: null }'),
  withOptions('headers undefined, data undefined', '{ headers: undefined, data: undefined }'),
  withOptions('headers of an object', '{ headers: { "X-A": "1", "x-b": "2" } }'),
  withOptions('headers of a list', '{ headers: [["X-A", "1"], ["X-A", "2"]] }'),
  withOptions('headers of a Headers', '{ headers: new Headers({ "X-A": "1" }) }'),
  withOptions('Set-Cookie twice', '{ headers: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]] }'),
  withOptions('a Date of its own', '{ headers: { Date: "x" } }'),
  withOptions(
    'fields that are the own business of the server',
    '{ headers: { Upgrade: "h2c", Connection: "close", "Sec-WebSocket-Accept": "x" } }',
  ),
  withOptions(
    'extensions of its own',
    '{ headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } }',
  ),
  withOptions('Content-Length', '{ headers: { "Content-Length": "5" } }'),
  withOptions('Transfer-Encoding', '{ headers: { "Transfer-Encoding": "chunked" } }'),
  withOptions('a field of latin-1', '{ headers: { "X-A": "\\u00e9" } }'),
  ...['5', '"x"', 'true', 'Symbol()', '10n'].map((value) =>
    socket({
      name: `options ${value}`,
      code: {
        upgrade: `log(...tried(() => server.upgrade(req, ${value}))); return new Response("no")`,
      },
      lines: 1,
      gives: '200 open',
    }),
  ),
  ...['5', '"x"', 'true', '[[1]]'].map((value) =>
    socket({
      name: `headers ${value}`,
      code: {
        upgrade: `const r = tried(() => server.upgrade(req, { headers: ${value} }))[0]; log(r === true || r?.name); return r === true ? undefined : new Response("no")`,
      },
      lines: 1,
      gives: '200 open',
    }),
  ),
  socket({
    name: 'a header value that is none',
    code: {
      upgrade: `log(tried(() => server.upgrade(req, { headers: { a: "b\\r\\nc: d" } }))[0]?.name); return new Response("no")`,
    },
    lines: 1,
    gives: '200 open',
  }),
  withOptions('a function as options', 'Object.assign(() => 0, { headers: { a: "b" } })'),
  withOptions('an array as options', '[]'),
  socket({
    name: 'data is whatever it is',
    code: { upgrade: 'log(server.upgrade(req, { data: 5 })); return undefined' },
    websocket:
      '{ open(ws) { ws.send(shown(ws.data)); ws.data = { a: 1 }; ws.send(shown(ws.data)); } }',
    lines: 1,
  }),
  socket({
    name: 'no data',
    code: { upgrade: 'server.upgrade(req); return undefined' },
    websocket: '{ open(ws) { ws.send(shown(ws.data)); ws.send(shown("data" in ws)); } }',
  }),
  socket({
    name: 'data null',
    code: { upgrade: 'server.upgrade(req, { data: null }); return undefined' },
    websocket: '{ open(ws) { ws.send(shown(ws.data)); } }',
  }),
];

const PROTOCOLS = (list: string): string => `Sec-WebSocket-Protocol: ${list}`;

const subprotocols: readonly DifferentialCase[] = [
  withOptions('a subprotocol nobody chose', '{}', { headers: [PROTOCOLS('chat')] }),
  withOptions('several subprotocols', '{}', { headers: [PROTOCOLS('chat, superchat')] }),
  withOptions('several lines of subprotocols', '{}', {
    headers: [PROTOCOLS('chat'), PROTOCOLS('superchat')],
  }),
  withOptions('subprotocols without spaces', '{}', { headers: [PROTOCOLS('a,b')] }),
  withOptions('a chosen subprotocol', '{ headers: { "Sec-WebSocket-Protocol": "superchat" } }', {
    headers: [PROTOCOLS('chat, superchat')],
  }),
  withOptions('a chosen list', '{ headers: { "sec-websocket-protocol": "b, a" } }', {
    headers: [PROTOCOLS('a, b')],
  }),
  withOptions('a subprotocol nobody offered', '{ headers: { "Sec-WebSocket-Protocol": "chat" } }'),
  withOptions('an empty choice', '{ headers: { "Sec-WebSocket-Protocol": "" } }', {
    headers: [PROTOCOLS('chat')],
  }),
  withOptions('an empty offer', '{}', { headers: [PROTOCOLS('')] }),
];

const COOKIE = 'req.cookies.set("a", "b c");';
const cookies: readonly DifferentialCase[] = [
  socket({
    name: 'cookies are in the 101',
    path: '/route',
    strict: true,
    code: { upgrade: `${COOKIE} server.upgrade(req); return undefined` },
  }),
  socket({
    name: 'cookies and headers',
    path: '/route',
    strict: true,
    code: {
      upgrade: `${COOKIE} req.cookies.delete("z"); server.upgrade(req, { headers: { "X-A": "1", "Set-Cookie": "own=1" } }); return undefined`,
    },
  }),
  socket({
    name: 'cookies that were only read',
    path: '/route',
    headers: ['Cookie: a=1'],
    code: { upgrade: 'log(req.cookies.get("a")); server.upgrade(req); return undefined' },
    lines: 1,
  }),
  socket({
    name: 'cookies set too late',
    path: '/route',
    code: { upgrade: `server.upgrade(req); ${COOKIE} return undefined` },
  }),
];

const RETURNS = [
  'undefined',
  'null',
  'new Response("x")',
  'Promise.resolve()',
  '5',
  'new Promise(() => {})',
];
const places: readonly DifferentialCase[] = [
  ...['/route', '/method', '/param/5?a=b', '/wild/a/b', '/other'].map((path) =>
    socket({
      name: `from ${path}`.replaceAll('/', '|'),
      path,
      code: {
        upgrade:
          'log(server.upgrade(req), req.url.replace(/.*[0-9]/, ""), req.params); return undefined',
      },
      lines: 1,
    }),
  ),
  ...RETURNS.map((value) =>
    socket({
      name: `upgraded, then ${value}`,
      code: {
        upgrade: `server.upgrade(req, { data: $data }); return ${value}`,
        message: 'log(message)',
      },
      send: [text('m')],
      lines: 1,
    }),
  ),
  socket({
    name: 'upgraded, then an error',
    code: {
      upgrade: 'server.upgrade(req, { data: $data }); throw new Error("x");',
      message: 'log(message)',
    },
    send: [text('m')],
    lines: 1,
  }),
  socket({
    name: 'upgraded twice',
    code: { upgrade: 'log(server.upgrade(req), server.upgrade(req)); return undefined' },
    lines: 1,
  }),
  socket({
    name: 'after a microtask',
    code: {
      upgrade:
        'return Promise.resolve().then(() => { log(server.upgrade(req, { data: $data })); })'.replace(
          '$data',
          'own.data',
        ),
      message: 'log(message)',
    },
    send: [text('m')],
    lines: 2,
  }),
  socket({
    name: 'after a turn',
    code: {
      upgrade:
        'return new Promise((resolve) => setTimeout(() => { log(server.upgrade(req, { data: own.data })); resolve(); }, 1)); $data',
      message: 'log(message)',
    },
    send: [text('m')],
    lines: 2,
  }),
  socket({
    name: 'after it was answered',
    code: {
      upgrade:
        'setTimeout(() => log(...tried(() => server.upgrade(req))), 20); return new Response("x")',
    },
    gives: '200 open',
    lines: 1,
  }),
  socket({
    name: 'a request of another',
    code: {
      upgrade:
        'log(...tried(() => server.upgrade(new Request("http://a/")), () => server.upgrade(req.clone()), () => server.upgrade())); return new Response("x")',
    },
    gives: '200 open',
    lines: 1,
  }),
  socket({
    name: 'the request afterwards',
    code: {
      upgrade:
        'server.upgrade(req); log(req.method, req.headers.get("upgrade"), req.signal.aborted, server.requestIP(req), server.pendingRequests, server.pendingWebSockets); return undefined',
    },
    options: '{ id: "afterwards" }',
    lines: 1,
    divergence: 'websocket-pending-requests',
    ours: { gives: '101 open', log: ['"GET" "websocket" false null 0 1'] },
  }),
  socket({
    name: 'open runs inside upgrade()',
    code: {
      upgrade: 'log("before"); log(server.upgrade(req, { data: $data })); return undefined',
      open: 'log("open", ws.readyState, ws.send("hi"))',
    },
    lines: 3,
  }),
  socket({
    name: 'no websocket option',
    options: '{ websocket: undefined }',
    code: { upgrade: 'log(...tried(() => server.upgrade(req))); return new Response("x")' },
    gives: '200 open',
    lines: 1,
  }),
];

/** Bytes that arrive together with the request. */
function early(name: string, bytes: string, more: Partial<SocketCase> = {}): DifferentialCase {
  const test: SocketCase = {
    name,
    code: { message: 'log(message)', open: 'log("open")' },
    ...more,
  };
  const made = socket(test);
  return {
    ...made,
    send: [upgradeRequest(test) + bytes, { await: 1 }, ...(made.send.slice(2) as never[])],
  };
}

const together: readonly DifferentialCase[] = [
  early('a frame with the request', text('early'), { lines: 2 }),
  early('two frames and a ping', text('a') + frame('ping', 'p') + text('b'), { lines: 3 }),
  early('half a frame', text('early').slice(0, 5), { send: [text('early').slice(5)], lines: 2 }),
  early('a close', frame('close', Buffer.from([3, 232])), { lines: 1, gives: '101 closed' }),
  early('frames for an upgrade after a microtask', text('early'), {
    code: {
      upgrade:
        'return Promise.resolve().then(() => { server.upgrade(req, { data: own.data }); }); $data',
      message: 'log(message)',
    },
    lines: 1,
  }),
  early('a frame with run()', text('!ws.send("x")'), { lines: 2 }),
];

/** Bun's lines are fewer: `heard` is what ours logs. */
function withBody(
  name: string,
  field: string,
  bytes: string,
  heard: readonly string[],
  more: Partial<SocketCase> = {},
): DifferentialCase {
  const ours = { gives: heard.length === 2 ? '101 open' : '101 closed', log: heard };
  return early(name, bytes, {
    headers: [field],
    lines: 1,
    ...more,
    divergence: 'websocket-request-body',
    ours,
  });
}

const bodies: readonly DifferentialCase[] = [
  withBody('an upgrade with a body', 'Content-Length: 5', 'hello' + text('m'), ['"open"', '"m"']),
  withBody(
    'an upgrade with an empty chunked body',
    'Transfer-Encoding: chunked',
    '0\r\n\r\n' + text('m'),
    ['"open"', '"m"'],
  ),
  early('an upgrade with Content-Length 0', text('m'), {
    headers: ['Content-Length: 0'],
    lines: 2,
  }),
  withBody('an upgrade with half of its body', 'Content-Length: 5', 'he', ['"open"', '"m"'], {
    send: ['llo' + text('m')],
    gives: '101 closed',
  }),
  withBody('an upgrade whose body comes later', 'Content-Length: 5', '', ['"open"', '"m"'], {
    send: ['hello' + text('m')],
    gives: '101 closed',
  }),
  withBody(
    'an upgrade whose chunks come later',
    'Transfer-Encoding: chunked',
    '5\r\nhe',
    ['"open"', '"m"'],
    {
      send: ['llo\r\n', { send: '0\r\n\r\n' + text('m'), pieces: 1 }],
      gives: '101 closed',
    },
  ),
  withBody(
    'an upgrade whose chunks are none',
    'Transfer-Encoding: chunked',
    '5\r\nhe',
    ['"open"'],
    {
      send: ['lloXX'],
      gives: '101 closed',
    },
  ),
];

const offered = (name: string, offer: string, deflate: string): DifferentialCase =>
  socket({
    name: `${name} offered ${offer}`,
    websocket: `{ perMessageDeflate: ${deflate} }`,
    headers: [`Sec-WebSocket-Extensions: ${offer}`],
    strict: true,
    send: [
      run('ws.send("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)'),
      run('ws.send("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)'),
    ],
  });

const OFFERS = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; client_max_window_bits=10',
  'permessage-deflate; server_max_window_bits=10',
  'permessage-deflate; server_no_context_takeover',
  'permessage-deflate; client_no_context_takeover',
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  'permessage-deflate; unknown',
  'x-webkit-deflate-frame',
  'permessage-deflate; server_max_window_bits=7',
  'constructor; ,;constructor',
];

const extensions: readonly DifferentialCase[] = [
  ...OFFERS.map((offer) => offered('shared', offer, 'true')),
  ...OFFERS.slice(0, 7).map((offer) =>
    offered('dedicated', offer, '{ compress: "dedicated", decompress: "dedicated" }'),
  ),
  ...OFFERS.slice(0, 2).map((offer) =>
    offered('4KB', offer, '{ compress: "4KB", decompress: "8KB" }'),
  ),
  offered('off', OFFERS[0]!, 'false'),
  offered('decompress only', OFFERS[0]!, '{ decompress: true }'),
  offered('compress only', OFFERS[0]!, '{ compress: true }'),
  evaluated('nothing offered', 'ws.send("aaaaaaaaaaaaaaaaaaaaa", true)', {
    websocket: '{ perMessageDeflate: true }',
  }),
  evaluated('the deflate of options', 'ws.send("aaaaaaaaaaaaaaaaaaaaa", true)', {
    websocket: '{ perMessageDeflate: {} }',
    headers: [DEFLATE],
  }),
];

export const cases: readonly DifferentialCase[] = [
  ...requests.map((test) =>
    test.name === 'POST'
      ? { ...test, send: [(test.send[0] as string).replace('GET', 'POST')] }
      : test,
  ),
  ...options,
  ...subprotocols,
  ...cookies,
  ...places,
  ...together,
  ...bodies,
  ...extensions,
];

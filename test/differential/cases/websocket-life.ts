// SPDX-License-Identifier: MIT
// Handlers that throw, options and their defaults, stop(), reload(), and clients that do not read.
import type { DifferentialCase } from '../case.js';
import { evaluated as evaluatedRequest } from './evaluated.js';
import { frame, run, socket, sockets, text, type SocketCase } from './socket.js';

const FAILS = 'throw new Error("thrown");';
const ERROR = 'error(error, ws) { log("error", String(error), ws.readyState); }';

/** Handlers as source text; what they log goes to the case. */
function handled(name: string, handlers: string, more: Partial<SocketCase> = {}): DifferentialCase {
  const source = `(() => { const line = log; return ((log) => ({ ${handlers} }))((...v) => line(v.map(shown).join(" "))); })()`;
  return socket({ name, websocket: source, logsItself: true, ...more });
}

const throwing: readonly DifferentialCase[] = [
  handled('message throws', `message() { ${FAILS} }, ${ERROR}`, { send: [text('a')], lines: 1 }),
  handled(
    'open throws',
    `open() { ${FAILS} }, close(ws, code, reason) { log("close", code, reason); }, ${ERROR}`,
    {
      lines: 2,
      gives: '101 closed',
    },
  ),
  handled('close throws', `close() { ${FAILS} }, ${ERROR}`, {
    send: [frame('close')],
    lines: 1,
    gives: '101 closed',
  }),
  handled('ping throws', `ping() { ${FAILS} }, ${ERROR}`, { send: [frame('ping', 'p')], lines: 1 }),
  handled('pong throws', `pong() { ${FAILS} }, ${ERROR}`, { send: [frame('pong', 'p')], lines: 1 }),
  handled('message throws what is no error', `message() { throw "text"; }, ${ERROR}`, {
    send: [text('a')],
    lines: 1,
  }),
  handled(
    'message throws, and the next one comes',
    `message(ws, m) { log(m); if (m === "a") ${FAILS} }, ${ERROR}`,
    { send: [text('a') + text('b')], lines: 3 },
  ),
  handled('cork throws', `message(ws) { ws.cork(() => { ws.send("c"); ${FAILS} }); }, ${ERROR}`, {
    send: [text('a')],
    lines: 1,
  }),
  handled('an async message', 'async message(ws, m) { await null; ws.send(m); log("sent"); }', {
    send: [text('a')],
    lines: 1,
  }),
  handled(
    'async handlers',
    'async open(ws) { await null; ws.send("o"); log("o"); }, async close(ws, code) { await null; log(code); }',
    {
      send: [{ frames: 1 }, frame('close')],
      lines: 2,
      gives: '101 closed',
    },
  ),
  handled('this of a handler', 'message(ws, m) { log(typeof this, this === undefined); }', {
    send: [text('a')],
    lines: 1,
  }),
  handled(
    'arguments of handlers',
    'open(...a) { log(a.length); }, message(...a) { log(a.length, typeof a[1]); }, ping(...a) { log(a.length); }, close(...a) { log(a.length, a.slice(1)); }',
    {
      send: [text('a') + frame('ping') + frame('close')],
      lines: 4,
      gives: '101 closed',
    },
  ),
  handled('no message handler', 'open(ws) { ws.send("o"); }', {
    send: [text('a') + frame('ping', 'p')],
  }),
  handled(
    'one object for a socket',
    'open(ws) { this_ = ws; }, message(ws) { log(ws === this_); }',
    { send: [text('a')], lines: 1 },
  ),
];

const VALUES = [
  '5',
  '"x"',
  'true',
  '[]',
  '{}',
  'null',
  'undefined',
  'NaN',
  '1.5',
  '-1',
  '2 ** 40',
  '0',
];
const attempt = (name: string, options: readonly string[]): DifferentialCase =>
  evaluatedRequest(
    name,
    `return [${options.map((option) => `attempt({ websocket: ${option} })`).join(', ')}].map((r) => r[0] === "number" ? "fine" : r);`,
  );

/** An option with every kind of value. */
function option(name: string, ...more: readonly string[]): DifferentialCase {
  return attempt(
    `option ${name}`,
    [...VALUES, ...more].map((value) => `{ message() {}, ${name}: ${value} }`),
  );
}

const options: readonly DifferentialCase[] = [
  attempt('websocket of anything', [
    '5',
    '"x"',
    'true',
    'false',
    'null',
    'undefined',
    '[]',
    '{}',
    '() => 1',
    'new Map()',
  ]),
  ...['open', 'message', 'close', 'drain', 'ping', 'pong', 'error'].map((name) =>
    option(name, '() => 1', 'class {}'),
  ),
  option('maxPayloadLength'),
  option('backpressureLimit'),
  option('closeOnBackpressureLimit', 'false'),
  option('idleTimeout', '960', '961', '7', '255'),
  option('sendPings', 'false'),
  option('publishToSelf', 'false'),
  option('perMessageDeflate', 'false', '() => 1'),
  ...['compress', 'decompress'].map((side) =>
    attempt(
      `option perMessageDeflate.${side}`,
      [
        ...VALUES,
        '"disable"',
        '"shared"',
        '"dedicated"',
        '"3KB"',
        '"256KB"',
        '"2KB"',
        '"SHARED"',
        'false',
      ].map((value) => `{ perMessageDeflate: { ${side}: ${value} } }`),
    ),
  ),
  option('unknown'),
  evaluatedRequest(
    'handlers are read once, getters and prototypes included',
    `let reads = 0; class Handlers { get message() { reads++; return () => {}; } }
     const s = Bun.serve({ ...base, websocket: new Handlers() }); s.stop(true);
     return [reads, thrown(() => Bun.serve({ ...base, websocket: Object.create({ open: 5 }) }).stop(true) && "fine")];`,
  ),
];

/** A server of its own, which the case may stop or change. */
function own(name: string, test: Partial<SocketCase>, count = 1): DifferentialCase {
  return sockets(count, { name, options: `{ id: ${JSON.stringify(name)} }`, ...test });
}

const CLOSE = { close: 'log("close", code, reason)' };

const lifecycle: readonly DifferentialCase[] = [
  own('stop(true)', {
    code: CLOSE,
    send: [
      run('server.stop(true); return [ws.readyState, ws.send("x"), server.pendingWebSockets]'),
    ],
    lines: 1,
    gives: ['101 closed'],
  }),
  own(
    'stop(true) with three sockets',
    {
      code: CLOSE,
      send: [run('server.stop(true); return server.pendingWebSockets')],
      lines: 3,
      gives: ['101 closed', '101 closed', '101 closed'],
    },
    3,
  ),
  own('stop()', {
    code: CLOSE,
    send: [
      run('server.stop(); return [ws.readyState, ws.send("x"), server.pendingWebSockets]'),
      run('return ws.send("y")'),
    ],
  }),
  own('stop() resolves with the last socket', {
    code: CLOSE,
    send: [run('server.stop().then(() => log("stopped")); return 1'), frame('close')],
    lines: 2,
    gives: ['101 closed'],
  }),
  own('stop(true) behind a send', {
    send: [run('ws.send("a"); server.stop(true); return 1')],
    gives: ['101 closed'],
  }),
  own('stop(true) behind a publish', {
    code: { open: 'ws.subscribe("t")' },
    send: [run('server.publish("t", "a"); server.stop(true); return 1')],
    gives: ['101 closed'],
  }),
  own('stop(true) in close', {
    code: { close: 'server.stop(true); log(code)' },
    send: [frame('close')],
    lines: 1,
    gives: ['101 closed'],
  }),
  own(
    'pendingWebSockets',
    {
      send: [
        run(
          'const a = server.pendingWebSockets; ws.close(); return [a, server.pendingWebSockets, server.pendingRequests]',
        ),
      ],
      gives: ['101 closed', '101 open'],
    },
    2,
  ),
  own('reload() of handlers', {
    send: [
      run(
        'server.reload({ fetch: () => new Response("x"), websocket: { message(w, m) { w.send("new " + m); }, ping(w, m) { w.send("ping"); } } }); return 1',
      ),
      text('a') + frame('ping', 'p'),
      { frames: 3 },
    ],
  }),
  own('reload() without websocket', {
    send: [run('server.reload({ fetch: () => new Response("x") }); return 1'), run('return "old"')],
  }),
  own('reload() of a limit', {
    send: [
      run(
        'server.reload({ fetch: () => new Response("x"), websocket: { maxPayloadLength: 5, message(w, m) { w.send("got " + m); } } }); return 1',
      ),
      text('12345'),
      { frames: 1 },
    ],
  }),
  own('reload() of publishToSelf', {
    code: { open: 'ws.subscribe("t")' },
    send: [
      run(
        'const w = ws; const a = ws.publish("t", "a"); server.reload({ fetch: () => new Response("x"), websocket: { publishToSelf: true } }); return [a, w.publish("t", "b")]',
      ),
    ],
  }),
];

const BIG = 'const big = Buffer.alloc(512 * 1024, 1);';
const untilFull = `${BIG} let n = 0; while (n < 64 && ws.send(big) > 0) n++; const full = ws.send(big); let last = full, m = 0; while (last === -1 && m < 99) { last = ws.send(big); m++; }`;

/** A client that reads nothing until the log has a line. */
function slowly(name: string, code: string, more: Partial<SocketCase> = {}): DifferentialCase {
  const before = [{ awaitLogs: 1 }, { reads: true }, ...(more.send ?? [])];
  return socket({
    name,
    framesAside: true,
    ...more,
    send: [{ reads: false }, run(code), ...before],
  });
}

const DRAINED = {
  code: { drain: 'if (ws.getBufferedAmount() === 0) log("drained");' },
  lines: 1,
  send: [{ awaitLogs: 1 }],
};

const LIMITED = '{ backpressureLimit: 1024 * 1024 }';

const slow: readonly DifferentialCase[] = [
  slowly(
    'a client that does not read',
    `${untilFull} return [full, last, ws.getBufferedAmount() > 1024 * 1024]`,
    {
      websocket: LIMITED,
      ...DRAINED,
    },
  ),
  slowly(
    'no limit',
    `${BIG} let last, m = 0; do last = ws.send(big); while (last > 0); while (last === -1 && m < 9) { last = ws.send(big); m++; } return [last, m]`,
    {
      websocket: '{ backpressureLimit: 0 }',
      ...DRAINED,
    },
  ),
  slowly('close() with a backlog', `${untilFull} ws.close(4000); return ws.getBufferedAmount()`, {
    websocket: LIMITED,
    gives: '101 closed',
  }),
  slowly(
    'small ones to a client that does not read',
    `${untilFull} ws.subscribe("t"); return [ws.ping("p"), ws.pong("p"), ws.send(""), ws.send("x"), server.publish("t", "x"), ws.publish("t", "x"), ws.getBufferedAmount() > 1024 * 1024]`,
    {
      websocket: LIMITED,
      ...DRAINED,
    },
  ),
  slowly(
    'small ones to a client that is behind',
    `${BIG} ws.subscribe("t"); let last; do last = ws.send(big); while (last > 0); ws.send(big); ws.send(big); return [ws.ping("p"), ws.pong("p"), ws.send(""), ws.send("x"), server.publish("t", "x"), server.publish("none", "x")]`,
    DRAINED,
  ),
  slowly(
    'large ones published to a client that does not read',
    `${BIG} ws.subscribe("t"); let last; do last = server.publish("t", big); while (last > 0); do last = server.publish("t", big); while (last === -1); return last`,
    {
      websocket: LIMITED,
      ...DRAINED,
    },
  ),
  slowly(
    'a message beyond the limit at once',
    'return [ws.send("x".repeat(1000)), ws.send("x".repeat(100000)), ws.send("x")]',
    {
      websocket: '{ backpressureLimit: 10 }',
    },
  ),
];

export const cases: readonly DifferentialCase[] = [...throwing, ...options, ...lifecycle, ...slow];

// SPDX-License-Identifier: MIT
// Every member of ServerWebSocket: what it returns, what it refuses, what leaves.
import type { DifferentialCase } from '../case.js';
import { DEFLATE, evaluated, frame, run, socket, text, type SocketCase } from './socket.js';

/** What a method does with each list of arguments, one after the other. */
function calls(method: string, ...lists: readonly string[]): DifferentialCase {
  const tried = lists.map((list) => `() => ws.${method}(${list})`).join(', ');
  return evaluated(`${method}(${lists.join('), (')})`, `return tried(${tried})`);
}

/** The same on a socket that was closed before. */
function closed(method: string, ...lists: readonly string[]): DifferentialCase {
  const tried = lists.map((list) => `() => ws.${method}(${list})`).join(', ');
  return evaluated(
    `closed: ${method}(${lists.join('), (')})`,
    `ws.subscribe("t"); ws.close(); return tried(${tried})`,
    { gives: '101 closed' },
  );
}

const OTHERS = ['', 'undefined', 'null', '5', 'true', '{}', '[1, 2]', 'Symbol("s")', '10n'];
const BYTES = [
  'new Uint8Array([1, 2])',
  'new Uint8Array([1, 2, 3]).subarray(1)',
  'new Uint8Array([1, 2]).buffer',
  'new DataView(new ArrayBuffer(3), 1)',
  'new Uint16Array([258])',
  'Buffer.from("b")',
  'new SharedArrayBuffer(2)',
  'new Uint8Array(new SharedArrayBuffer(2))',
  'new Uint8Array(0)',
];
const COMPRESS = ['"a", true', '"a", false', '"a", undefined', '"a", null', '"a", 1', '"a", "x"'];

const sending: readonly DifferentialCase[] = [
  calls('send', '"text"', '"\\u00e9\\u20ac\\ud83d\\ude00"', '"\\ud800"', '""'),
  calls('send', ...OTHERS),
  calls('send', ...BYTES),
  calls('send', ...COMPRESS),
  calls('send', '{ toString() { throw new Error("no"); } }', 'new String("s")', 'new Date(0)'),
  calls('send', '() => 1', 'NaN', '-0'),
  calls('sendText', '"text"', '""', '"\\ud83d\\ude00"', ...OTHERS, 'Buffer.from("b")'),
  calls('sendText', ...COMPRESS),
  calls('sendBinary', ...BYTES, ...OTHERS, '"text"'),
  calls('sendBinary', 'Buffer.from("b"), true', 'Buffer.from("b"), null', 'Buffer.from("b"), 1'),
  evaluated('a long text', 'ws.send("x".repeat(70000))'),
  evaluated(
    'a text of 125, 126 and 65536 bytes',
    'return [125, 126, 65535, 65536].map((n) => ws.send("x".repeat(n)))',
  ),
  evaluated(
    'lone surrogates in long texts',
    'return [ws.send("\\ud800".repeat(200)), ws.send("\\u00e9".repeat(200))]',
  ),
  evaluated('a Blob', 'ws.send(new Blob(["blob"]))', {
    send: [run('ws.send(new Blob(["blob"]))'), { frames: 1 }],
  }),
  evaluated(
    'a detached buffer',
    'const b = new Uint8Array(4); structuredClone(b.buffer, { transfer: [b.buffer] }); return tried(() => ws.send(b), () => ws.send(b.buffer))',
  ),
  evaluated('sending in open', '1', {
    code: { open: 'log(ws.send("o"), ws.ping("p"), ws.readyState)' },
    lines: 1,
  }),
  calls('ping', '', '"p"', 'Buffer.from("b")', 'undefined', 'null', '""', 'new Uint8Array(125)'),
  calls('ping', '5', '{}', 'true', 'new Uint8Array(126)', '"x".repeat(126)', 'Symbol()'),
  calls('ping', '"\\u00e9".repeat(63)', '"\\u00e9".repeat(62)'),
  calls('pong', '', '"p"', 'Buffer.from("b")', 'undefined', 'null', '""', 'new Uint8Array(125)'),
  calls('pong', '5', '{}', 'true', 'new Uint8Array(126)', '"x".repeat(126)', 'Symbol()'),
];

function closing(call: string, more: Partial<SocketCase> = {}): DifferentialCase {
  return socket({
    name: `close: ${call}`,
    code: { close: 'log("closed", code, reason, ws.readyState)' },
    send: [run(`return tried(() => ${call}, () => ws.readyState)`)],
    gives: '101 closed',
    lines: 1,
    ...more,
  });
}

const REFUSED = { gives: '101 open', lines: 0 };

const closes: readonly DifferentialCase[] = [
  ...[
    'ws.close()',
    'ws.close(1000)',
    'ws.close(1000, "")',
    'ws.close(1000, "bye")',
    'ws.close(1001, "\\u00e9")',
    'ws.close(3000, "x")',
    'ws.close(4999, "x")',
    'ws.close(5000, "x")',
    'ws.close(999, "x")',
    'ws.close(0, "x")',
    'ws.close(1, "x")',
    'ws.close(1004, "x")',
    'ws.close(1005, "x")',
    'ws.close(1006, "x")',
    'ws.close(1007)',
    'ws.close(1015, "x")',
    'ws.close(65536 + 1000, "x")',
    'ws.close(1000.9, "x")',
    'ws.close(-1, "x")',
    'ws.close(undefined, "x")',
    'ws.close(1000, undefined)',
    'ws.close(1000, null)',
    'ws.close(1000, 5)',
    'ws.close(1000, {})',
    'ws.close(1000, "x".repeat(123))',
    'ws.close(1000, "x".repeat(124))',
    'ws.close(1000, "\\u00e9".repeat(62))',
    'ws.close(1000, "\\ud83d\\ude00".repeat(31))',
    'ws.close(NaN, "x")',
    'ws.close(Infinity, "x")',
    'ws.terminate()',
    'ws.terminate(1000)',
  ].map((call) => closing(call)),
  ...[
    'ws.close("1000")',
    'ws.close(null)',
    'ws.close({})',
    'ws.close(true)',
    'ws.close(1000n)',
  ].map((call) => closing(call, REFUSED)),
  closing('ws.close(1000, Symbol())', REFUSED),
  socket({
    name: 'close runs inside close()',
    code: { close: 'log("closed", code)' },
    send: [run('log("before"); ws.close(4000); log("after"); return ws.readyState')],
    lines: 3,
    gives: '101 closed',
  }),
  socket({
    name: 'close() in open',
    code: { open: 'ws.close(4001, "o"); log(ws.readyState)', close: 'log("closed", code, reason)' },
    lines: 2,
    gives: '101 closed',
  }),
  socket({
    name: 'terminate() in open',
    code: { open: 'ws.terminate(); log(ws.readyState)', close: 'log("closed", code, reason)' },
    lines: 2,
    gives: '101 closed',
  }),
  socket({
    name: 'close() in close',
    code: { close: 'ws.close(4002); ws.terminate(); log("closed", code, ws.readyState)' },
    send: [run('ws.close(4000)')],
    lines: 1,
    gives: '101 closed',
  }),
  socket({
    name: 'messages behind the one that closes',
    code: { message: 'log(message)' },
    send: [text('!ws.close(4000)') + text('a') + text('b')],
    gives: '101 closed',
    lines: 1,
  }),
  socket({
    name: 'the answer of the client to a close',
    code: { close: 'log(code, reason)' },
    send: [run('ws.close(4000, "server")'), { frames: 1 }, frame('close', Buffer.from([15, 161]))],
    gives: '101 closed',
    lines: 1,
  }),
  socket({
    name: 'close() behind what waits for a Blob',
    send: [run('ws.send(new Blob(["blob"])); ws.close(4000); return ws.readyState')],
    gives: '101 closed',
  }),
];

const LISTS = ['', '"t"', '""', '5', 'null', 'undefined', '{}'];
const topics: readonly DifferentialCase[] = [
  calls('subscribe', ...LISTS, '"t"'),
  calls('unsubscribe', ...LISTS),
  calls('isSubscribed', ...LISTS),
  calls('publish', '', '"t"', '"t", "m"', '"", "m"', '5, "m"', '"t", undefined', '"t", null'),
  calls('publish', '"t", 5', '"t", {}', '"t", "m", 1', '"t", "m", null', '"t", "m", true'),
  calls('publishText', '', '"t"', '"t", "m"', '"", "m"', '"t", 5', '"t", Buffer.from("b")'),
  calls(
    'publishBinary',
    '',
    '"t"',
    '"t", "m"',
    '"", Buffer.from("b")',
    '"t", Buffer.from("b")',
    '"t", 5',
  ),
  evaluated(
    'subscriptions',
    'const a = ws.subscriptions; ws.subscribe("b"); ws.subscribe("a"); ws.subscribe("b"); const b = ws.subscriptions; ws.unsubscribe("b"); return [a, [...b].sort(), ws.subscriptions, ws.subscriptions === ws.subscriptions]',
  ),
  evaluated(
    'topics that are not ASCII',
    'ws.subscribe("\\u00e9"); return [ws.isSubscribed("\\u00e9"), ws.subscriptions, server.subscriberCount("\\u00e9"), server.publish("\\u00e9", "x")]',
  ),
  evaluated(
    'a long topic',
    'ws.subscribe("t".repeat(5000)); return [ws.isSubscribed("t".repeat(5000)), ws.isSubscribed("t".repeat(4999))]',
  ),
];

const afterwards: readonly DifferentialCase[] = [
  closed('send', '"x"', '', 'undefined', '5', '"x", 1'),
  closed('sendText', '"x"', '', '5'),
  closed('sendBinary', 'Buffer.from("x")', '', '"x"'),
  closed('ping', '"x"', '5', 'new Uint8Array(126)'),
  closed('pong', '"x"', '5', 'new Uint8Array(126)'),
  closed('close', '', '4000', '"x"'),
  closed('terminate', ''),
  closed('subscribe', '"u"', '', '""', '5'),
  closed('unsubscribe', '"t"', '', '""', '5'),
  closed('isSubscribed', '"t"', '', '""', '5'),
  closed('publish', '"t", "m"', '', '"", "m"', '"t"'),
  closed('cork', '() => 5', ''),
  closed('getBufferedAmount', ''),
  evaluated(
    'closed: properties',
    'ws.subscribe("t"); ws.close(); return [ws.subscriptions, ws.remoteAddress, ws.readyState, ws.binaryType, typeof ws.data.id, String(ws)]',
    { gives: '101 closed' },
  ),
];

const values: readonly DifferentialCase[] = [
  evaluated(
    'properties',
    'return [ws.readyState, ws.binaryType, ws.remoteAddress, ws.subscriptions, ws.getBufferedAmount(), String(ws), Object.prototype.toString.call(ws)]',
  ),
  evaluated(
    'properties cannot be set',
    '"use strict"; return tried(() => { ws.readyState = 5; return ws.readyState; }, () => { ws.remoteAddress = "x"; return ws.remoteAddress; }, () => { ws.subscriptions = 5; return ws.subscriptions; }).map((v) => v instanceof Error ? v.name : v)',
  ),
  evaluated('data can be set', 'ws.data = { ...ws.data, more: 1 }; return ws.data.more'),
  evaluated(
    'cork',
    'return tried(() => ws.cork(() => 5), () => ws.cork((w) => w === ws), () => ws.cork(function () { return this === ws; }), () => ws.cork(() => { throw new Error("c"); }), () => ws.cork(async () => 1) instanceof Promise)',
  ),
  calls('cork', '', '5', 'null', '"x"', '{}'),
  evaluated(
    'cork inside cork',
    'return ws.cork(() => { ws.send("a"); ws.cork(() => ws.send("b")); ws.send("c"); return 1; })',
  ),
  evaluated(
    'close() inside cork',
    'return ws.cork(() => { ws.send("a"); ws.close(4000); return ws.send("b"); })',
    { gives: '101 closed' },
  ),
  evaluated(
    'terminate() inside cork',
    'return ws.cork(() => { ws.send("a"); ws.terminate(); return ws.send("b"); })',
    { gives: '101 closed' },
  ),
  evaluated('getBufferedAmount', 'ws.send("x".repeat(10)); return typeof ws.getBufferedAmount()'),
  evaluated(
    'the class',
    'return [typeof ws.constructor, Object.keys(ws).length, "send" in ws, Object.getPrototypeOf(ws) === Object.prototype]',
  ),
];

const TYPES = ['nodebuffer', 'arraybuffer', 'uint8array', 'buffer', 'blob'];
const binary: readonly DifferentialCase[] = [
  ...TYPES.map((type) =>
    socket({
      name: `binaryType ${type}`,
      code: { message: 'log(message)', ping: 'log(message)', pong: 'log(message)' },
      send: [
        run(`ws.binaryType = "${type}"; return ws.binaryType`),
        frame('binary', Buffer.from([1, 2])),
        frame('ping', 'p'),
        frame('pong', 'q'),
        frame('binary'),
        text('t'),
      ],
      lines: 5,
    }),
  ),
  evaluated(
    'binaryType of anything else',
    'return [...tried(...["x", 5, null, undefined, "ArrayBuffer", "Buffer", "Uint8Array", "Blob", ""].map((v) => () => { ws.binaryType = v; return ws.binaryType; })), ws.binaryType]',
  ),
];

const pausing: readonly DifferentialCase[] = [
  evaluated(
    'pause and resume',
    'const a = ws.isPaused; ws.pause(); const b = ws.isPaused; ws.resume(); return [a, b, ws.isPaused, ws.pause.length]',
  ),
  socket({
    name: 'nothing is handled while paused',
    code: { message: 'log(message)' },
    send: [
      text('!ws.pause(); setTimeout(() => { log("resume"); ws.resume(); }, 20); return "paused"') +
        text('a') +
        frame('ping', 'p') +
        text('b'),
    ],
    lines: 4,
    divergence: 'websocket-pause',
    ours: { gives: '101 open', log: ['"paused"', '"resume"', '"a"', '"b"'] },
  }),
  evaluated(
    'closed: pause',
    'ws.close(); return tried(() => ws.pause(), () => ws.resume(), () => ws.isPaused)',
    { gives: '101 closed' },
  ),
];

const compression: readonly DifferentialCase[] = [
  evaluated(
    'compressed: send and its kin',
    'const a = "a".repeat(50); return [ws.send(a), ws.send(a, true), ws.send(a, false), ws.sendText(a, true), ws.sendBinary(Buffer.from(a), true), ws.send("", true)]',
    {
      websocket: '{ perMessageDeflate: true }',
      headers: [DEFLATE],
    },
  ),
  evaluated(
    'compressed: publish and its kin',
    'const a = "a".repeat(50); ws.subscribe("t"); return [ws.publish("t", a), ws.publish("t", a, true), ws.publishText("t", a, true), ws.publishBinary("t", Buffer.from(a), true), server.publish("t", a), server.publish("t", a, false), server.publish("t", "x"), server.publish("t", "")]',
    {
      websocket: '{ perMessageDeflate: true, publishToSelf: true }',
      headers: [DEFLATE],
    },
  ),
  evaluated(
    'compressed: a window of its own',
    'const a = "abcdefghijklmnop".repeat(20); return [ws.send(a, true), ws.send(a, true), ws.send(a, true)]',
    {
      websocket: '{ perMessageDeflate: { compress: "dedicated", decompress: "dedicated" } }',
      headers: [DEFLATE],
    },
  ),
];

export const cases: readonly DifferentialCase[] = [
  ...sending,
  ...closes,
  ...topics,
  ...afterwards,
  ...values,
  ...binary,
  ...pausing,
  ...compression,
];

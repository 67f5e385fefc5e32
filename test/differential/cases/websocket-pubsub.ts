// SPDX-License-Identifier: MIT
// Topics over several sockets: who gets what, in which order, and what publishing returns.
import type { DifferentialCase } from '../case.js';
import { frame, run, sockets, text, type Run, type SocketCase } from './socket.js';
import type { Step } from '../case.js';

const MEMBER = {
  open: 'ws.subscribe("t"); own.n = (own.n ?? 0) + 1; ws.data.n = own.n; ws.subscribe("only" + own.n)',
};

/** Three sockets that hear the topic "t", and one each of their own. */
function three(name: string, code: string, more: Partial<SocketCase> = {}): DifferentialCase {
  return sockets(3, { name, code: MEMBER, send: [run(code)], ...more });
}

const SELF = { websocket: '{ publishToSelf: true }' };
const steps = (...list: (Step | Run)[]) => ({ send: list });

export const cases: readonly DifferentialCase[] = [
  three('ws.publish', 'ws.publish("t", "a")'),
  three('ws.publish with publishToSelf', 'ws.publish("t", "a")', SELF),
  three('server.publish', 'server.publish("t", "a")'),
  three(
    'to one of them',
    'return [server.publish("only2", "a"), ws.publish("only1", "b"), ws.publish("only3", "c")]',
  ),
  three(
    'to nobody',
    'return [server.publish("none", "a"), ws.publish("none", "b"), ws.publish("only1", "c")]',
  ),
  three(
    'text and binary',
    'return [server.publish("t", "a"), server.publish("t", Buffer.from("b")), server.publish("t", new ArrayBuffer(2)), server.publish("t", "")]',
  ),
  three(
    'other values',
    'return tried(...[5, true, {}, null, undefined, Symbol("s"), [1, 2]].map((v) => () => server.publish("t", v)))',
  ),
  three(
    'other topics',
    'return tried(...[5, true, {}, null, undefined, "", ["t"]].map((v) => () => server.publish(v, "m")))',
  ),
  three(
    'compress of anything',
    'return tried(...[1, null, undefined, "x", {}].map((v) => () => server.publish("t", "m", v)))',
  ),
  three(
    'subscriberCount',
    'const a = server.subscriberCount("t"); ws.unsubscribe("t"); return [a, server.subscriberCount("t"), server.subscriberCount("only2"), server.subscriberCount("none"), server.subscriberCount("")]',
  ),
  three(
    'several topics in order',
    'ws.publish("t", "1"); ws.publish("only2", "2"); ws.publish("t", "3"); server.publish("only3", "4"); return 1',
  ),
  three(
    'publish, then send',
    'server.publish("t", "a"); ws.send("b"); server.publish("t", "c"); ws.send("d"); return 1',
  ),
  three(
    'publish from a closed socket',
    'ws.close(); return [ws.publish("t", "a"), server.publish("t", "b"), server.subscriberCount("t")]',
    { gives: ['101 closed', '101 open', '101 open'] },
  ),
  three('publish in close', '1', {
    code: {
      ...MEMBER,
      close:
        'log(ws.publish("t", "gone"), ws.subscriptions, ws.isSubscribed("t"), server.subscriberCount("t"))',
    },
    send: [frame('close')],
    lines: 1,
    gives: ['101 closed', '101 open', '101 open'],
  }),
  three('subscribe in close', '1', {
    code: { ...MEMBER, close: 'log(ws.subscribe("x"), server.subscriberCount("x"))' },
    send: [frame('close')],
    lines: 1,
    gives: ['101 closed', '101 open', '101 open'],
  }),
  three(
    'unsubscribed, then published',
    'ws.unsubscribe("t"); return [server.publish("t", "a"), ws.publish("t", "b")]',
  ),
  three(
    'published, then unsubscribed and subscribed',
    'server.publish("t", "a"); ws.unsubscribe("t"); ws.subscribe("t"); server.publish("t", "b"); return 1',
  ),
  three('a message of each', '1', {
    send: [
      { send: text('!ws.publish("t", "one")'), on: 0 },
      { frames: 1, on: 1 },
      { frames: 1, on: 2 },
      { send: text('!ws.publish("t", "two")'), on: 1 },
      { frames: 1, on: 0 },
      { frames: 2, on: 2 },
    ],
    lines: 2,
  }),
  three('a client that has left', '1', {
    send: [
      { halfClose: true, on: 2 },
      { ended: true, on: 2 },
      run(
        'return [server.publish("t", "a"), server.subscriberCount("t"), server.pendingWebSockets]',
      ),
    ],
    options: '{ id: "left" }',
    gives: ['101 open', '101 open', '101 closed'],
  }),
  three(
    'publish inside cork',
    'return ws.cork(() => { ws.publish("t", "a"); ws.send("b"); return server.publish("t", "c"); })',
  ),
  three(
    'publishText and publishBinary',
    'return [ws.publishText("t", "a"), ws.publishBinary("t", Buffer.from("b")), ws.publishText("none", "a")]',
  ),
  three(
    'a Blob',
    'ws.publish("t", new Blob(["b"]))',
    steps(
      run('return [server.publish("t", new Blob(["a"])), server.publish("none", new Blob(["a"]))]'),
    ),
  ),
  three('a large message', 'server.publish("t", "x".repeat(100000))'),
  three(
    'a hundred messages',
    'for (let i = 0; i < 100; i++) server.publish("t", String(i)); return 1',
  ),
  three(
    'a topic that is not ASCII',
    'ws.subscribe("é\\u20ac"); return [server.publish("é\\u20ac", "a"), server.subscriberCount("é\\u20ac")]',
  ),
  three(
    'a topic with wildcards is a name',
    'ws.subscribe("a/#"); ws.subscribe("+"); return [server.publish("a/b", "x"), server.publish("a", "x"), server.publish("a/#", "y")]',
  ),
  three(
    'a binary with an offset',
    'server.publish("t", new Uint8Array([1, 2, 3, 4]).subarray(1, 3))',
  ),
  three(
    'bytes that change afterwards',
    'const b = Buffer.from("abc"); server.publish("t", b); b[0] = 120; return 1',
  ),
  three(
    'one socket closes another in the turn of the publish',
    'own.first ??= ws; server.publish("t", "a"); own.first.close(4000); server.publish("t", "b"); return 1',
    {
      gives: ['101 closed', '101 open', '101 open'],
    },
  ),
];

// SPDX-License-Identifier: MIT
// In which order what a server sends, publishes and says about the connection leaves.
import type { DifferentialCase } from '../case.js';
import { evaluated } from './socket.js';

const SUBSCRIBED = { code: { open: 'ws.subscribe("t")' } };

function order(name: string, code: string, more = {}): DifferentialCase {
  return evaluated(name, code, { ...SUBSCRIBED, ...more });
}

const OPTIONS = { websocket: '{ publishToSelf: true }' };

export const cases: readonly DifferentialCase[] = [
  order('publish, ping', 'server.publish("t", "a"); ws.ping("p"); return 1'),
  order('publish, pong', 'server.publish("t", "a"); ws.pong("p"); return 1'),
  order('publish, close', 'server.publish("t", "a"); ws.close(4000, "bye"); return 1', {
    gives: '101 closed',
  }),
  order('publish, terminate', 'server.publish("t", "a"); ws.terminate(); return 1', {
    gives: '101 closed',
  }),
  order('publish, send', 'server.publish("t", "a"); ws.send("b"); return 1'),
  order('send, publish', 'ws.send("b"); server.publish("t", "a"); return 1'),
  order('send, publish, send', 'ws.send("b"); server.publish("t", "a"); ws.send("c"); return 1'),
  order(
    'publish, ping, publish, ping',
    'server.publish("t", "a"); ws.ping("p"); server.publish("t", "b"); ws.ping("q"); return 1',
  ),
  order('publish, unsubscribe', 'server.publish("t", "a"); ws.unsubscribe("t"); return 1'),
  order(
    'publish, unsubscribe, send',
    'server.publish("t", "a"); ws.unsubscribe("t"); ws.send("b"); return 1',
  ),
  order(
    'publish to itself, ping, send',
    'ws.publish("t", "a"); ws.ping("p"); ws.send("b"); return 1',
    OPTIONS,
  ),
  order(
    'publish inside cork',
    'ws.cork(() => { server.publish("t", "a"); ws.send("b"); }); return 1',
  ),
  order(
    'publish of three topics',
    'ws.subscribe("u"); server.publish("u", "1"); server.publish("t", "2"); server.publish("u", "3"); return 1',
  ),
  order(
    'a binary and a text',
    'server.publish("t", new Uint8Array([1, 2])); server.publish("t", "a"); ws.sendBinary(new Uint8Array([3])); return 1',
  ),
];

// SPDX-License-Identifier: MIT
// Clients that send a byte of their request now and then, beside one that behaves: what it notices,
// and when the others are gone. Options: attackers=1000 seconds=14 limit=50 (ms).
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { soaking } from './lib/soak.mjs';

const HEAD = 'GET / HTTP/1.1\r\nHost: soak\r\nX-Slow: ';
const BODY = 'POST /read HTTP/1.1\r\nHost: soak\r\nContent-Length: 1000000\r\n\r\n';

/** Drips until it is closed; tells when. Every other one drips a body instead of a head. */
function attack(port, index, closed) {
  const socket = connect({ port, host: '127.0.0.1' });
  const began = performance.now();
  let timer;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(timer);
    closed.push((performance.now() - began) / 1000);
  });
  socket.on('connect', () => {
    socket.write(index % 2 === 0 ? HEAD.slice(0, 5 + (index % 30)) : BODY);
    timer = setInterval(() => socket.write('x'), 500 + (index % 500));
  });
  return socket;
}

/** Requests one after the other on one connection; the latency of each in ms. */
async function behave(port, until) {
  const latencies = [];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  while (performance.now() < until) {
    const began = performance.now();
    socket.write('GET / HTTP/1.1\r\nHost: soak\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    latencies.push(performance.now() - began);
    await pause(2);
  }
  socket.destroy();
  return latencies.sort((a, b) => a - b);
}

export const run = () =>
  soaking(
    '1,000 clients that drip their requests, and the latency of a normal one',
    async (soak) => {
      const attackers = soak.option('attackers', 1000);
      const seconds = soak.option('seconds', 14);
      const limit = soak.option('limit', 50);
      const server = await soak.serve();
      await behave(server.port, performance.now() + 500);
      const before = await server.counters();
      const closed = [];
      const sockets = [];
      for (let i = 0; i < attackers; i++) {
        sockets.push(attack(server.port, i, closed));
        if (i % 100 === 99) await pause(10);
      }
      await pause(500);
      const during = await server.glance();
      const latencies = await behave(server.port, performance.now() + seconds * 1000);
      const at = (part) =>
        latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))];
      soak.figure('requests of the normal client', latencies.length);
      soak.figure('median', `${at(0.5).toFixed(2)} ms`);
      soak.check(
        `99th percentile below ${limit} ms`,
        `${at(0.99).toFixed(2)} ms`,
        at(0.99) < limit,
      );
      soak.figure('longest', `${at(1).toFixed(2)} ms`);
      soak.figure('attackers at the same time', during.fds - before.fds);
      closed.sort((a, b) => a - b);
      const last = closed.at(-1) ?? 0;
      const first = closed[0] ?? 0;
      soak.check(
        'attackers that were closed',
        `${closed.length} of ${attackers}`,
        closed.length === attackers,
      );
      soak.check('first and last after', `${first.toFixed(1)} and ${last.toFixed(1)} s`, last < 13);
      for (const socket of sockets) socket.destroy();
      soak.checkBaseline(before, await server.counters(), 16);
    },
  );

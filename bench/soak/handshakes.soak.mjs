// SPDX-License-Identifier: MIT
// Clients that say hello and never finish their handshake, all at once and again and again, beside
// one that behaves: what it notices on its open connection, and when it comes anew.
// Options: attackers=5000 seconds=15 limit=100 (ms).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { soaking } from './lib/soak.mjs';

const program = fileURLToPath(new URL('lib/half-open.mjs', import.meta.url));

function certificate(folder) {
  const files = { SOAK_TLS_KEY: join(folder, 'key.pem'), SOAK_TLS_CERT: join(folder, 'cert.pem') };
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=a'];
  const out = ['-keyout', files.SOAK_TLS_KEY, '-out', files.SOAK_TLS_CERT];
  execFileSync('openssl', ['req', '-x509', ...kind, ...out], { stdio: 'ignore' });
  return files;
}

async function open(port) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  socket.setNoDelay(true);
  return socket;
}

/** Requests one after the other on one connection; the latency of each in ms. */
async function behave(socket, until) {
  const latencies = [];
  while (performance.now() < until) {
    const began = performance.now();
    socket.write('GET / HTTP/1.1\r\nHost: soak\r\n\r\n');
    await new Promise((resolve, reject) => {
      socket.once('data', resolve).once('error', reject);
    });
    socket.removeAllListeners('error');
    latencies.push(performance.now() - began);
    await pause(2);
  }
  return latencies.sort((a, b) => a - b);
}

/** New connections, one after the other. */
async function arrive(port, until) {
  const latencies = [];
  while (performance.now() < until) {
    const began = performance.now();
    const socket = await open(port);
    latencies.push(performance.now() - began);
    socket.destroy();
    await pause(100);
  }
  return latencies.sort((a, b) => a - b);
}

const at = (list, part) => list[Math.min(list.length - 1, Math.floor(list.length * part))];

export const run = () =>
  soaking('half-open handshakes, and the latency of a normal client', async (soak) => {
    const attackers = soak.option('attackers', 5000);
    const seconds = soak.option('seconds', 15);
    const limit = soak.option('limit', 100);
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-soak-'));
    const server = await soak.serve(certificate(folder));
    const socket = await open(server.port);
    await behave(socket, performance.now() + 500);
    const before = await server.glance();
    const storm = spawn(process.execPath, [program, server.port, attackers], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let came = 0;
    storm.stdout.on('data', (text) => (came = Number(String(text).trim().split('\n').at(-1))));
    const ended = new Promise((resolve) => storm.once('exit', resolve));
    try {
      const until = performance.now() + seconds * 1000;
      const [latencies, arrivals] = await Promise.all([
        behave(socket, until),
        arrive(server.port, until),
      ]);
      const during = await server.glance();
      soak.figure('hellos of the attackers', came);
      soak.check(
        'attackers at the same time',
        during.fds - before.fds,
        during.fds - before.fds >= attackers,
      );
      soak.figure('requests of the normal client', latencies.length);
      soak.figure('median', `${at(latencies, 0.5).toFixed(2)} ms`);
      const high = at(latencies, 0.99);
      soak.check(`99th percentile below ${limit} ms`, `${high.toFixed(2)} ms`, high < limit);
      soak.figure('longest', `${at(latencies, 1).toFixed(2)} ms`);
      soak.figure('new connections meanwhile', arrivals.length);
      soak.figure('their handshakes, median', `${at(arrivals, 0.5).toFixed(2)} ms`);
      soak.figure('the longest', `${at(arrivals, 1).toFixed(2)} ms`);
      const growth = (during.rss - before.rss) / attackers / 1024;
      soak.figure('memory for each half-open one', `${growth.toFixed(1)} KiB`);
    } finally {
      storm.stdin.end();
      await ended;
      socket.destroy();
      rmSync(folder, { recursive: true });
    }
    const after = await server.counters();
    soak.check('descriptors as before', `${before.fds} / ${after.fds}`, after.fds <= before.fds);
    soak.check('pending requests', after.pending, after.pending === 0);
  });

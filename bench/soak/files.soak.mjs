// SPDX-License-Identifier: MIT
// A file of 3 GiB arrives as it is, over TCP and over a unix socket; clients that leave in the middle
// of it leave nothing behind; and many of them at once do not keep the event loop waiting.
// Options: mib=3072 clients=1000 transfers=64.
import { spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soaking } from './lib/soak.mjs';

const MIB = 2 ** 20;
const PIECE = 64 * 1024;

/** A sparse file with pieces of random bytes, at its end and wherever else they fall. */
function makeFile(path, size) {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, size);
  const piece = Buffer.alloc(PIECE);
  const places = [0, size - PIECE, 2 ** 31 - PIECE / 2, 2 ** 32 - PIECE / 2];
  for (let i = 0; i < 60; i++) places.push(Math.floor((size * i) / 61));
  for (const place of places.filter((at) => at + PIECE <= size)) {
    writeSync(fd, randomFillSync(piece), 0, PIECE, place);
  }
  closeSync(fd);
}

/** The digest that `command` prints first. */
function digest(command) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('close', (code) => {
      if (code === 0) resolve(output.split(' ')[0]);
      else reject(new Error(`${command} ended with ${code}`));
    });
  });
}

async function arrives(soak, name, url, flags, expected) {
  const began = performance.now();
  const found = await digest(`curl -sSf ${flags} ${url} | sha256sum`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  soak.check(`SHA-256 ${name}, ${seconds} s`, found.slice(0, 16), found === expected);
}

const request = (path) => `GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`;

/** A client that takes `bytes` of the response and leaves; resolves when its socket is gone. */
function leaves(port, path, bytes, reset) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request(path)));
    let taken = 0;
    socket.on('data', (data) => {
      taken += data.length;
      if (taken < bytes) return;
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', resolve);
  });
}

/** Takes whatever comes for `seconds`. */
function takes(port, path, seconds) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request(path)));
    let taken = 0;
    socket.on('data', (data) => (taken += data.length));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(taken));
    setTimeout(() => socket.destroy(), seconds * 1000);
  });
}

async function leaving(soak, server, count) {
  const sizes = [1, PIECE, MIB, 8 * MIB];
  const round = async (many) => {
    for (let left = many; left > 0; left -= 100) {
      soak.progress(`${left} clients left`);
      await Promise.all(
        Array.from({ length: Math.min(100, left) }, (_, i) =>
          leaves(server.port, i % 2 ? '/file' : '/route', sizes[i % 4], i % 3 === 0),
        ),
      );
    }
  };
  await round(count / 10);
  const before = await server.counters();
  await round(count);
  soak.figure('clients that left in the middle', count);
  soak.checkBaseline(before, await server.counters(), 32);
}

/** While a hundred small requests are answered one by one, others take all they can get. */
async function undisturbed(soak, server, transfers) {
  await server.tell('watch');
  const before = await server.glance();
  const taking = Array.from({ length: transfers }, () => takes(server.port, '/file', 5));
  const busy = await new Promise((resolve) => setTimeout(() => resolve(server.glance()), 2000));
  const taken = await Promise.all(taking);
  const { max, p99 } = await server.tell('delay');
  const least = Math.min(...taken) / MIB;
  soak.figure(`${transfers} transfers, MiB each`, `${least.toFixed(0)} at least`);
  soak.check(
    'descriptors: two a transfer',
    busy.fds - before.fds,
    busy.fds - before.fds <= 2 * transfers + 2,
  );
  soak.figure('event loop delay, longest', `${max.toFixed(1)} ms`);
  soak.check('event loop delay, p99 below 20 ms', `${p99.toFixed(1)} ms`, p99 < 20);
  soak.check('every client got its share', `${least.toFixed(1)} MiB`, least > 1);
}

export const run = () =>
  soaking('a file of 3 GiB: whole, in the middle of it, and many at once', async (soak) => {
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-soak-'));
    try {
      const file = join(folder, 'large.bin');
      const path = join(folder, 'socket');
      makeFile(file, soak.option('mib', 3072) * MIB);
      const expected = await digest(`sha256sum ${file}`);
      const server = await soak.serve({ SOAK_FILE: file });
      const local = await soak.serve({ SOAK_FILE: file, SOAK_UNIX: path });
      const url = `http://127.0.0.1:${server.port}`;
      await arrives(soak, 'over TCP', `${url}/file`, '', expected);
      await arrives(soak, 'over TCP, route', `${url}/route`, '', expected);
      const flags = `--unix-socket ${path}`;
      await arrives(soak, 'over a unix socket', 'http://soak/file', flags, expected);
      await leaving(soak, server, soak.option('clients', 1000));
      await undisturbed(soak, server, soak.option('transfers', 64));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

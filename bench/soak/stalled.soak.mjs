// SPDX-License-Identifier: MIT
// Clients that ask for a stream of 1 GiB and stop reading: the producer pauses, memory stays flat,
// and when they go on all of it arrives. Options: mib=1024 readers=4 seconds=5.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { soaking } from './lib/soak.mjs';

/** Reads nothing after the first bytes until it is told to. */
class Reader {
  bytes = 0;
  #socket;

  static async begin(port, size) {
    const reader = new Reader();
    reader.#socket = connect({ port, host: '127.0.0.1' });
    reader.#socket.on('error', () => undefined);
    reader.#socket.write(`GET /stream/${size} HTTP/1.0\r\nHost: soak\r\n\r\n`);
    await new Promise((resolve) => reader.#socket.once('readable', resolve));
    return reader;
  }

  /** Reads to the end; bytes of head and body. */
  finish() {
    this.#socket.on('data', (data) => (this.bytes += data.length));
    return new Promise((resolve) => this.#socket.once('close', resolve));
  }

  leave() {
    this.#socket.destroy();
  }
}

/** Resolves when the producer makes nothing more. */
async function untilPaused(server) {
  for (let last = -1; ;) {
    const { pulled } = await server.glance();
    if (pulled === last) return;
    last = pulled;
    await pause(500);
  }
}

export const run = () =>
  soaking('1 GiB streams to readers that stop reading', async (soak) => {
    const size = soak.option('mib', 1024) * 2 ** 20;
    const count = soak.option('readers', 4);
    const seconds = soak.option('seconds', 5);
    const server = await soak.serve({ SOAK_IDLE: '0' });
    // Everything is loaded and has been used once.
    await (await Reader.begin(server.port, 2 ** 25)).finish();
    const before = await server.counters();
    const readers = [];
    for (let i = 0; i < count; i++) readers.push(await Reader.begin(server.port, size));
    await untilPaused(server);
    const paused = await server.glance();
    let peak = paused.rss;
    for (let second = 0; second < seconds; second++) {
      await pause(1000);
      peak = Math.max(peak, (await server.glance()).rss);
    }
    const later = await server.glance();
    const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    const made = later.pulled - before.pulled;
    soak.figure('produced for each stalled reader', mib(made / count));
    soak.check(
      'nothing more while they stall',
      mib(later.pulled - paused.pulled),
      later.pulled === paused.pulled,
    );
    soak.check(
      `RSS of ${count} stalled readers, 16 MiB each`,
      mib(peak - before.rss),
      peak - before.rss < count * 16 * 2 ** 20,
    );
    const [first, ...others] = readers;
    const began = performance.now();
    await first.finish();
    const ms = performance.now() - began;
    soak.check(
      'one goes on and gets all of it',
      `${mib(first.bytes)} in ${(ms / 1000).toFixed(1)} s`,
      first.bytes > size && first.bytes < size + 1000,
    );
    for (const reader of others) reader.leave();
    const after = await server.counters();
    soak.checkBaseline(before, after, 16);
  });

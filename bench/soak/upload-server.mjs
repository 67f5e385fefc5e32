// SPDX-License-Identifier: MIT
//
// The server of upload.soak.mjs: reads one upload the way it is told and reports its own memory.
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Response, serve } from 'bunserve';

const [way, size] = process.argv.slice(2);
const rss = () => process.memoryUsage.rss() / 1024 / 1024;

const reads = {
  async 'for-await'(body, count) {
    for await (const piece of body) count(piece.length);
  },
  /** A pause of a millisecond after each piece. */
  async slow(body, count) {
    for await (const piece of body) {
      count(piece.length);
      await sleep(1);
    }
  },
  async 'to-disk'(body, count) {
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-soak-'));
    const file = join(folder, 'upload');
    await pipeline(Readable.fromWeb(body), createWriteStream(file));
    count(statSync(file).size);
    rmSync(folder, { recursive: true });
  },
  async byob(body, count) {
    const reader = body.getReader({ mode: 'byob' });
    let memory = new ArrayBuffer(64 * 1024);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(memory));
      if (done) return;
      count(value.length);
      memory = value.buffer;
    }
  },
};

const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  maxRequestBodySize: Number(size),
  async fetch(request) {
    if (request.method === 'GET') return new Response('warm');
    const base = rss();
    let peak = base;
    const sample = setInterval(() => (peak = Math.max(peak, rss())), 10);
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    let bytes = 0;
    let pieces = 0;
    await reads[way](request.body, (length) => {
      bytes += length;
      pieces++;
    });
    const ms = Math.round(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = Math.round((user + system) / 1000);
    clearInterval(sample);
    peak = Math.max(peak, rss());
    process.send({ bytes, pieces, base, peak, ms, cpuMs });
    return new Response('done');
  },
});
process.send({ port: server.port });

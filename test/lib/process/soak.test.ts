// SPDX-License-Identifier: MIT
// Thousands of connections that end in every way there is: afterwards the server's process has no
// descriptor, request or memory more than before.
import { RawClient } from '../../helpers/raw-client.js';
import { get, post } from '../../helpers/with-server.js';
import { startProgram } from './program.js';

const ROUNDS = 40;

const PROGRAM = `
  import { readdirSync } from 'node:fs';
  import { serve, Response } from 'bunserve';
  const large = new Uint8Array(4e6);
  const server = serve({
    port: 0, hostname: '127.0.0.1', development: false, idleTimeout: 0,
    routes: {
      '/static': new Response('x'.repeat(3e6)),
      '/large': () => new Response(large),
      '/string': () => new Response('y'.repeat(3e6)),
      '/wait': (req) => new Promise((_, reject) => req.signal.addEventListener('abort', () => reject(req.signal.reason))),
      '/forget': () => new Promise(() => {}),
      '/read': async (req) => new Response(String((await req.bytes()).length)),
      '/json': async (req) => Response.json(await req.json()),
      '/fail': () => { throw new Error('x'); },
    },
    error: () => new Response('error', { status: 500 }),
  });
  report(server.port);
  const counters = async () => {
    // Whatever the last clients left behind is seen within a few turns.
    while (server.pendingRequests > 0) await new Promise((resolve) => setImmediate(resolve));
    server.closeIdleConnections();
    for (let i = 0; i < 4; i++) { await new Promise((resolve) => setImmediate(resolve)); gc(); }
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return { rss, heapUsed, external, arrayBuffers, fds: readdirSync('/proc/self/fd').length, pending: server.pendingRequests };
  };
  await commanded('first');
  report(await counters());
  await commanded('second');
  report(await counters());
  await commanded('stop');
  await server.stop(true);
`;

interface Counters {
  rss: number;
  heapUsed: number;
  external: number;
  arrayBuffers: number;
  fds: number;
  pending: number;
}

const body = 'b'.repeat(300_000);
const chunked = 'POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What a client sends, and how many answers it waits for before it leaves. */
const lives: [string, number][] = [
  [get('/static'), 0],
  [get('/static'), 1],
  [get('/large') + get('/static'), 0],
  [get('/large'), 1],
  [get('/string') + get('/string'), 0],
  [get('/wait'), 0],
  [get('/wait') + get('/fail'), 0],
  [get('/forget'), 0],
  [get('/fail').repeat(5), 5],
  [post('/read', body), 1],
  [post('/read', body).slice(0, -1), 0],
  [post('/json', body), 1],
  [post('/json', '{"a":1}').slice(0, -1), 0],
  [`${chunked}5\r\nabcde\r\n`, 0],
  [`${chunked}5\r\nabcde\r\nzz\r\n`, 1],
  ['GET / HTTP/1.1\r\nHost:', 0],
  ['garbage\r\n\r\n', 1],
  ['', 0],
];

async function live(port: number, [send, answers]: [string, number]): Promise<void> {
  const client = await RawClient.connect({ port });
  await client.write(send);
  await client.untilMessages(answers);
  client.destroy();
}

async function rounds(port: number, count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    await Promise.all(lives.map((life) => live(port, life)));
  }
}

test('memory, descriptors and requests come back to where they were', async () => {
  const program = startProgram(PROGRAM, { flags: ['--expose-gc'] });
  try {
    const port = await program.next<number>();
    await rounds(port, ROUNDS / 2);
    program.command('first');
    const before = await program.next<Counters>();
    await rounds(port, ROUNDS);
    program.command('second');
    const after = await program.next<Counters>();
    expect([before.pending, after.pending]).toEqual([0, 0]);
    expect(after.fds).toBeLessThanOrEqual(before.fds);
    // One body left behind per round would be 12 MB in each of these.
    expect(after.external - before.external).toBeLessThan(8e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(4e6);
    expect(after.rss - before.rss).toBeLessThan(64e6);
    program.command('stop');
    expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
  } finally {
    program.kill();
  }
});

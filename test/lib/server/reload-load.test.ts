// SPDX-License-Identifier: MIT
// Ten thousand reloads while clients keep asking: no request fails, and no table, handle or
// descriptor is left over. The server has a process of its own, so that its memory is its own.
import { RawClient } from '../../helpers/raw-client.js';
import { get, text } from '../../helpers/with-server.js';
import { startProgram } from '../process/program.js';

const RELOADS = 10_000;
const CLIENTS = 8;
const PIPELINED = 8;

const program = `
  import { readdirSync } from 'node:fs';
  import { serve, Response } from 'bunserve';

  let handled = 0;
  const padding = 'x'.repeat(2048);
  function table(n) {
    const routes = {};
    for (let i = 0; i < 20; i++) routes['/r' + i + '/:a/:b'] = () => new Response('r');
    return {
      routes: {
        ...routes,
        '/static': new Response('static ' + padding),
        '/sync': () => { handled++; return new Response('sync ' + n); },
        '/async/:id': async (req) => { await null; return new Response('async ' + req.params.id); },
      },
      fetch: () => new Response('fetch'),
      error: () => new Response('error', { status: 500 }),
    };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const counters = () => {
    for (let i = 0; i < 3; i++) gc();
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const fds = readdirSync('/proc/self/fd').length;
    return { rss, heapUsed, external, arrayBuffers, fds, handles: process.getActiveResourcesInfo().length };
  };
  const server = serve({ port: 0, hostname: '127.0.0.1', development: false, ...table(0) });
  report({ port: server.port });
  await commanded('go');
  async function reload(times) {
    const before = handled;
    for (let n = 1; n <= times; n++) {
      server.reload(table(n));
      if (n % 4 === 0) await turn();
      // Tables meet requests, however seldom the clients have the processor.
      while (handled - before < n / 40) await turn();
    }
    await turn();
  }
  // The first thousand bring caches, code and allocators to their size.
  await reload(1000);
  const before = counters();
  await reload(${RELOADS});
  report({ before, after: counters() });
  await commanded('stop');
  await server.stop();
  report({ pending: server.pendingRequests, resources: process.getActiveResourcesInfo() });
`;

interface Counters {
  rss: number;
  heapUsed: number;
  external: number;
  arrayBuffers: number;
  fds: number;
  handles: number;
}

const paths = ['/static', '/sync', '/async/a%20b', '/none', '/r7/1/2', '/static', '/sync', '/x'];
const expected = [
  /^static x{2048}$/,
  /^sync \d+$/,
  /^async a b$/,
  /^fetch$/,
  /^r$/,
  /^static /,
  /^sync /,
  /^fetch$/,
];

/** Asks until told to stop; returns the number of right answers. */
async function ask(port: number, isDone: () => boolean): Promise<number> {
  const requests = paths.map((path) => get(path)).join('');
  let answered = 0;
  while (!isDone()) {
    // A connection of its own for every hundred: new ones must find the newest table too.
    const client = await RawClient.connect({ port });
    for (let round = 0; round < 100 && !isDone(); round++) {
      const first = client.messages.length;
      await client.write(requests);
      await client.untilMessages(first + PIPELINED);
      const answers = client.messages.slice(first);
      expect(client.reader.fault).toBeNull();
      expect(answers.map((message) => message.status)).toEqual(Array(PIPELINED).fill(200));
      answers.forEach((message, i) => expect(text(message)).toMatch(expected[i] as RegExp));
      answered += answers.length;
    }
    client.destroy();
  }
  return answered;
}

test('10,000 reloads under load', async () => {
  const child = startProgram(program, { flags: ['--expose-gc'] });
  try {
    const { port } = await child.next<{ port: number }>();
    let done = false;
    const asking = Promise.all(Array.from({ length: CLIENTS }, () => ask(port, () => done)));
    child.command('go');
    const { before, after } = await child.next<{ before: Counters; after: Counters }>();
    done = true;
    const answered = (await asking).reduce((sum, count) => sum + count, 0);
    expect(answered).toBeGreaterThan(RELOADS / 10);
    // One table left behind per reload would be 100 MB and more.
    expect(after.rss - before.rss).toBeLessThan(24e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(2e6);
    expect(after.external - before.external).toBeLessThan(1e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
    // Each client may be between two connections; tables have neither descriptors nor handles.
    expect(after.fds).toBeLessThanOrEqual(before.fds + 2 * CLIENTS);
    expect(after.handles).toBeLessThanOrEqual(before.handles + 1);
    child.command('stop');
    const end = await child.next<{ pending: number; resources: string[] }>();
    expect(end.pending).toBe(0);
    expect(await child.exit()).toMatchObject({ code: 0, stderr: '' });
  } finally {
    child.kill();
  }
});

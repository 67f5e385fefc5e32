// SPDX-License-Identifier: MIT
// A process that is told to end while a thousand requests are under way, and one that runs out of
// descriptors.
import { RawClient } from '../../helpers/raw-client.js';
import { get, text } from '../../helpers/with-server.js';
import { startProgram, Program } from './program.js';

const clients: RawClient[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

async function open(port: number, count: number): Promise<RawClient[]> {
  const opened: RawClient[] = [];
  // Not all at once: the queue of a listening socket is finite.
  for (let i = 0; i < count; i++) opened.push(await RawClient.connect({ port }));
  clients.push(...opened);
  return opened;
}

test('SIGTERM, answered by stop(): a thousand requests under way are all answered', async () => {
  const count = 1000;
  const program = startProgram(`
    import { serve, Response } from 'bunserve';
    let entered = 0;
    const server = serve({ port: 0, hostname: '127.0.0.1', development: false, idleTimeout: 0, async fetch(request) {
      if (++entered === ${count}) report('all');
      await commanded('go');
      return new Response(new URL(request.url).pathname);
    } });
    process.on('SIGTERM', async () => {
      const stopped = server.stop();
      report('stopping');
      await stopped;
      report(['stopped', server.pendingRequests]);
    });
    report(server.port);
  `);
  try {
    const all = await open(await program.next<number>(), count);
    await Promise.all(all.map((client, i) => client.write(get(`/${i}`))));
    expect(await program.next()).toBe('all');
    process.kill(program.pid, 'SIGTERM');
    expect(await program.next()).toBe('stopping');
    program.command('go');
    await Promise.all(all.map((client) => client.untilEnd()));
    expect(all.map((client) => client.messages.map(text))).toEqual(all.map((_, i) => [`/${i}`]));
    expect(all.every((client) => client.ending === 'closed')).toBe(true);
    expect(await program.next()).toEqual(['stopped', 0]);
    expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
  } finally {
    program.kill();
  }
});

test('without descriptors those who are connected are served, the others when some leave', async () => {
  const code = `
    import { readdirSync } from 'node:fs';
    import { serve, Response } from 'bunserve';
    const server = serve({ port: 0, hostname: '127.0.0.1', development: false, idleTimeout: 0, routes: {
      '/full': () => { try { readdirSync('/'); return new Response('no'); } catch (error) { return new Response(error.code); } },
      '/*': () => new Response('ok'),
    } });
    console.log(server.port);
    process.stdin.once('data', () => server.stop(true)).unref();
  `;
  const limited = ['-c', 'ulimit -n 200; exec "$0" "$@"', process.execPath];
  const program = new Program([...limited, '--input-type=module', '--eval', code], {
    node: '/bin/sh',
  });
  try {
    const port = await program.next<number>();
    const all = await open(port, 300);
    const [first] = all as [RawClient];
    await first.write(get('/'));
    await first.untilMessages(1);
    for (const client of all.slice(1)) await client.write(get('/'));
    for (let asked = 1; text(first.messages[asked - 1]) !== 'EMFILE'; asked++) {
      await first.write(get('/full'));
      await first.untilMessages(asked + 1);
    }
    const served = all.filter((client) => client.messages.length > 0);
    expect(served.length).toBeLessThan(200);
    const waiting = all.filter((client) => !served.includes(client));
    for (const client of served) client.destroy();
    // Each makes room for the next.
    for (const client of waiting) {
      await client.untilMessages(1);
      expect(client.messages.map(text)).toEqual(['ok']);
      client.destroy();
    }
    program.command('stop');
    expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
  } finally {
    program.kill();
  }
});

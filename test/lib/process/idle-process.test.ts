// SPDX-License-Identifier: MIT
// Nothing wakes an idle process: its main thread waits in the kernel without a time limit. Linux
// tells which system call a thread is in, and with which arguments.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RawClient } from '../../helpers/raw-client.js';
import { get } from '../../helpers/with-server.js';
import { startProgram } from './program.js';

/** epoll_wait and epoll_pwait: number of the call, and the time limit is the fourth argument. */
const WAITS: Partial<Record<string, readonly string[]>> = { x64: ['232', '281'], arm64: ['22'] };
const calls = WAITS[process.arch];

/** The time limit of the wait a process is in, or undefined when it is not in one. */
function timeLimit(pid: number): number | undefined {
  if (calls === undefined) throw new Error(`Add the system calls of ${process.arch} to WAITS`);
  const [call = '', ...args] = readFileSync(`/proc/${pid}/syscall`, 'latin1').split(' ');
  return calls.includes(call) ? Number(BigInt.asIntN(32, BigInt(args[3] ?? 0))) : undefined;
}

async function untilWaiting(pid: number, isExpected: (limit: number) => boolean): Promise<number> {
  for (;;) {
    const limit = timeLimit(pid);
    if (limit !== undefined && isExpected(limit)) return limit;
    await delay(2);
  }
}

const PROGRAM = `
  import { serve, Response } from 'bunserve';
  const server = serve({
    port: 0, hostname: '127.0.0.1', development: false, idleTimeout: Number(process.env.IDLE),
    routes: { '/static': new Response('static') },
    fetch: (req) => new URL(req.url).pathname === '/wait' ? new Promise(() => {}) : new Response('x'),
  });
  report(server.port);
`;

/** V8 looks at its heap again some seconds after anything happened. */
const flags = ['--no-memory-reducer'];

const forEver = (limit: number): boolean => limit === -1;

describe.each(['', 'portable'])('backend %p', (backend) => {
  test('without time-outs it waits for ever, whatever its connections are', async () => {
    const program = startProgram(PROGRAM, { flags, env: { IDLE: '0', BUNSERVE_BACKEND: backend } });
    const clients: RawClient[] = [];
    try {
      const port = await program.next<number>();
      await untilWaiting(program.pid, forEver);
      for (const [path, answers] of [
        ['/', 1],
        ['/static', 1],
        ['/wait', 0],
      ] as const) {
        const client = await RawClient.connect({ port });
        clients.push(client);
        await client.write(get(path));
        await client.untilMessages(answers);
      }
      await untilWaiting(program.pid, forEver);
      for (const client of clients) client.destroy();
      await untilWaiting(program.pid, forEver);
    } finally {
      for (const client of clients) client.destroy();
      program.kill();
    }
  });

  test('with a time-out it waits for that, and for ever again when the connection has gone', async () => {
    const program = startProgram(PROGRAM, {
      flags,
      env: { IDLE: '100', BUNSERVE_BACKEND: backend },
    });
    try {
      const port = await program.next<number>();
      await untilWaiting(program.pid, forEver);
      const client = await RawClient.connect({ port });
      await client.write(get('/'));
      await client.untilMessages(1);
      // The wheel may look at the connection once before its time.
      const limit = await untilWaiting(program.pid, (ms) => ms > 0);
      expect(limit).toBeLessThanOrEqual(101_000);
      client.destroy();
      await untilWaiting(program.pid, forEver);
    } finally {
      program.kill();
    }
  });
});

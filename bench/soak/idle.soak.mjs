// SPDX-License-Identifier: MIT
// How often a server wakes up that has nothing to do, by the kernel's count of its main thread's
// context switches. Options: seconds=10 connections=100.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openIdle } from './lib/connections.mjs';
import { soaking } from './lib/soak.mjs';

function switches(pid) {
  const status = readFileSync(`/proc/${pid}/task/${pid}/status`, 'latin1');
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
}

async function wakeUps(soak, name, pid, seconds, allowed) {
  // V8 tidies up some seconds after the last activity.
  await pause(10_000);
  const before = switches(pid);
  await pause(seconds * 1000);
  const count = switches(pid) - before;
  soak.check(`${name}: at most ${allowed}`, `${count} in ${seconds} s`, count <= allowed);
}

export const run = () =>
  soaking('wake-ups of a process with nothing to do', async (soak) => {
    const seconds = soak.option('seconds', 10);
    const connections = soak.option('connections', 100);
    const server = await soak.serve({ SOAK_IDLE: '0' });
    await wakeUps(soak, 'no connection', server.pid, seconds, 0);
    const sockets = await openIdle(server.port, connections, (opened) =>
      soak.progress(`${opened} of ${connections} connections`),
    );
    // The wheel looks once at connections whose first deadline is over: that of their head.
    await pause(2000);
    await wakeUps(soak, `${connections} idle connections`, server.pid, seconds, 0);
    for (const socket of sockets) socket.destroy();
  });

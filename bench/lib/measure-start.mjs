// SPDX-License-Identifier: MIT
// Measures the time from starting a server's process to its first whole answer: every contestant
// in turn, that turn repeated, the median of each. Knows no contestant by name.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { benchDir, buildDir } from './prepare.mjs';
import { NotOffered, freePort, serverEnvironment, startServer } from './server.mjs';
import { median } from './stats.mjs';
import { verify } from './verify.mjs';
import { subjectsOf } from './workloads.mjs';

const run = promisify(execFile);

async function startOnce(subject, cores) {
  const port = await freePort();
  const args = ['--port', port, '--cpu', cores.load, '--server-cpu', cores.server, '--'];
  const { stdout } = await run(
    join(buildDir, 'start'),
    [...args.map(String), ...subject.contestant.command(subject.app)],
    { cwd: benchDir, env: serverEnvironment(subject.contestant, port), timeout: 60_000 },
  );
  return JSON.parse(stdout).micros / 1000;
}

async function admit(workload, subjects, context) {
  const admitted = [];
  for (const subject of subjects) {
    try {
      const server = await startServer(subject.contestant, subject.app, context.cores);
      try {
        await verify(server.address, subject.requests, workload.expect);
      } finally {
        await server.stop();
      }
      admitted.push({ ...subject, times: [] });
    } catch (error) {
      if (error instanceof NotOffered) continue;
      context.warn(`${workload.id}: ${subject.label} is left out: ${error.message}`);
    }
  }
  return admitted;
}

export async function measureStart(workload, contestants, context) {
  const subjects = await admit(workload, subjectsOf(workload, contestants), context);
  const repeats = context.options.quick ? 3 : workload.repeats;
  for (let i = 0; i < repeats; i++) {
    context.progress(`${workload.id}: ${i + 1}/${repeats}`);
    for (const subject of subjects) subject.times.push(await startOnce(subject, context.cores));
  }
  const rows = subjects.map((subject) => ({
    key: subject.key,
    label: subject.label,
    contestant: subject.contestant.id,
    role: subject.contestant.role,
    against: subject.against,
    value: median(subject.times),
    best: Math.min(...subject.times),
  }));
  for (const row of rows) context.line(`  ${row.value.toFixed(1)} ms  ${row.label}`);
  return { unit: 'ms', rows, pairs: [] };
}

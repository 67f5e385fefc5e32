// SPDX-License-Identifier: MIT
// Measures resident memory per idle connection: the growth of RSS from just after start-up to N
// open keep-alive connections that have each had one answer, divided by N; and what is still held
// once they are closed. Two figures: `cold` from a fresh server, which is what one sees from
// outside (heap growth for the first N requests included), and `warm`, where the same number of
// requests was answered over 64 connections first, which leaves what the connections alone cost.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdConnections, runSlice } from './load.mjs';
import { openFilesLimit } from './machine.mjs';
import { buildDir } from './prepare.mjs';
import { writeRequests } from './requests.mjs';
import { NotOffered, startServer } from './server.mjs';
import { median } from './stats.mjs';
import { verify } from './verify.mjs';
import { environmentOf, subjectsOf } from './workloads.mjs';

const kReserve = 256;
const kCloseLimit = 30_000;

async function untilClosed(server, files) {
  const deadline = Date.now() + kCloseLimit;
  while (server.openFiles() > files + 8) {
    if (Date.now() > deadline) throw new Error('the server keeps closed connections open');
    await pause(10);
  }
}

async function once(subject, workload, context, connections, requestFile, warm) {
  const env = { BENCH_IDLE: '1', ...environmentOf(workload) };
  const { tls } = workload;
  const server = await startServer(subject.contestant, subject.app, context.cores, env);
  try {
    await (workload.verify ?? verify)(server.address, subject.requests, workload.expect, tls);
    const load = { ...workload.load, status: workload.expect.status, tls };
    if (warm) {
      let requests = 0;
      while (requests < connections) {
        const slice = await runSlice(server, context.cores, requestFile, { ...load, seconds: 0.3 });
        requests += slice.requests;
      }
    }
    const files = server.openFiles();
    const before = server.residentBytes();
    const held = await holdConnections(server, context.cores, requestFile, connections, load);
    const open = server.residentBytes();
    await held.release();
    await untilClosed(server, files);
    const after = server.residentBytes();
    return { before, open, perConnection: (open - before) / connections, after };
  } finally {
    await server.stop();
  }
}

export async function measureMemory(workload, contestants, context) {
  const connections = Math.min(workload.connections, openFilesLimit() - kReserve);
  if (connections < workload.connections) {
    context.warn(`${workload.id}: only ${connections} connections (ulimit -n is too low)`);
  }
  const requestFile = join(buildDir, `requests-${workload.id}`);
  writeRequests(requestFile, workload.requests);
  const repeats = Math.max(1, Math.min(3, context.options.rounds));
  const rows = [];
  for (const subject of subjectsOf(workload, contestants)) {
    context.progress(`${workload.id}: ${subject.label}`);
    try {
      const cold = [];
      const warm = [];
      for (let i = 0; i < repeats; i++) {
        cold.push(await once(subject, workload, context, connections, requestFile, false));
        warm.push(await once(subject, workload, context, connections, requestFile, true));
      }
      const pick = (runs, name) => median(runs.map((run) => run[name]));
      rows.push({
        key: subject.key,
        label: subject.label,
        contestant: subject.contestant.id,
        role: subject.contestant.role,
        against: subject.against,
        value: pick(cold, 'perConnection'),
        best: Math.min(...cold.map((run) => run.perConnection)),
        warm: pick(warm, 'perConnection'),
        idleMegabytes: pick(cold, 'before') / 2 ** 20,
        openMegabytes: pick(cold, 'open') / 2 ** 20,
        closedMegabytes: pick(cold, 'after') / 2 ** 20,
      });
      const row = rows.at(-1);
      context.line(`  ${row.value.toFixed(0)} bytes, warm ${row.warm.toFixed(0)}  ${row.label}`);
    } catch (error) {
      if (error instanceof NotOffered) continue;
      context.warn(`${workload.id}: ${subject.label} is left out: ${error.message}`);
    }
  }
  return { unit: 'bytes', connections, rows, pairs: [] };
}

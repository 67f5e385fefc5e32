// SPDX-License-Identifier: MIT
// Reads workloads/: one file a workload, taken in the order of the numbers in its name. Turns each
// into subjects (a contestant running an app under a load) and the pairs to be compared.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchDir, tlsFiles } from './prepare.mjs';

export async function readWorkloads() {
  const dir = join(benchDir, 'workloads');
  const names = readdirSync(dir).filter((name) => name.endsWith('.mjs'));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(join(dir, name)))));
  return modules.map((module) => module.default);
}

// What servers of a workload find in their environment.
export function environmentOf({ tls }) {
  if (!tls) return {};
  const { key, cert, content } = tlsFiles;
  return { BENCH_TLS_KEY: key, BENCH_TLS_CERT: cert, BENCH_CONTENT: content };
}

// The contestant that the others are divided by: Bun, or the first peer that is there.
export function referenceOf(contestants) {
  const find = (test) => contestants.find(test)?.id;
  return find(({ id }) => id === 'bun') ?? find(({ role }) => role === 'peer') ?? find(() => true);
}

export function subjectsOf(workload, contestants) {
  const reference = referenceOf(contestants);
  const plan =
    workload.subjects ??
    contestants.map(({ id }) => ({
      key: id,
      contestant: id,
      against: id === reference ? undefined : reference,
    }));
  const subjects = [];
  for (const entry of plan) {
    const contestant = contestants.find(({ id }) => id === entry.contestant);
    if (!contestant) continue;
    subjects.push({
      ...entry,
      contestant,
      app: entry.app ?? workload.app,
      requests: entry.requests ?? workload.requests,
      load: { ...workload.load, ...entry.load },
      label: entry.detail
        ? `${contestant.label.split(' (')[0]}, ${entry.detail}`
        : contestant.label,
      full: entry.full ?? (Boolean(workload.subjects) || contestant.full),
    });
  }
  return subjects;
}

// Every comparison, each once: a subject with what it is divided by, and what the bars name.
export function pairsOf(workload, subjects) {
  const find = (key) => subjects.find((subject) => subject.key === key);
  const pairs = new Map();
  const add = (key, against, full) => {
    const a = find(key);
    const b = find(against);
    if (!a || !b || a === b) return;
    const name = `${key}/${against}`;
    const known = pairs.get(name);
    const always = full || Boolean(known?.full);
    pairs.set(name, { key, against, a, b, full: always, rounds: [], failures: 0 });
  };
  for (const subject of subjects) add(subject.key, subject.against, subject.full);
  for (const bar of workload.bars ?? []) {
    if (bar.absolute) continue;
    add(bar.subject, bar.against, true);
    // The same figure for plain `bunserve`, which has no bar of its own.
    if (bar.subject === 'bunserve') add('bunserve-plain', bar.against, bar.against === 'bun');
  }
  return [...pairs.values()];
}

// SPDX-License-Identifier: MIT
// `npm run bench`: prepares, measures every workload with every contestant in one run, and writes
// the table, the JSON and the chart. What is measured lives in workloads/, who takes part in
// lib/contestants.mjs, how in lib/measure-*.mjs; README.md explains how to read the result.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barsTable, markdown, resultText, textTable } from './lib/report.mjs';
import { chart } from './lib/chart.mjs';
import { checkBars } from './lib/bars.mjs';
import { contestantIds, findContestants } from './lib/contestants.mjs';
import { makeFiles } from './lib/files.mjs';
import { machineFacts, pickCores, requireTools } from './lib/machine.mjs';
import { measureMemory } from './lib/measure-memory.mjs';
import { measureRate } from './lib/measure-rate.mjs';
import { measureStart } from './lib/measure-start.mjs';
import { readOptions, usage } from './lib/options.mjs';
import { benchDir, buildPrograms, installPeers, linkBunserve, prepareTls } from './lib/prepare.mjs';
import { readWorkloads } from './lib/workloads.mjs';

const measures = { rate: measureRate, memory: measureMemory, start: measureStart };
const terminal = process.stdout.isTTY;

// On a terminal the progress line is rewritten in place; in a log only finished lines appear.
function createContext(options, cores, warnings) {
  const clear = () => terminal && process.stdout.write('\r\x1b[K');
  return {
    options,
    cores,
    progress: (text) => terminal && process.stdout.write(`\r\x1b[K${text}`),
    note: (text) => terminal && process.stdout.write(` (${text})`),
    line(text) {
      clear();
      console.log(text);
    },
    warn(text) {
      clear();
      console.log(`! ${text}`);
      warnings.push(text);
    },
  };
}

function choose(workloads, only) {
  if (!only) return workloads;
  const unknown = only.filter(
    (id) => !workloads.some((workload) => workload.id.toUpperCase() === id),
  );
  if (unknown.length > 0) throw new Error(`unknown workload: ${unknown.join(', ')}`);
  return workloads.filter((workload) => only.includes(workload.id.toUpperCase()));
}

function printList(workloads) {
  for (const { id, name } of workloads) console.log(`${id.padEnd(8)} ${name}`);
  const { present, missing } = findContestants(contestantIds);
  console.log();
  for (const { id, label, version } of present) console.log(`${id.padEnd(15)} ${label} ${version}`);
  for (const { id, reason } of missing) console.log(`${id.padEnd(15)} missing: ${reason}`);
}

async function measureAll(workloads, options) {
  const cores = pickCores(options);
  const warnings = [];
  const context = createContext(options, cores, warnings);
  if (cores.server === cores.load) {
    context.warn('only one core: server and load share it, no figure means anything');
  }
  // This process must not run where the server is measured; its children inherit the core.
  execFileSync('taskset', ['-cp', String(cores.load), String(process.pid)], { stdio: 'ignore' });
  const { present, missing } = findContestants([...options.ours, ...options.peers]);
  for (const { label, reason } of missing) context.warn(`${label} does not take part: ${reason}`);
  if (options.everyPeer) for (const contestant of present) contestant.full = true;

  const run = {
    machine: machineFacts(cores),
    versions: Object.fromEntries(present.map(({ label, version }) => [label, version])),
    options: { rounds: options.rounds, seconds: options.seconds, restart: options.restart },
    results: [],
    warnings,
  };
  const began = Date.now();
  for (const [index, workload] of workloads.entries()) {
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    context.line(
      `\n${workload.id}: ${workload.name}  [${index + 1} of ${workloads.length}, ${minutes} min]`,
    );
    try {
      const result = await measures[workload.measure ?? 'rate'](workload, present, context);
      run.results.push({ id: workload.id, name: workload.name, ...result });
      context.line(`\n${resultText(result)}`);
    } catch (error) {
      context.warn(`${workload.id}: not measured: ${error.message}`);
    }
    writeReports(run, workloads, options);
  }
  return run;
}

function barsOf(run, workloads) {
  return workloads.flatMap((workload) =>
    checkBars(
      workload,
      run.results.find((result) => result.id === workload.id),
    ),
  );
}

// Written after every workload, so that an interrupted run leaves what it has.
function writeReports(run, workloads, options) {
  const base = join(benchDir, 'results', options.name);
  mkdirSync(join(benchDir, 'results'), { recursive: true });
  run.chart = `${options.name}.svg`;
  writeFileSync(`${base}.json`, `${JSON.stringify(run, null, 1)}\n`);
  writeFileSync(`${base}.md`, markdown(run, barsOf(run, workloads)));
  writeFileSync(`${base}.svg`, chart(run));
}

function check(run, workloads) {
  const bars = barsOf(run, workloads);
  console.log(`\n${textTable(barsTable(bars))}`);
  return bars.every((bar) => !bar.binding || bar.verdict === 'ok');
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return;
  }
  const workloads = choose(await readWorkloads(), options.only);
  if (options.from) {
    const run = JSON.parse(readFileSync(options.from, 'utf8'));
    for (const result of run.results) {
      console.log(`\n${result.id}: ${result.name}\n${resultText(result)}`);
    }
    if (!check(run, workloads) && options.check) process.exitCode = 1;
    return;
  }
  requireTools();
  await installPeers();
  linkBunserve();
  buildPrograms();
  makeFiles();
  if (options.list) {
    printList(workloads);
    return;
  }
  if (workloads.some(({ tls }) => tls)) prepareTls();
  const run = await measureAll(workloads, options);
  if (!check(run, workloads) && options.check) process.exitCode = 1;
  console.log(`\nWritten: bench/results/${options.name}.md, .json, .svg`);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});

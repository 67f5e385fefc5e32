// SPDX-License-Identifier: MIT
// Compares bunserve's router with JavaScript routers on the same route sets: nanoseconds a match,
// the median of interleaved rounds, each router in a process of its own. Adds the C++ figure where
// the native benchmark has been built. `--check` compares with the bars and sets the exit status.
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, pickCores } from '../lib/machine.mjs';
import { benchDir, installPeers, linkBunserve, rootDir } from '../lib/prepare.mjs';
import { figure, markdownTable, textTable } from '../lib/report.mjs';
import { median } from '../lib/stats.mjs';
import { labelOf, routerIds } from './adapters.mjs';
import { sets } from './sets.mjs';

const kChild = join(dirname(fileURLToPath(import.meta.url)), 'child.mjs');
const kNative = 'bunserve router (C++)';

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      milliseconds: { type: 'string', default: '150' },
      only: { type: 'string' },
      check: { type: 'boolean' },
    },
  });
  return values;
}

function ask(child, message) {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the process ended'));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer);
    });
    if (message) child.send(message);
  });
}

// -> {child} or {reason}
async function startRouter(id, set) {
  const child = fork(kChild, [id, set.name], { cwd: benchDir });
  try {
    const answer = await ask(child);
    if (answer.ready) return { child };
    return { reason: answer.error };
  } catch (error) {
    return { reason: error.message };
  }
}

async function measureSet(set, ids, options) {
  const running = [];
  const missing = {};
  for (const id of ids) {
    const { child, reason } = await startRouter(id, set);
    if (child) running.push({ id, child, times: [] });
    else missing[id] = reason;
  }
  const milliseconds = Number(options.milliseconds);
  try {
    for (const router of running) await ask(router.child, { milliseconds: milliseconds * 2 });
    for (let round = 0; round < Number(options.rounds); round++) {
      // There and back, so that a drift of the machine hits all alike.
      for (const router of round % 2 === 0 ? running : [...running].reverse()) {
        router.times.push((await ask(router.child, { milliseconds })).ns);
      }
    }
  } finally {
    for (const { child } of running) child.kill();
  }
  return { times: Object.fromEntries(running.map(({ id, times }) => [id, times])), missing };
}

function findFile(dir, name, depth) {
  if (depth === 0 || !existsSync(dir)) return null;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isFile() && entry.name === name) return path;
    if (!entry.isDirectory() || entry.name === 'node_modules') continue;
    const found = findFile(path, name, depth - 1);
    if (found) return found;
  }
  return null;
}

// {set: ns} from the lines {"set":"param","ns":41.5} that router_bench prints.
function nativeFigures(cores) {
  const program = findFile(join(rootDir, 'out'), 'router_bench', 5);
  if (!program) return null;
  const figures = {};
  for (let round = 0; round < 3; round++) {
    const args = ['-c', String(cores.server), program];
    for (const line of execFileSync('taskset', args).toString().split('\n')) {
      if (!line.startsWith('{')) continue;
      const { set, ns } = JSON.parse(line);
      (figures[set] ??= []).push(ns);
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([set, times]) => [set, median(times)]));
}

function bars(results, native) {
  if (!native) return [['C++ router', 'not built', '', 'not measured']];
  const js = Object.entries(results.param ?? {}).filter(([id]) => id !== 'bunserve');
  const best = Math.min(...js.map(([, ns]) => ns));
  const growth = native.routes10000 / native.routes10;
  const row = (name, measured, max) => [
    name,
    figure(measured),
    figure(max),
    measured <= max ? 'ok' : 'over',
  ];
  return [
    row('C++ param, ns', native.param, 100),
    row('C++ param against the fastest JS router, ns', native.param, best),
    row('C++ routes10000 against routes10, times', growth, 1.5),
  ];
}

function tableOf(results, native, ids, chosen) {
  const rows = ids
    .filter((id) => chosen.some((set) => results[set.name][id] !== undefined))
    .map((id) => [labelOf(id), ...chosen.map((set) => figure(results[set.name][id]) || '-')]);
  if (native) rows.unshift([kNative, ...chosen.map((set) => figure(native[set.name]) || '-')]);
  return [['ns per match', ...chosen.map((set) => set.name)], ...rows];
}

function writeReports(report, table, verdicts, chosen) {
  const base = join(benchDir, 'results', 'router');
  mkdirSync(join(benchDir, 'results'), { recursive: true });
  writeFileSync(`${base}.json`, `${JSON.stringify(report, null, 1)}\n`);
  const { machine } = report;
  const text = [
    '# Router benchmark',
    `${machine.cpu}, ${machine.kernel}, Node ${machine.node}, ${machine.date}.`,
    markdownTable(table),
    chosen.map((set) => `- ${set.name}: ${set.title}`).join('\n'),
    markdownTable([['bar', 'measured', 'at most', 'verdict'], ...verdicts]),
  ];
  writeFileSync(`${base}.md`, `${text.join('\n\n')}\n`);
}

async function main() {
  const options = readOptions();
  await installPeers();
  linkBunserve();
  const cores = pickCores({});
  execFileSync('taskset', ['-cp', String(cores.server), String(process.pid)], { stdio: 'ignore' });
  const built = existsSync(join(rootDir, 'dist', 'router.js'));
  if (!built) console.log('! bunserve/router does not take part: dist/router.js does not exist');
  const ids = routerIds.filter((id) => id !== 'bunserve' || built);
  const chosen = sets.filter(({ name }) => !options.only || options.only.split(',').includes(name));
  const results = {};
  for (const set of chosen) {
    const { times, missing } = await measureSet(set, ids, options);
    results[set.name] = Object.fromEntries(
      Object.entries(times).map(([id, values]) => [id, median(values)]),
    );
    console.log(`${set.name}: ${set.title}`);
    for (const [id, ns] of Object.entries(results[set.name])) {
      console.log(`  ${figure(ns).padStart(8)} ns  ${labelOf(id)}`);
    }
    for (const [id, reason] of Object.entries(missing)) {
      console.log(`         -     ${labelOf(id)}: ${reason}`);
    }
  }
  const native = nativeFigures(cores);
  if (!native) console.log('! no C++ figure: out/**/router_bench does not exist');
  const table = tableOf(results, native, ids, chosen);
  const verdicts = bars(results, native);
  console.log(`\n${textTable(table)}\n\n${textTable([['bar', '', '', ''], ...verdicts])}`);
  writeReports({ machine: machineFacts(cores), results, native }, table, verdicts, chosen);
  if (options.check && verdicts.some((row) => row.at(-1) !== 'ok')) process.exitCode = 1;
}

main().catch((error) => {
  console.error(`router bench: ${error.message}`);
  process.exitCode = 1;
});

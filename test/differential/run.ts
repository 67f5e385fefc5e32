// SPDX-License-Identifier: MIT
// The suite without Jest, for debugging: `node build/test/differential/run.js [filter] [options]`.
// Prints one line per case, and for failing or few cases both answers in full. A filter matches
// any part of 'topic/name'. Options: --bun-only; --tls plays over TLS and compares the two only; --cut plays each short case cut at every byte;
// --failing prints failures only; --divergences prints DIVERGENCES.md and ends.
import { Authority } from '../helpers/certificates.js';
import { boundaryComplaints, isCuttable } from './boundaries.js';
import type { DifferentialCase } from './case.js';
import { topics } from './cases/index.js';
import { divergenceTable, documentHead } from './divergence-table.js';
import type { Outcome } from './exchange.js';
import { comparable, complaints, Contestant, expectationFor } from './suite.js';

const words = process.argv.slice(2);
const has = (option: string): boolean => words.includes(option);
const filter = words.find((word) => !word.startsWith('--')) ?? '';
const FULL_PRINT_LIMIT = 12;
const EXCERPT = 1500;

// Apps and clients find it in their environment.
if (has('--tls')) process.env.APP_TLS = JSON.stringify(new Authority().issue('localhost'));

const firstHalves = new Set<string>();

interface Entry {
  readonly id: string;
  readonly test: DifferentialCase;
}

const chosen: readonly Entry[] = Object.entries(topics)
  .flatMap(([topic, cases]) => cases.map((test) => ({ id: `${topic}/${test.name}`, test })))
  .filter(({ id, test }) => id.includes(filter) && (!has('--cut') || isCuttable(test)));

if (has('--divergences')) process.stdout.write(`${documentHead}\n${divergenceTable()}`);
else await playAll();

async function playAll(): Promise<void> {
  const tests = chosen.map(({ test }) => test);
  const bun = new Contestant('bun', tests);
  const ours = has('--bun-only') ? null : new Contestant('ours', tests);
  const play = has('--cut') ? cut : compare;
  let failed = 0;
  try {
    for (const entry of chosen) failed += (await play(entry, bun, ours)) ? 0 : 1;
  } finally {
    await Promise.all([bun.stop(), ours?.stop()]);
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function compare(
  { id, test }: Entry,
  bun: Contestant,
  ours: Contestant | null,
): Promise<boolean> {
  const [theirs, mine] = await Promise.all([bun.answer(test), ours?.answer(test)]);
  // What cases state of URLs and server objects is about plain HTTP.
  const found = has('--tls')
    ? []
    : complaints(expectationFor(test, 'bun'), theirs).map((text) => `bun: ${text}`);
  if (mine !== undefined && !has('--tls')) {
    const wanted = complaints(expectationFor(test, 'ours'), mine);
    found.push(...wanted.map((text) => `ours: ${text}`));
  }
  if (mine !== undefined && test.ours === undefined && !isEqual(test, theirs, mine)) {
    found.push('the answers differ');
  }
  announce(id, found);
  if (found.length > 0 || chosen.length <= FULL_PRINT_LIMIT) {
    console.log(`  sent ${JSON.stringify(test.send).slice(0, EXCERPT)}`);
    print('bun ', theirs);
    if (mine !== undefined) print('ours', mine);
  }
  return found.length === 0;
}

async function cut(
  { id, test }: Entry,
  bun: Contestant,
  ours: Contestant | null,
): Promise<boolean> {
  const found = await boundaryComplaints(ours ?? bun, test, firstHalves);
  announce(id, found.slice(0, 3));
  return found.length === 0;
}

function announce(id: string, found: readonly string[]): void {
  if (found.length > 0 || !has('--failing'))
    console.log(`${found.length > 0 ? 'FAIL' : 'ok  '} ${id}`);
  for (const text of found) console.log(`       ${text.slice(0, EXCERPT)}`);
}

function isEqual(test: DifferentialCase, a: Outcome, b: Outcome): boolean {
  return JSON.stringify(comparable(test, a)) === JSON.stringify(comparable(test, b));
}

function print(name: string, { connections, log }: Outcome): void {
  for (const { ending, raw, frames } of connections) {
    console.log(`  ${name} ${ending} ${JSON.stringify(raw).slice(0, EXCERPT)}`);
    if (frames.length > 0) console.log(`  ${name} frames ${frames.join(' | ').slice(0, EXCERPT)}`);
  }
  if (log.length > 0) console.log(`  ${name} log ${log.join(' | ')}`);
}

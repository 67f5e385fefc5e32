// SPDX-License-Identifier: MIT
// The suite without Jest, for debugging: `node build/test/differential/run.js [filter]
// [--bun-only]`. Prints one line per case, and for failing or few cases both answers in full.
// A filter matches 'topic/name' and may be any part of it.
import { topics } from './cases/index.js';
import type { DifferentialCase } from './case.js';
import type { Outcome } from './exchange.js';
import { comparable, complaints, Contestant, expectationFor } from './suite.js';

const words = process.argv.slice(2);
const isBunOnly = words.includes('--bun-only');
const filter = words.find((word) => !word.startsWith('--')) ?? '';
const FULL_PRINT_LIMIT = 12;

interface Entry {
  readonly id: string;
  readonly test: DifferentialCase;
}

const chosen: Entry[] = Object.entries(topics)
  .flatMap(([topic, cases]) => cases.map((test) => ({ id: `${topic}/${test.name}`, test })))
  .filter(({ id }) => id.includes(filter));

const all = chosen.map(({ test }) => test);
const bun = new Contestant('bun', all);
const ours = isBunOnly ? null : new Contestant('ours', all);
let failed = 0;
try {
  for (const entry of chosen) await report(entry);
} finally {
  await Promise.all([bun.stop(), ours?.stop()]);
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function report({ id, test }: Entry): Promise<void> {
  const [theirs, mine] = await Promise.all([bun.answer(test), ours?.answer(test)]);
  const found = complaints(expectationFor(test, 'bun'), theirs).map((text) => `bun: ${text}`);
  if (mine !== undefined) {
    const wanted = complaints(expectationFor(test, 'ours'), mine);
    found.push(...wanted.map((text) => `ours: ${text}`));
    if (test.ours === undefined && !equal(test, theirs, mine)) found.push('the answers differ');
  }
  if (found.length > 0) failed += 1;
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${id}`);
  for (const text of found) console.log(`       ${text}`);
  if (found.length > 0 || chosen.length <= FULL_PRINT_LIMIT) print(test, theirs, mine);
}

function equal(test: DifferentialCase, a: Outcome, b: Outcome): boolean {
  return JSON.stringify(comparable(test, a)) === JSON.stringify(comparable(test, b));
}

function print(test: DifferentialCase, theirs: Outcome, mine: Outcome | undefined): void {
  console.log(`  sent ${JSON.stringify(test.send)}`);
  for (const [name, outcome] of [
    ['bun ', theirs],
    ['ours', mine],
  ] as const) {
    for (const connection of outcome?.connections ?? []) {
      console.log(`  ${name} ${connection.ending} ${JSON.stringify(connection.raw)}`);
    }
    if ((outcome?.log.length ?? 0) > 0) console.log(`  ${name} log ${outcome?.log.join(' | ')}`);
  }
}

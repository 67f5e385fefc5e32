// SPDX-License-Identifier: MIT
// Random programs on our Request, Response and Headers, on Node's and on Bun's, compared step by
// step. What may differ, and why, is in programs/node-table.ts and programs/bun-table.ts.

import fc from 'fast-check';
import { Headers as FastHeaders } from '#lib/fetch/headers.js';
import { Request as FastRequest } from '#lib/fetch/request.js';
import { Response as FastResponse } from '#lib/fetch/response.js';
import { Taste } from './programs/arguments.js';
import { BunPeer } from './programs/bun-peer.js';
import { bunTable, bunTableOfAny } from './programs/bun-table.js';
import { compare, type Disagreement, type Runs, type Verdict } from './programs/compare.js';
import { programs } from './programs/generate.js';
import type { FetchClasses, Outcome, Program } from './programs/language.js';
import { runProgram } from './programs/machine.js';
import { nodeTable } from './programs/node-table.js';
import './support.js';

const ours = {
  Response: FastResponse,
  Request: FastRequest,
  Headers: FastHeaders,
} as unknown as FetchClasses;
const native: FetchClasses = { Response, Request, Headers };

// Streams that fail while nobody reads them are not what is compared.
process.on('unhandledRejection', () => undefined);

/** As the outcomes of another process arrive. */
async function run(program: Program, classes: FetchClasses): Promise<Outcome[]> {
  return JSON.parse(JSON.stringify(await runProgram(program, classes))) as Outcome[];
}

function expectKnown(verdict: Verdict): void {
  if (verdict === null || 'known' in verdict) return;
  const { text, ours: mine, theirs, other } = verdict.unknown;
  throw new Error(
    `${text}\n  ours   ${JSON.stringify(mine)}\n  theirs ${JSON.stringify(theirs)}` +
      (other === undefined ? '' : `\n  Node   ${JSON.stringify(other)}`),
  );
}

/** Runs random programs; what they leave behind must be known. */
async function check(
  taste: Taste,
  table: readonly Disagreement[],
  numRuns: number,
  runs: (program: Program) => Promise<Omit<Runs, 'ours'>>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(programs(taste), async (program) => {
      const mine = await run(program, ours);
      expectKnown(compare(program, { ours: mine, ...(await runs(program)) }, table));
    }),
    { numRuns },
  );
}

describe('programs', () => {
  let bun: BunPeer;
  beforeAll(async () => {
    bun = await BunPeer.start();
  });
  afterAll(() => bun.stop());

  it("come to the same on our classes and on Node's", async () => {
    await check(Taste.Any, nodeTable, 8000, async (program) => ({
      theirs: await run(program, native),
    }));
  });

  it("that keep to the standard come to the same on our classes and on Bun's", async () => {
    await check(Taste.Legal, bunTable, 4000, async (program) => ({
      theirs: await bun.run(program),
      other: await run(program, native),
    }));
  });

  it('of any kind come to the same as in Bun, or to what Node and the standard say', async () => {
    await check(Taste.Any, bunTableOfAny, 3000, async (program) => ({
      theirs: await bun.run(program),
      other: await run(program, native),
    }));
  });
});

// SPDX-License-Identifier: MIT
// A request means the same however TCP cuts it. Plays a case byte by byte, and once for every
// place where its bytes can be cut in two, and compares with the answer to the bytes sent whole.
// A first half that an earlier case of the run began with too is not cut off again: most cases
// share their request line, and the byte-by-byte run passes through there anyway.
import type { DifferentialCase } from './case.js';
import { summary, type Outcome } from './exchange.js';
import { complaints, expectationFor, type Contestant } from './suite.js';

const CONCURRENT = 16;
// Longer requests are about sizes; byte by byte they would be nothing but time.
const MAX_CUT_BYTES = 400;

/** Cases that are one short run of bytes on one connection. */
export function isCuttable(test: DifferentialCase): boolean {
  // Whether a 100 goes out depends on whether the body was there when it was asked for.
  if (test.divergence === 'expect-when-read') return false;
  return typeof test.send === 'string' && test.send.length <= MAX_CUT_BYTES;
}

/** `seen` holds the first halves of the run so far. */
export async function boundaryComplaints(
  contestant: Contestant,
  test: DifferentialCase,
  seen: Set<string>,
): Promise<string[]> {
  const bytes = test.send as string;
  const expected = expectationFor(test, contestant.runtime);
  const whole = await contestant.answerUnlogged(test);
  const found: string[] = [];
  const check = async (name: string, pieces: readonly string[]): Promise<void> => {
    const send = pieces.map((piece) => ({ send: piece, pieces: piece.length }));
    const outcome = await contestant.answerUnlogged({ ...test, send });
    for (const text of complaints(expected, outcome)) found.push(`${name}: ${text}`);
    if (view(outcome) !== view(whole)) found.push(`${name}: not the answer to the whole`);
  };
  await check('byte by byte', [...bytes]);
  const cuts = [...bytes]
    .map((_, at) => at)
    .filter((at) => at > 0 && isNew(bytes.slice(0, at), seen));
  const worker = async (): Promise<void> => {
    for (let at = cuts.pop(); at !== undefined; at = cuts.pop()) {
      await check(`cut at ${at}`, [bytes.slice(0, at), bytes.slice(at)]);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  await contestant.clearLog(test);
  return found;
}

function isNew(half: string, seen: Set<string>): boolean {
  if (seen.has(half)) return false;
  seen.add(half);
  return true;
}

function view({ connections }: Outcome): string {
  return JSON.stringify(connections.map((one) => [summary(one), one.messages]));
}

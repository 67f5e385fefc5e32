// SPDX-License-Identifier: MIT
// Whether two runs of a program came to the same, save for known disagreements. A disagreement ends
// the comparison of its program: from there on the two hold different objects.

import type { Outcome, Program, Step } from './language.js';

/** A place where ours differs from a peer on purpose. */
export interface Disagreement {
  readonly id: string;
  readonly reason: string;
  /** Both have made the same object all the same: the comparison goes on. */
  readonly isHarmless?: boolean;
  covers(difference: Difference): boolean;
}

export interface Difference {
  readonly step: Step;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  /** What the other peer says, when there is one. */
  readonly other: Outcome | undefined;
  /** The steps up to and with this one, as JSON: most rows ask what a program has in it. */
  readonly text: string;
}

export type Verdict = { readonly known: string } | { readonly unknown: Difference } | null;

// Codes and texts of errors are Bun's in ours and Node's own in Node: only classes are compared.
function withoutCode(key: string, value: unknown): unknown {
  return key === 'code' ? undefined : value;
}

export function isAlike(ours: Outcome | undefined, theirs: Outcome | undefined): boolean {
  return JSON.stringify(ours, withoutCode) === JSON.stringify(theirs, withoutCode);
}

export interface Runs {
  readonly ours: readonly Outcome[];
  readonly theirs: readonly Outcome[];
  readonly other?: readonly Outcome[];
}

/** With a third run the comparison also ends where that one leaves ours: it judges no longer. */
export function compare(program: Program, runs: Runs, table: readonly Disagreement[]): Verdict {
  for (const [i, step] of program.entries()) {
    const ours = runs.ours[i] as Outcome;
    const theirs = runs.theirs[i] as Outcome;
    const other = runs.other?.[i];
    if (!isAlike(ours, theirs)) {
      const text = JSON.stringify(program.slice(0, i + 1));
      const difference = { step, ours, theirs, other, text };
      const row = table.find((candidate) => candidate.covers(difference));
      if (row === undefined) return { unknown: difference };
      if (row.isHarmless !== true) return { known: row.id };
    }
    if (other !== undefined && !isAlike(ours, other)) return { known: 'no-judge' };
  }
  return null;
}

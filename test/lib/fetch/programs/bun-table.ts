// SPDX-License-Identifier: MIT
// Where our fetch classes differ from Bun's on purpose: in every row Node and the standard are with
// us. The last row stands for the rest of them: Bun takes much that the standard refuses.

import { type Difference, type Disagreement, isAlike } from './compare.js';
import type { Outcome } from './language.js';
import { nodeTable } from './node-table.js';

/** Node says what we say. */
function isStandard({ ours, other }: Difference): boolean {
  return isAlike(ours, other);
}

/** A list of headers without content types, in any order; other values as they are. */
function canonical(value: unknown, isSorted: boolean): unknown {
  if (Array.isArray(value)) {
    const rest = value
      .filter((item) => !Array.isArray(item) || item[0] !== 'content-type')
      .map((item) => JSON.stringify(item));
    return isSorted ? rest.sort() : rest;
  }
  if (typeof value !== 'object' || value === null || !('headers' in value)) return value;
  return { ...value, headers: canonical(value.headers, isSorted) };
}

function isSameBut(difference: Difference, isSorted: boolean): boolean {
  const { ours, theirs } = difference;
  const valueOf = (outcome: Outcome): string =>
    JSON.stringify(canonical((outcome as { value?: unknown }).value, isSorted));
  return valueOf(ours) === valueOf(theirs);
}

function readsBody({ step }: Difference): boolean {
  return !['new Response', 'new Request', 'new Headers', 'headers', 'entries'].includes(step.do);
}

export const bunTable: readonly Disagreement[] = [
  {
    id: 'visible-content-type',
    reason:
      'In Bun a text has no Content-Type before it is sent, and that of Response.json() has a ' +
      'charset; Blobs made from them likewise.',
    isHarmless: true,
    covers: (difference) => {
      const { step, ours, theirs } = difference;
      if (!isStandard(difference)) return false;
      if (step.do === 'type') return true;
      if (step.do === 'headers' && ['get', 'has'].includes(step.method)) {
        return /content-type/i.test(JSON.stringify(step.args));
      }
      if (step.do !== 'read' || step.method !== 'blob') return isSameBut(difference, false);
      const [mine, bun] = [ours, theirs] as { value?: unknown[] }[];
      return mine?.value?.[2] === bun?.value?.[2];
    },
  },
  {
    id: 'position-of-set-cookie',
    reason: 'Bun iterates Set-Cookie after all others; the standard sorts it among them.',
    isHarmless: true,
    covers: (difference) =>
      difference.text.toLowerCase().includes('set-cookie') && isSameBut(difference, true),
  },
  {
    id: 'attributes-of-a-request',
    reason:
      'Bun has credentials "include" and no referrer, and neither `keepalive` nor `duplex`. Requests ' +
      'of the server show what Bun shows.',
    isHarmless: true,
    covers: ({ step, ours }) => step.do === 'look' && JSON.stringify(ours).includes('"duplex"'),
  },
  {
    id: 'locked-is-used',
    reason: 'Bun calls a body used as soon as it has a reader, even one that was released.',
    covers: (difference) =>
      isStandard(difference) && difference.text.includes('getReader') && readsBody(difference),
  },
  {
    id: 'iterators',
    reason: 'What comes next follows from the two rows above.',
    covers: (difference) => difference.step.do === 'next' && isStandard(difference),
  },
  {
    id: 'headers-of-an-error',
    reason: 'The headers of Response.error() cannot be changed; in Bun they can.',
    covers: (difference) =>
      isStandard(difference) &&
      difference.step.do === 'headers' &&
      difference.text.includes('Response.error'),
  },
  {
    id: 'failed-form-data',
    reason: 'formData() of another type leaves the body unread in Bun.',
    covers: (difference) =>
      isStandard(difference) && difference.text.includes('"formData"') && readsBody(difference),
  },
  {
    id: 'type-of-a-part',
    reason: 'Bun gives the files of a form types of its own.',
    covers: ({ step, text }) =>
      (step.do === 'read' || step.do === 'drain') && text.includes('"is":"file"'),
  },
  {
    id: 'size-of-chunks',
    reason: "Bun joins what a body has at once; where chunks end is nobody's promise.",
    covers: ({ step, text }) => step.do === 'readChunk' && /"is":"(iterable|form|blob)"/.test(text),
  },
  {
    id: 'cancelled-branch',
    reason: 'The standard settles cancel() of one branch of a tee with that of the other.',
    covers: ({ step, ours, theirs }) =>
      step.do.startsWith('cancel') && ours === 'pending' && theirs !== 'pending',
  },
  {
    id: 'type-of-a-stream',
    reason: 'A stream taken from a body has no type; Bun remembers what it was made from.',
    covers: (difference) =>
      isStandard(difference) && /"do":"(pipe|tee)"/.test(difference.text) && readsBody(difference),
  },
];

function withoutLog(outcome: Outcome | undefined): Outcome | undefined {
  if (typeof outcome !== 'object') return outcome;
  return 'value' in outcome ? { value: outcome.value } : { thrown: outcome.thrown };
}

/** For programs that use what the standard refuses, too. */
export const bunTableOfAny: readonly Disagreement[] = [
  ...bunTable,
  {
    id: 'standard',
    reason: 'Bun takes, reads or refuses otherwise what Node and the standard agree with us on.',
    covers: ({ ours, other }) => isAlike(withoutLog(ours), withoutLog(other)),
  },
  {
    id: 'ours-alone',
    reason: 'Ours differs from Node, too, for a reason that node-table.ts gives.',
    covers: (difference) =>
      difference.other !== undefined &&
      nodeTable.some((row) => row.covers({ ...difference, theirs: difference.other as Outcome })),
  },
  {
    id: 'order-of-conversions',
    reason: 'Bun reads what it needs when it needs it; order.test.ts says what ours is.',
    covers: ({ step, ours, theirs }) =>
      'args' in step &&
      typeof ours === 'object' &&
      typeof theirs === 'object' &&
      'thrown' in ours === 'thrown' in theirs,
  },
];

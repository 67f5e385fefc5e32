// SPDX-License-Identifier: MIT
// Where our fetch classes differ from Node's on purpose. "Standard" stands for the Fetch standard and
// the WebIDL it is written in; where that leaves a choice, or Bun's programs need another, Bun rules.

import type { Difference, Disagreement } from './compare.js';
import type { Outcome } from './language.js';

function isValue(outcome: Outcome): outcome is Outcome & { value: unknown } {
  return typeof outcome === 'object' && 'value' in outcome;
}

function isThrown(outcome: Outcome): boolean {
  return typeof outcome === 'object' && 'thrown' in outcome;
}

function readsOf(outcome: Outcome): string {
  return typeof outcome === 'object' ? [...(outcome.log ?? [])].sort().join() : '';
}

function makes({ step }: Difference): boolean {
  return step.do.startsWith('new ') || step.do.startsWith('Response.');
}

function initOf({ step }: Difference): unknown {
  return 'args' in step ? step.args[1] : undefined;
}

function memberOf(difference: Difference, name: string): unknown {
  const init = initOf(difference) as { entries?: readonly (readonly [string, unknown])[] } | null;
  return init?.entries?.find(([key]) => key === name)?.[1];
}

function isNaNValue(value: unknown): boolean {
  return (value as { is?: unknown } | undefined)?.is === 'NaN';
}

const kWitness = /"is":"(spy|thrower|stringer|valuer|symbol|function|object)"/;

export const nodeTable: readonly Disagreement[] = [
  {
    id: 'null-body-status',
    reason:
      'Bun takes a body with 204, 205 and 304 and does not send it; frameworks pass "" as the body. ' +
      'The standard has a TypeError.',
    covers: (difference) =>
      makes(difference) &&
      isValue(difference.ours) &&
      isThrown(difference.theirs) &&
      [204, 205, 304].includes(memberOf(difference, 'status') as number),
  },
  {
    id: 'relative-redirect',
    reason:
      'Bun keeps relative targets as they are; the standard would resolve them against the URL of a ' +
      'page, which a server does not have.',
    covers: ({ step, ours, theirs }) =>
      step.do === 'Response.redirect' && !isAlikeTypeError(ours) && isAlikeTypeError(theirs),
  },
  {
    id: 'redirect-init',
    reason: 'Bun takes a ResponseInit in place of the status: redirects that set cookies.',
    covers: (difference) =>
      difference.step.do === 'Response.redirect' && typeof initOf(difference) === 'object',
  },
  {
    id: 'redirect-headers',
    reason: 'Headers of a redirect can be changed, as in Bun: programs add cookies to them.',
    covers: ({ step, ours, theirs, text }) =>
      step.do === 'headers' &&
      text.includes('Response.redirect') &&
      isValue(ours) &&
      isThrown(theirs),
  },
  {
    id: 'json-init',
    reason:
      'Node refuses null, which WebIDL takes for an empty dictionary; Bun takes a number for a status.',
    covers: (difference) => {
      const init = initOf(difference);
      const isOdd = init === null || typeof init === 'number' || isNaNValue(init);
      return difference.step.do === 'Response.json' && isOdd;
    },
  },
  {
    id: 'order-of-conversions',
    reason:
      'WebIDL converts the arguments first, and the members of a dictionary by their names; Node has ' +
      'an order of its own. order.test.ts says what ours is.',
    covers: (difference) => {
      const { ours, theirs, text } = difference;
      if (!makes(difference) || !kWitness.test(text)) return false;
      if (isThrown(ours) && isThrown(theirs)) return true;
      return isValue(ours) && isValue(theirs) && readsOf(ours) === readsOf(theirs);
    },
  },
  {
    id: 'iterable-body',
    reason: 'An async iterable is no stream to WebIDL; as in Bun it needs no `duplex`.',
    covers: ({ step, ours, theirs, text }) =>
      step.do === 'new Request' &&
      isValue(ours) &&
      isThrown(theirs) &&
      text.includes('"is":"iterable"'),
  },
  {
    id: 'empty-chunk-of-an-iterable',
    reason: "Node's stream of an iterable never goes on after an empty chunk.",
    covers: ({ theirs, text }) => theirs === 'pending' && text.includes('"is":"iterable"'),
  },
  {
    id: 'views-in-an-iterable',
    reason: 'Node takes views other than Uint8Array for lists of numbers.',
    covers: ({ ours, theirs, text }) =>
      isValue(ours) && isValue(theirs) && /"iterable".*(Uint16Array|Float32Array)/.test(text),
  },
  {
    id: 'no-cors-inherited',
    reason: 'Node forgets the method rule of "no-cors" when the mode comes from the input.',
    covers: ({ step, theirs, text }) =>
      step.do === 'new Request' && isValue(theirs) && text.includes('"no-cors"'),
  },
  {
    id: 'shared-array-buffer',
    reason: 'Bun sends the bytes; to the standard it is an object that becomes text.',
    covers: ({ text }) => text.includes('SharedArrayBuffer'),
  },
  {
    id: 'file-without-a-name',
    reason: 'Node writes no file name when it is empty, and so reads a text back.',
    covers: ({ text }) => /"is":"file","text":"[^"]*(\\"[^"]*)*","name":""/.test(text),
  },
  {
    id: 'clone-without-tee',
    reason:
      'Clones of texts, bytes and Blobs do not share a stream: cancelling one does not wait for ' +
      'the other.',
    covers: ({ step, ours, theirs, text }) =>
      step.do.startsWith('cancel') &&
      isValue(ours) &&
      theirs === 'pending' &&
      text.includes('"clone"'),
  },
  {
    id: 'body-that-moved',
    reason:
      'The body of a request that became the input of another is moved, where the standard pipes it: ' +
      'it stays a byte stream, and what is left behind stays locked.',
    covers: ({ step, text }) =>
      ['getReader', 'cancel', 'locked', 'tee', 'drain', 'pipe', 'readChunk'].includes(step.do) &&
      /"new Request","args":\[\{"is":"request"/.test(text),
  },
  {
    id: 'copied-headers',
    reason: 'Node normalises joined values again when it copies Headers: "b, " becomes "b,".',
    covers: ({ ours, theirs, text }) =>
      /"is":"headers(Of)?"/.test(text) &&
      JSON.stringify(ours).replaceAll(' "', '"') === JSON.stringify(theirs).replaceAll(' "', '"'),
  },
  {
    id: 'chunk-bounds',
    reason: 'Where a multipart body is cut depends on the length of its boundary.',
    covers: ({ step, ours, theirs, text }) =>
      step.do === 'readChunk' && isValue(ours) && isValue(theirs) && text.includes('"is":"form"'),
  },
];

function isAlikeTypeError(outcome: Outcome): boolean {
  return typeof outcome === 'object' && 'thrown' in outcome && outcome.thrown === 'TypeError';
}

// SPDX-License-Identifier: MIT
// Bun.file() and Bun.write() beside Bun's, on every version of Node. What differs on purpose stands
// here with our result, and in DIVERGENCES.md.
import {
  differences,
  NODES,
  resultsOfBun,
  resultsOfNode,
  type Results,
} from '../runtime/compared.js';

const CONTENT = 'hello file world';

/** Our results where Bun has others, by program and case. */
const OURS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'file-cases.mjs': {
    // Row `file-facts`.
    'the size of a part': [16, 16, 11, 5, 16, 16, 0, 0, 0, 0, 2, 3, 4, 13, 16, 16, 14, 4, 4],
    'a part of nothing': [0, { name: 'Error', code: 'ENOENT', syscall: 'open', errno: -2 }],
    'a part of an empty file': [0, ''],
    'a file is read as it is at that moment': ['one', 3, 'one two', 7, false, 0],
    // Row `file-in-blob`.
    'a file in a Blob': [`<${CONTENT}>`],
  },
  'file-write-cases.mjs': {
    // Row `write-nothing`.
    Blobs: [
      [2, 'ab'],
      [0, ''],
      [2, 'cd'],
    ],
    Responses: [
      [10, 'a response'],
      [0, ''],
      [5, 'bytes'],
      [7, 'astream'],
      [16, CONTENT],
      [7, '{"a":1}'],
      'TypeError',
    ],
    // Row `write-part`.
    files: [
      [16, CONTENT],
      [4, 'file'],
      2_000_000,
      { name: 'Error', code: 'ENOENT', syscall: 'open' },
      'Error',
    ],
    'what is longer is replaced as a whole': [
      [2, 'ab'],
      [2, 'he'],
      [0, ''],
    ],
    'onto itself': [5, 'stays'],
    // Row `write-mode`.
    mode: [0o644, 0o600, 0o755],
    'options that are none': [
      ['TypeError', 'ERR_INVALID_ARG_TYPE'],
      ['TypeError', 'ERR_INVALID_ARG_TYPE'],
      ['TypeError', 'ERR_INVALID_ARG_TYPE'],
      ['RangeError', 'ERR_OUT_OF_RANGE'],
      ['RangeError', 'ERR_OUT_OF_RANGE'],
      ['RangeError', 'ERR_OUT_OF_RANGE'],
      ['TypeError', 'ERR_INVALID_ARG_TYPE'],
    ],
    // Row `sink-after-end`.
    'a writer that is over': [0, true],
  },
};

describe.each(Object.keys(OURS))('%s', (program) => {
  let bun: Results;
  beforeAll(async () => {
    bun = await resultsOfBun(program);
  });

  test.each(NODES)('on Node %i', async (major) => {
    const ours = await resultsOfNode(major, program);
    const differing = Object.keys(differences(bun, ours));
    const found = Object.fromEntries(differing.map((name) => [name, ours.get(name)]));
    expect(found).toEqual(OURS[program]);
    expect(bun.size).toBeGreaterThan(25);
  });
});

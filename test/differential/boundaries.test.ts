// SPDX-License-Identifier: MIT
// Every short input about framing, the request line and headers, cut at every byte boundary,
// gives the answer it gives when sent whole.
import { boundaryComplaints, isCuttable } from './boundaries.js';
import { topics } from './cases/index.js';
import { Contestant } from './suite.js';

const TOPICS = ['framing', 'connections', 'headers', 'methods', 'url'];
const all = TOPICS.flatMap((topic) => topics[topic] ?? []);

describe('cut at every byte boundary', () => {
  const ours = new Contestant('ours', all);
  const seen = new Set<string>();

  afterAll(() => ours.stop());

  for (const topic of TOPICS) {
    describe(topic, () => {
      for (const test of (topics[topic] ?? []).filter(isCuttable)) {
        it(test.name, async () => {
          expect(await boundaryComplaints(ours, test, seen)).toEqual([]);
        });
      }
    });
  }
});

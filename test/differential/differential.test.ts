// SPDX-License-Identifier: MIT
// The same app and the same bytes, to real Bun and to ours: one test per case. A case with a
// divergence states both answers instead of comparing them.
import { topics } from './cases/index.js';
import { comparable, complaints, Contestant, expectationFor } from './suite.js';

const all = Object.values(topics).flat();

describe('differential: Bun and ours answer alike', () => {
  const bun = new Contestant('bun', all);
  const ours = new Contestant('ours', all);

  afterAll(async () => {
    await Promise.all([bun.stop(), ours.stop()]);
  });

  for (const [topic, cases] of Object.entries(topics)) {
    describe(topic, () => {
      for (const test of cases) {
        it(test.name, async () => {
          const [theirs, mine] = await Promise.all([bun.answer(test), ours.answer(test)]);
          expect({ bun: complaints(expectationFor(test, 'bun'), theirs) }).toEqual({ bun: [] });
          expect({ ours: complaints(expectationFor(test, 'ours'), mine) }).toEqual({ ours: [] });
          if (test.divergence === undefined) {
            expect(comparable(test, mine)).toEqual(comparable(test, theirs));
          }
        });
      }
    });
  }
});

// SPDX-License-Identifier: MIT
// Every example of the documentation of Bun.serve about routes, configuration, errors, life cycle,
// per-request controls and metrics gives what it gives in Bun, on every version of Node.
import { differences, NODES, resultsOfBun, resultsOfNode, type Results } from './compared.js';

const PROGRAM = 'docs-cases.mjs';

let bun: Results;
beforeAll(async () => {
  bun = await resultsOfBun(PROGRAM);
});

test.each(NODES)('examples of the documentation on Node %i', async (major) => {
  const ours = await resultsOfNode(major, PROGRAM);
  expect(bun.size).toBeGreaterThan(20);
  expect(differences(bun, ours)).toEqual({});
});

// SPDX-License-Identifier: MIT
//
// The thread that builds pages; see production-build.ts.

import { buildSite } from './build.js';

const threads = process.getBuiltinModule('node:worker_threads');

export interface BuildTask {
  root: string;
  indexes: string[];
  /** The program, beside which packages are looked for. */
  main: string | undefined;
}

const { root, indexes, main } = threads.workerData as BuildTask;
if (main !== undefined) process.argv[1] = main;
try {
  threads.parentPort?.postMessage({ site: await buildSite(root, indexes) });
} catch (error) {
  // What bundlers throw has parts that cannot be sent.
  const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
  threads.parentPort?.postMessage({ error: { name, message, stack } });
}

// SPDX-License-Identifier: MIT
//
// The thread that builds pages; see production-build.ts.

import { buildSite } from './build.js';

const threads = process.getBuiltinModule('node:worker_threads');

export interface BuildTask {
  root: string;
  indexes: string[];
}

async function build({ root, indexes }: BuildTask): Promise<object> {
  try {
    return { site: await buildSite(root, indexes) };
  } catch (error) {
    // What bundlers throw has parts that cannot be sent.
    const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
    return { error: { name, message, stack } };
  }
}

void build(threads.workerData as BuildTask).then((answer) =>
  threads.parentPort?.postMessage(answer),
);

// SPDX-License-Identifier: MIT
//
// `bunserve --workers N`: the same program in N processes on one port.

import { nodeCluster } from '../../pubsub/node-cluster.js';
import { WORKER_VARIABLE } from './protocol.js';
import { Supervisor } from './supervisor.js';
import { becomeWorker } from './worker.js';

/**
 * Makes this process a worker when it was started as one (true: the program is to run here), or else
 * the primary of `count` workers (false).
 */
export function runsProgram(count: number, file: string, args: readonly string[]): boolean {
  if (process.env[WORKER_VARIABLE] !== undefined && nodeCluster().isWorker) {
    becomeWorker();
    return true;
  }
  new Supervisor(count).run(file, args);
  return false;
}

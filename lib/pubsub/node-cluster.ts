// SPDX-License-Identifier: MIT
//
// node:cluster, loaded when it is asked for: a program without it should not pay for it.

import type { Cluster } from 'node:cluster';

export function nodeCluster(): Cluster {
  return process.getBuiltinModule('node:cluster') as unknown as Cluster;
}
